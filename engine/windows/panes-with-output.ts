import type { UserStateStore } from '../state/user-states.ts';
import type { PaneOutput } from './incremental-panes.ts';
import type { FiringPane, PaneFunctionLifeCycle } from './pane-function.ts';

/** Panes that hand what they hold to an output: its life is theirs. */
export abstract class PanesWithOutput<R> implements PaneFunctionLifeCycle {
  protected readonly output: PaneOutput<R>;

  constructor(output: PaneOutput<R>) {
    this.output = output;
  }

  open(keyStates: UserStateStore): void {
    this.output.open?.(keyStates);
  }

  close(): void {
    this.output.close?.();
  }

  userCounters(): ReadonlyMap<string, number> {
    return this.output.userCounters?.() ?? new Map<string, number>();
  }

  clear(pane: FiringPane): void {
    this.output.clear?.(pane);
  }
}
