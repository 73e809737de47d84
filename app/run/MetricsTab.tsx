import { ActionIcon } from '@mantine/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { NodeMetrics, RunSummary, SubtaskMetrics } from '../../engine/api/index.ts';
import { useDocument } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';
import { formatCount, formatElapsed, formatPercent, formatRate, formatWatermark } from '../ui/format.ts';
import { useRun } from './run-store.ts';
import { momentText } from './status-text.ts';

/** Numbers of every operator and its subtasks, in the order records flow. */
export function MetricsTab() {
  const metrics = useRun((state) => state.nodeMetrics);
  const summary = useRun((state) => state.summary);
  const order = useDocument((state) => state.analysis.order);
  const place = new Map(order.map((nodeId, index) => [nodeId, index]));
  const nodes = Object.values(metrics).sort((a, b) => (place.get(a.nodeId) ?? Infinity) - (place.get(b.nodeId) ?? Infinity));
  if (nodes.length === 0) return <p className="run-empty">Records, rates and watermarks of every operator appear here while a job runs.</p>;
  return (
    <section className="run-scroll" tabIndex={0} aria-label="Metrics of operators">
      <table className="run-table">
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col">In</th>
            <th scope="col">Out</th>
            <th scope="col">In per s</th>
            <th scope="col">Out per s</th>
            <th scope="col">Watermark (UTC)</th>
            <th scope="col">Busy</th>
            <th scope="col">Backpressured</th>
            <th scope="col">Idle</th>
            <th scope="col">Late</th>
            <th scope="col">Malformed</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <OperatorRows key={node.nodeId} node={node} />
          ))}
        </tbody>
      </table>
      {summary === null ? null : <Summary summary={summary} />}
    </section>
  );
}

function OperatorRows({ node }: { readonly node: NodeMetrics }) {
  const title = useDocument((state) => titleOf(state.document, node.nodeId));
  const status = useRun((state) => state.status);
  const paused = useRun((state) => state.paused);
  const now = (value: string) => momentText(value, { status, paused });
  const flowing = status === 'RUNNING' && !paused;
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr>
        <th scope="row">
          <span className="run-table-operator">
            {node.subtasks.length > 1 ? (
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                aria-label={`Subtasks of ${title}`}
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
              >
                <Chevron size={14} aria-hidden />
              </ActionIcon>
            ) : (
              <span className="run-table-indent" />
            )}
            <button type="button" className="run-link" onClick={() => revealField(node.nodeId)}>
              {title}
            </button>
          </span>
        </th>
        <td>{formatCount(node.recordsIn)}</td>
        <td>{formatCount(node.recordsOut)}</td>
        <td>{now(formatRate(node.recordsInPerSecond))}</td>
        <td>{now(formatRate(node.recordsOutPerSecond))}</td>
        <td>{formatWatermark(node.watermark, 'full')}</td>
        <td>{flowing ? formatPercent(node.busy) : '–'}</td>
        <td>{flowing ? formatPercent(node.backpressured) : '–'}</td>
        <td>{flowing ? formatPercent(node.idle) : '–'}</td>
        <td>{formatCount(node.lateRecords)}</td>
        <td>{formatCount(node.malformedRecords)}</td>
        <td>{formatCount(node.failedRecords)}</td>
      </tr>
      {node.counters.map(({ name, count }) => (
        <tr key={name} className="run-table-subtask" title="Counted by the user's code">
          <th scope="row">{name}</th>
          <td>{formatCount(count)}</td>
          <td colSpan={10} />
        </tr>
      ))}
      {isOpen
        ? node.subtasks.map((subtask) => <SubtaskRow key={subtask.subtaskIndex} subtask={subtask} count={node.subtasks.length} />)
        : null}
    </>
  );
}

function SubtaskRow({ subtask, count }: { readonly subtask: SubtaskMetrics; readonly count: number }) {
  return (
    <tr className="run-table-subtask">
      <th scope="row">
        Subtask {subtask.subtaskIndex + 1} of {count}
      </th>
      <td>{formatCount(subtask.recordsIn)}</td>
      <td>{formatCount(subtask.recordsOut)}</td>
      <td />
      <td />
      <td>{formatWatermark(subtask.watermark, 'full')}</td>
      <td colSpan={6} />
    </tr>
  );
}

function Summary({ summary }: { readonly summary: RunSummary }) {
  return (
    <dl className="run-summary">
      <dt>Run time</dt>
      <dd>{formatElapsed(summary.elapsedMs)}</dd>
      <dt>Records read</dt>
      <dd>{formatCount(summary.recordsRead)}</dd>
      <dt>Rows delivered</dt>
      <dd>{formatCount(summary.rowsDelivered)}</dd>
      <dt title="Equal for the same pipeline, data, seed and parallelism">Trace hash</dt>
      <dd>
        <code>{summary.traceHash}</code>
      </dd>
      <dt title="Equal at any parallelism">Result hash</dt>
      <dd>
        <code>{summary.resultHash}</code>
      </dd>
    </dl>
  );
}
