import { ActionIcon } from '@mantine/core';
import { ArrowDown, ArrowUp, X } from 'lucide-react';

interface RowActionsProps {
  /** What the row is, e.g. `aggregate avg_temperature`. */
  readonly subject: string;
  readonly index: number;
  readonly count: number;
  readonly onMove: (offset: 1 | -1) => void;
  readonly onRemove: () => void;
}

/** Moves and removes one row of an editable list. */
export function RowActions({ subject, index, count, onMove, onRemove }: RowActionsProps) {
  return (
    <div className="inspector-row-actions">
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={`Move ${subject} up`}
        disabled={index === 0}
        onClick={() => onMove(-1)}
      >
        <ArrowUp size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={`Move ${subject} down`}
        disabled={index === count - 1}
        onClick={() => onMove(1)}
      >
        <ArrowDown size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={`Remove ${subject}`} onClick={onRemove}>
        <X size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

/** Alt-Up and Alt-Down move the row the focus is in. */
export function moveKey(event: { readonly altKey: boolean; readonly key: string }): 1 | -1 | null {
  if (!event.altKey) return null;
  if (event.key === 'ArrowUp') return -1;
  return event.key === 'ArrowDown' ? 1 : null;
}
