import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { DocumentProblem } from '../../engine/api/index.ts';
import { definitionOf } from '../../engine/api/index.ts';
import { documentStore, useDocument } from '../document/document-store.ts';
import { titleOf } from '../document/edits/node-title.ts';
import { revealField } from '../document/field-reveal.ts';

/** Everything the analysis found, errors first; each leads to where it is caused. */
export function ProblemsTab() {
  const problems = useDocument((state) => state.analysis.problems);
  if (problems.length === 0) return <p className="run-empty">No problems: the pipeline can run.</p>;
  const sorted = [...problems].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <ul className="run-problems" aria-label="Problems" tabIndex={-1}>
      {sorted.map((problem, index) => (
        <li key={`${index} ${problem.code}`}>
          <Problem problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function Problem({ problem }: { readonly problem: DocumentProblem }) {
  const place = useDocument((state) => placeOf(problem, state.document));
  const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <button type="button" className="run-problem" onClick={() => show(problem)}>
      <span className="run-problem-icon" data-severity={problem.severity}>
        <Icon size={15} aria-hidden />
        <span className="mr-visually-hidden">{problem.severity === 'error' ? 'Error' : 'Warning'}</span>
      </span>
      <span className="run-problem-place">{place}</span>
      <span>{problem.message}</span>
    </button>
  );
}

function placeOf(problem: DocumentProblem, document: Parameters<typeof titleOf>[0]): string {
  if (problem.nodeId !== undefined) {
    const node = document.nodes.find((each) => each.id === problem.nodeId);
    const field = problem.field === undefined ? undefined : definitionOf(node?.type ?? '')?.fields[problem.field];
    const title = titleOf(document, problem.nodeId);
    return field === undefined ? title : `${title} · ${field.label}`;
  }
  const edge = document.edges.find((each) => each.id === problem.edgeId);
  return edge === undefined ? 'Pipeline' : `${titleOf(document, edge.source)} → ${titleOf(document, edge.target)}`;
}

function show(problem: DocumentProblem): void {
  if (problem.nodeId !== undefined) revealField(problem.nodeId, problem.field ?? null);
  else if (problem.edgeId !== undefined) documentStore.getState().select({ edgeIds: [problem.edgeId] });
  else documentStore.getState().select({});
}
