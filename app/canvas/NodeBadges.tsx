import { HoverCard } from '@mantine/core';
import { CircleAlert, Clock, TriangleAlert } from 'lucide-react';
import { memo, useMemo } from 'react';
import { useDocument, documentStore } from '../document/document-store.ts';
import { useTypeErrors } from '../inspector/type-check-store.ts';

import { formatCompact, formatCount } from '../ui/format.ts';
import { plural } from './flow-elements.ts';
import { useLiveNode } from './use-live.ts';

interface BadgeProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What is wrong with a node, and what it could not use: counts that open into the whole list. */
export const NodeBadges = memo(function NodeBadges({ nodeId }: { readonly nodeId: string }) {
  return (
    <span className="mr-badges">
      <LateBadge nodeId={nodeId} />
      <ProblemBadge nodeId={nodeId} />
    </span>
  );
});

function useProblems(nodeId: string): readonly BadgeProblem[] {
  const all = useDocument((state) => state.analysis.problems);
  const typeErrors = useTypeErrors(nodeId);
  return useMemo(
    () => [
      ...all.filter((problem) => problem.nodeId === nodeId).sort((a, b) => a.severity.localeCompare(b.severity)),
      ...typeErrors.map((error) => ({ severity: 'warning' as const, message: `Line ${error.line}: ${error.message}` })),
    ],
    [all, nodeId, typeErrors],
  );
}

function ProblemBadge({ nodeId }: { readonly nodeId: string }) {
  const problems = useProblems(nodeId);
  if (problems.length === 0) return null;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const label = [...(errors > 0 ? [plural(errors, 'error')] : []), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])].join(', ');
  return (
    <HoverCard width={300} shadow="md" openDelay={120} withinPortal position="top" withArrow>
      <HoverCard.Target>
        <button
          type="button"
          className="mr-badge nodrag"
          data-severity={errors > 0 ? 'error' : 'warning'}
          aria-label={`${label}: ${problems.map((problem) => problem.message).join(' ')}`}
          tabIndex={-1}
          onClick={() => documentStore.getState().select({ nodeIds: [nodeId] })}
        >
          <TriangleAlert size={13} aria-hidden="true" />
          {problems.length}
        </button>
      </HoverCard.Target>
      <HoverCard.Dropdown p="xs">
        <ul className="mr-problem-list">
          {problems.map((problem, index) => (
            <li key={`${index} ${problem.message}`} data-severity={problem.severity}>
              <CircleAlert size={14} aria-hidden="true" />
              <span>
                <span className="mr-visually-hidden">{problem.severity}: </span>
                {problem.message}
              </span>
            </li>
          ))}
        </ul>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}

function LateBadge({ nodeId }: { readonly nodeId: string }) {
  const metrics = useLiveNode(nodeId);
  const late = metrics?.lateRecords ?? 0;
  const skipped = (metrics?.malformedRecords ?? 0) + (metrics?.failedRecords ?? 0);
  if (late + skipped === 0) return null;
  const words = [...(late > 0 ? [`${formatCount(late)} late`] : []), ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : [])].join(
    ', ',
  );
  return (
    <span className="mr-badge" data-severity="late" role="img" aria-label={`${words} records`} title={`${words} records`}>
      <Clock size={12} aria-hidden="true" />
      {late > 0 ? `${formatCompact(late)} late` : `${formatCompact(skipped)} skipped`}
    </span>
  );
}
