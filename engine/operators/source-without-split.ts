import type { SourceOperator } from './operator.ts';

/** A subtask of a source that has fewer splits than subtasks: it has nothing to do. */
export class SourceWithoutSplit implements SourceOperator {
  /** It ends before the first record of the subtasks that read, so that its watermark holds nobody back. */
  readonly nextPosition = 0;
  readonly progress: SourceOperator['progress'];

  constructor(unit: 'bytes' | 'records') {
    this.progress = { done: 0, total: 0, unit };
  }

  open(): void {}

  poll(): 'finished' {
    return 'finished';
  }

  snapshot(): null {
    return null;
  }

  restore(): void {}
}
