import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { DocumentProblem } from '../../engine/api/index.ts';

export function ProblemLine({ problem }: { readonly problem: Pick<DocumentProblem, 'severity' | 'message'> }) {
  const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <p className="inspector-problem" data-severity={problem.severity}>
      <Icon size={13} aria-hidden />
      <span>
        <span className="mr-visually-hidden">{problem.severity === 'error' ? 'Error: ' : 'Warning: '}</span>
        {problem.message}
      </span>
    </p>
  );
}
