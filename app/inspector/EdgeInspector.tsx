import { ArrowRight } from 'lucide-react';
import type { AnalyzedEdge, DocumentEdge, ExchangeStrategy } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';
import { useEdgeMetrics } from '../run/run-store.ts';
import { formatCount, formatRate, formatWatermark } from '../ui/format.ts';
import { ProblemLine } from './ProblemLine.tsx';
import { SchemaTable } from './SchemaTable.tsx';

const EXPLANATIONS: Readonly<Record<ExchangeStrategy, string>> = {
  FORWARD: 'Every record stays in the subtask with the same number: both ends are equally parallel and nothing is moved.',
  HASH: 'The key decides: records with the same key always reach the same subtask, so that it can keep their state.',
  REBALANCE: 'Records are dealt out to all subtasks in turn, so that each gets about the same number.',
  RESCALE: 'Records are dealt out in turn, but only among the few subtasks that belong to the sender: fewer channels than a rebalance.',
  SHUFFLE: 'Chance decides for each record, with the seed of the job: every subtask is as likely as the others.',
  BROADCAST: 'Every record goes to all subtasks: each of them sees the whole stream.',
  GLOBAL: 'Every record goes to the first subtask; the others get none.',
  CUSTOM: 'Your function chooses the subtask for each key.',
};

export function EdgeInspector({ edgeId }: { readonly edgeId: string }) {
  const edge = useDocument((state) => state.document.edges.find((each) => each.id === edgeId));
  const analyzed = useDocument((state) => state.analysis.edges.get(edgeId));
  const shape = useDocument((state) => (edge === undefined ? undefined : state.analysis.nodes.get(edge.source)?.outputs[edge.sourcePort]));
  const problems = useDocument((state) => state.analysis.problems);
  if (edge === undefined) return null;
  return (
    <section className="inspector" aria-label="Edge">
      <EdgeHeader edge={edge} />
      <div className="inspector-scroll">
        <div className="inspector-form">
          {problems
            .filter((problem) => problem.edgeId === edgeId)
            .map((problem) => (
              <ProblemLine key={problem.message} problem={problem} />
            ))}
          <Exchange analyzed={analyzed} />
          <EdgeNumbers edgeId={edgeId} isChained={analyzed?.chained === true} />
          {shape === undefined ? null : <SchemaTable title="Records" shape={shape} />}
        </div>
      </div>
    </section>
  );
}

function EdgeHeader({ edge }: { readonly edge: DocumentEdge }) {
  const source = useDocument((state) => titleOf(state.document, edge.source));
  const target = useDocument((state) => titleOf(state.document, edge.target));
  return (
    <header className="inspector-header">
      <h2 className="inspector-edge-title">
        <button type="button" className="inspector-link" onClick={() => revealField(edge.source)}>
          {source}
        </button>
        <ArrowRight size={14} aria-label="to" />
        <button type="button" className="inspector-link" onClick={() => revealField(edge.target)}>
          {target}
        </button>
      </h2>
    </header>
  );
}

function Exchange({ analyzed }: { readonly analyzed: AnalyzedEdge | undefined }) {
  if (analyzed === undefined) return <p className="inspector-help">How records cross this edge is known once both ends are valid.</p>;
  return (
    <section className="inspector-schema">
      <h3>
        Exchange <span className="inspector-strategy">{analyzed.strategy}</span>
      </h3>
      <p className="inspector-text">
        {EXPLANATIONS[analyzed.strategy]}
        {analyzed.chained ? ' Both operators are chained: they run in one task, without a channel between them.' : ''}
      </p>
    </section>
  );
}

function EdgeNumbers({ edgeId, isChained }: { readonly edgeId: string; readonly isChained: boolean }) {
  const metrics = useEdgeMetrics(edgeId);
  return (
    <section className="inspector-schema">
      <h3>Numbers</h3>
      {metrics === undefined ? (
        <p className="inspector-help">Numbers appear here while the job runs.</p>
      ) : (
        <dl className="inspector-numbers">
          <dt>Records</dt>
          <dd>{formatCount(metrics.records)}</dd>
          <dt>Rate</dt>
          <dd>{formatRate(metrics.recordsPerSecond)}</dd>
          <dt>Watermark</dt>
          <dd>{formatWatermark(metrics.watermark, 'full')}</dd>
          <dt>Queue</dt>
          <dd>{isChained || metrics.credits === 0 ? 'none: chained' : `${metrics.queuedBatches} of ${metrics.credits} batches`}</dd>
        </dl>
      )}
    </section>
  );
}
