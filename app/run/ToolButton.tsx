import { Tooltip } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';

interface ToolButtonProps {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Why it cannot be used now; the button stays focusable so that the reason can be read. */
  readonly disabledReason?: string | null;
  readonly hint?: string;
  /** The main action of the moment: filled, and with its label written out. */
  readonly primary?: boolean;
  readonly onClick: () => void;
}

export function ToolButton({ label, icon: Icon, disabledReason = null, hint, primary = false, onClick }: ToolButtonProps) {
  const reasonId = useId();
  const isDisabled = disabledReason !== null;
  return (
    <Tooltip
      label={disabledReason ?? hint ?? label}
      multiline
      maw={320}
      withArrow
      openDelay={isDisabled ? 0 : 500}
      events={{ hover: true, focus: true, touch: true }}
    >
      <button
        type="button"
        className="run-button"
        data-primary={primary}
        aria-label={label}
        aria-disabled={isDisabled}
        aria-describedby={isDisabled ? reasonId : undefined}
        onClick={() => {
          if (!isDisabled) onClick();
        }}
      >
        <Icon size={15} aria-hidden fill={primary ? 'currentColor' : 'none'} />
        {primary ? <span className="run-button-text">{label}</span> : null}
        {isDisabled ? (
          <span id={reasonId} className="mr-visually-hidden">
            {disabledReason}
          </span>
        ) : null}
      </button>
    </Tooltip>
  );
}
