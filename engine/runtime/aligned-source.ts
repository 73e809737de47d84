import { JobFailure } from '../api/errors.ts';
import { Batch } from '../batch/batch.ts';
import type { Row } from '../batch/schema.ts';
import type { EventTimeProgress } from '../checkpoint/snapshot/job-snapshot.ts';
import { originOf } from '../elements/origin.ts';
import type { OperatorContext, Output, PollLimit, PollStatus, SourceOperator } from '../operators/operator.ts';
import type { AlignmentGroup, AlignmentGroupState, AlignmentMember } from './alignment-group.ts';

interface AlignedState {
  readonly isAligned: true;
  readonly source: unknown;
  readonly shift: number;
  readonly heldUntil: number | null;
  readonly nextCheck: number;
  readonly isFinished: boolean;
  readonly group: AlignmentGroupState;
}

export interface AlignedSourceOptions {
  readonly source: SourceOperator;
  readonly group: AlignmentGroup;
  /** Name of the source, for messages. */
  readonly name: string;
  /** Records at positions that differ by a multiple of this belong to the same split. */
  readonly splits: number;
  /** How far the watermark made of its records has come. */
  readonly eventTime: () => EventTimeProgress;
}

/**
 * A source that pauses when its watermark is too far ahead of its group's. To pause is to be silent for some positions: the records behind the
 * pause come at later positions than the source itself counts, everything else stays as it was.
 */
export class AlignedSource implements SourceOperator, AlignmentMember {
  readonly restoreFromAll?: (states: readonly unknown[]) => void;
  readonly #source: SourceOperator;
  readonly #group: AlignmentGroup;
  readonly #name: string;
  readonly #splits: number;
  readonly #eventTime: () => EventTimeProgress;
  /** Added to the positions of the source. */
  #shift = 0;
  /** Position up to which it is silent; null = it is not. */
  #heldUntil: number | null = null;
  /** Where it looks at the limit again. */
  #nextCheck = 0;
  #isFinished = false;

  constructor({ source, group, name, splits, eventTime }: AlignedSourceOptions) {
    this.#source = source;
    this.#group = group;
    this.#name = name;
    this.#splits = splits;
    this.#eventTime = eventTime;
    if (source.restoreFromAll !== undefined) this.restoreFromAll = (states) => this.#restoreFromAll(states);
    group.join(this);
  }

  get nextPosition(): number {
    return this.#heldUntil ?? this.#source.nextPosition + this.#shift;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get progress(): SourceOperator['progress'] {
    return this.#source.progress;
  }

  get eventTime(): EventTimeProgress {
    return this.#eventTime();
  }

  open(context: OperatorContext): void {
    this.#source.open({ ...context, output: this.#shifted(context.output) });
  }

  poll(limit: PollLimit): PollStatus {
    const before = this.nextPosition;
    if (before >= limit.endPosition) return 'more';
    if (before >= this.#nextCheck && !this.#check(before)) return 'waiting';
    if (this.#heldUntil !== null) return 'more';
    // No further than where it looks again: then the runtime has told everybody how far this source has come.
    const end = Math.min(limit.endPosition, this.#nextCheck);
    const status = this.#source.poll({ endPosition: end - this.#shift, maxRecords: limit.maxRecords });
    this.#isFinished = status === 'finished';
    return status;
  }

  /** Looks at the limit. False: the round that position belongs to has not begun. */
  #check(position: number): boolean {
    const { roundLength, checkLength } = this.#group;
    const round = Math.floor(position / roundLength);
    if (!this.#group.enter(round)) return false;
    const roundEnd = (round + 1) * roundLength;
    if (this.#eventTime().watermark > this.#group.maxAllowedWatermark) {
      this.#heldUntil = roundEnd;
      this.#nextCheck = roundEnd;
      return true;
    }
    this.#resumeAt(position);
    this.#nextCheck = Math.min(roundEnd, (Math.floor(position / checkLength) + 1) * checkLength);
    return true;
  }

  /** The next record comes at this position, or at the first one behind it that belongs to its split. */
  #resumeAt(position: number): void {
    if (this.#heldUntil === null) return;
    const missing = position - this.#source.nextPosition - this.#shift;
    this.#shift += Math.ceil(missing / this.#splits) * this.#splits;
    this.#heldUntil = null;
  }

  close(): void {
    this.#source.close?.();
  }

  snapshot(): AlignedState {
    return {
      isAligned: true,
      source: this.#source.snapshot(),
      shift: this.#shift,
      heldUntil: this.#heldUntil,
      nextCheck: this.#nextCheck,
      isFinished: this.#isFinished,
      group: this.#group.snapshot(),
    };
  }

  restore(state: unknown): void {
    // The source belonged to no group when the snapshot was taken.
    if (!isAlignedState(state)) return this.#source.restore(state);
    const { source, shift, heldUntil, nextCheck, isFinished, group } = state;
    this.#source.restore(source);
    this.#shift = shift;
    this.#heldUntil = heldUntil;
    this.#nextCheck = nextCheck;
    this.#isFinished = isFinished;
    this.#group.restore(group);
  }

  /** Splits can change hands while all of them stand at the same position. */
  #restoreFromAll(all: readonly unknown[]): void {
    const states = all.filter(isAlignedState);
    const [first, ...others] = states;
    if (first === undefined) return this.#source.restoreFromAll?.(all);
    if (others.some(({ shift, heldUntil }) => shift !== first.shift || heldUntil !== first.heldUntil)) {
      throw new JobFailure({
        code: 'snapshot-aligned-splits',
        domain: 'user',
        retry: 'after-change',
        message: `${this.#name}: watermark alignment had paused some subtasks of this source and not others, so its splits can only go on at a parallelism of ${states.length}. Set it back, or start the job without the snapshot.`,
      });
    }
    const nextCheck = Math.min(...states.map((state) => state.nextCheck));
    this.restore({ ...first, nextCheck, isFinished: states.every(({ isFinished }) => isFinished) });
    this.#source.restoreFromAll?.(states.map(({ source }) => source));
  }

  #shifted(output: Output): Output {
    const later = (origin: number): number => origin + originOf(this.#shift, 0);
    return {
      collect: (record: Row, timestamp, origin) => output.collect(record, timestamp, later(origin)),
      collectBatch: (batch) => output.collectBatch(this.#shift === 0 ? batch : laterBatch(batch, originOf(this.#shift, 0))),
      sideOutput: (port, record, timestamp, origin) => output.sideOutput(port, record, timestamp, later(origin)),
      emitWatermark: (watermark, origin) => output.emitWatermark(watermark, later(origin)),
      emitWatermarkStatus: (idle, origin) => output.emitWatermarkStatus(idle, later(origin)),
    };
  }
}

/** The reading state of a source that was in an alignment group. */
export function isAlignedState(state: unknown): state is AlignedState {
  return typeof state === 'object' && state !== null && (state as Partial<AlignedState>).isAligned === true;
}

/** Sources make batches without marks. */
function laterBatch({ schema, rowCount, columns, timestamps, origins, marks, selection, selectedCount, lease }: Batch, by: number): Batch {
  const later = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++) later[i] = (origins[i] as number) + by;
  return new Batch(schema, rowCount, columns, timestamps, later, marks, selection, selectedCount, lease);
}
