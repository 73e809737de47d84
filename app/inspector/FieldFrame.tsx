import type { ReactNode } from 'react';
import { useId } from 'react';
import type { DocumentProblem } from '../../engine/api/index.ts';
import { ProblemLine } from './ProblemLine.tsx';

export interface FrameIds {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string;
}

interface FieldFrameProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problems?: readonly Pick<DocumentProblem, 'severity' | 'message'>[];
  /** Name of the configuration field, by which it can be revealed. */
  readonly fieldName?: string;
  /** Label and control on one line: switches. */
  readonly inline?: boolean;
  /** The control is a group of several: the label names the group, not one of them. */
  readonly group?: boolean;
  readonly children: (ids: FrameIds) => ReactNode;
}

/** Label, control, help and problems of one field, connected for assistive technology. */
export function FieldFrame({ label, help, problems = [], fieldName, inline = false, group = false, children }: FieldFrameProps) {
  const id = useId();
  const ids = { id: `${id}control`, labelId: `${id}label`, describedBy: `${id}about` };
  return (
    <div className="inspector-field" data-field={fieldName} data-inline={inline}>
      {group ? (
        <span id={ids.labelId} className="inspector-label">
          {label}
        </span>
      ) : (
        <label id={ids.labelId} htmlFor={ids.id} className="inspector-label">
          {label}
        </label>
      )}
      {children(ids)}
      <div id={ids.describedBy} className="inspector-about">
        {problems.map((problem) => (
          <ProblemLine key={problem.message} problem={problem} />
        ))}
        {help === undefined ? null : <p className="inspector-help">{help}</p>}
      </div>
    </div>
  );
}
