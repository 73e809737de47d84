import { BATCH_CAPACITY } from '../batch/batch.ts';
import type { DeployedJob } from '../runtime/deploy.ts';
import type { Subtask } from '../runtime/subtask.ts';
import type { ReplayPacer } from './replay-pacer.ts';

/** What a slice of work ended with. `paced`: wait `delayMs`; `waiting`: for input from outside; `stepped`: the requested step is done. */
export type SliceResult =
  | { readonly kind: 'more' }
  | { readonly kind: 'paced'; readonly delayMs: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'stepped' }
  | { readonly kind: 'finished' };

const MORE: SliceResult = { kind: 'more' };
const WAITING: SliceResult = { kind: 'waiting' };
const STEPPED: SliceResult = { kind: 'stepped' };
const FINISHED: SliceResult = { kind: 'finished' };

/**
 * Runs all subtasks of a job on one thread (deterministic mode).
 *
 * **Order.** Consumers before producers, sources only when nothing else can run: batches are worked off while they are in the cache,
 * and channels stay short. Among sources the one whose next position is lowest reads next, and none runs more than a batch of
 * positions ahead. No result depends on this order: input gates merge by origin (see `LocalChannel`).
 */
export class DeterministicScheduler {
  readonly #consumers: readonly Subtask[];
  readonly #sources: readonly Subtask[];
  readonly #all: readonly Subtask[];
  readonly #pacer: ReplayPacer;
  readonly #now: () => number;
  /** Sources that said `waiting` since input last arrived. */
  readonly #starving = new Set<Subtask>();
  /** Nothing can move without another record. */
  #isDrained = false;

  constructor(job: DeployedJob, pacer: ReplayPacer, now: () => number) {
    this.#all = job.subtasks;
    this.#consumers = job.subtasks.filter((subtask) => !subtask.isSource).toReversed();
    this.#sources = job.subtasks.filter((subtask) => subtask.isSource);
    this.#pacer = pacer;
    this.#now = now;
  }

  /** Records the sources have emitted so far. */
  get recordsRead(): number {
    let records = 0;
    for (const source of this.#sources) records += recordsOf(source);
    return records;
  }

  /** Highest event time that has left a source task; NaN before the first. */
  #eventTime(): number {
    let event = Number.NaN;
    for (const source of this.#sources) event = laterOf(event, eventTimeOf(source));
    return event;
  }

  /** Input from outside has arrived: starving sources may be asked again. */
  inputArrived(): void {
    this.#isDrained = false;
    this.#starving.clear();
  }

  /** Works until `budgetMs` of the clock are used or there is nothing to do. */
  runSlice(budgetMs: number): SliceResult {
    this.#isDrained = false;
    const end = this.#now() + budgetMs;
    let clock = end - budgetMs;
    while (clock < end) {
      const worked = this.#consume(clock);
      if (worked !== null) {
        clock = worked;
        continue;
      }
      if (this.#all.every((subtask) => subtask.isFinished)) return FINISHED;
      const source = this.#nextSource();
      if (source === null) return WAITING;
      const event = eventTimeOf(source);
      const delayMs = this.#pacer.delay(source, clock, event, recordsOf(source), Number.isNaN(event) && !Number.isNaN(this.#eventTime()));
      if (delayMs > 0) return { kind: 'paced', delayMs };
      clock = this.#poll(source, clock, BATCH_CAPACITY, this.#pacer.pollRecords(source));
      this.#pacer.polled(source, eventTimeOf(source));
    }
    return MORE;
  }

  /** Lets the sources emit one record and works off everything it causes. */
  stepRecord(): SliceResult {
    for (let hasRead = false; ; ) {
      this.#workOff();
      if (hasRead) return STEPPED;
      const source = this.#nextSource();
      if (source === null) return this.#all.every((subtask) => subtask.isFinished) ? FINISHED : WAITING;
      const before = recordsOf(source);
      this.#pollSource(source, 1, 1);
      hasRead = recordsOf(source) > before;
    }
  }

  /** Finishes what has been read: afterwards nothing is in flight that could move without another record. */
  drain(): void {
    this.#isDrained = false;
    this.#workOff();
  }

  /** Without a look at the clock: in a job that stands between its steps nobody asks how busy its subtasks are, and a look costs as much as an operator. */
  #workOff(): void {
    if (this.#isDrained) return;
    for (let i = 0; i < this.#consumers.length; ) i = (this.#consumers[i] as Subtask).runOnce() ? 0 : i + 1;
    this.#isDrained = true;
  }

  /**
   * Brings all sources to the position of the one that is furthest and works off what they read, so that nothing is under way between
   * subtasks: the point to take a snapshot at.
   * @returns that position; null when a source waits for input from outside. Call it again then.
   */
  align(): number | null {
    // A target that stands still: the next positions of sources with splits of their own are never the same, and they would overtake each other to the end.
    let position = this.#sources.reduce((furthest, source) => Math.max(furthest, reachedBy(source)), 0);
    for (;;) {
      for (const source of this.#sources) source.announceFrontier();
      this.drain();
      const behind = this.#sources
        .filter((source) => !source.isFinished && source.source.nextPosition < position)
        .toSorted((a, b) => a.source.nextPosition - b.source.nextPosition);
      const next = behind.find((source) => !this.#starving.has(source));
      if (next === undefined) return behind.length === 0 ? position : null;
      if (next.poll({ endPosition: position, maxRecords: BATCH_CAPACITY }) === 'waiting') this.#starving.add(next);
      if (next.isFinished) position = Math.max(position, reachedBy(next));
    }
  }

  /** One batch of the first consumer that has one; the clock afterwards, or null when none had. */
  #consume(clock: number): number | null {
    for (const subtask of this.#consumers) {
      if (!subtask.runOnce()) continue;
      const after = this.#now();
      subtask.busyTime += after - clock;
      return after;
    }
    return null;
  }

  #nextSource(): Subtask | null {
    let next: Subtask | null = null;
    for (let s = 0; s < this.#sources.length; s++) {
      const subtask = this.#sources[s] as Subtask;
      if (subtask.isFinished || !subtask.hasCredit || (this.#starving.size > 0 && this.#starving.has(subtask))) continue;
      if (next === null || subtask.source.nextPosition < next.source.nextPosition) next = subtask;
    }
    return next;
  }

  /** The clock afterwards. */
  #poll(subtask: Subtask, clock: number, ahead: number, maxRecords: number): number {
    this.#pollSource(subtask, ahead, maxRecords);
    const after = this.#now();
    subtask.busyTime += after - clock;
    return after;
  }

  #pollSource(subtask: Subtask, ahead: number, maxRecords: number): void {
    let others = Number.POSITIVE_INFINITY;
    for (let s = 0; s < this.#sources.length; s++) {
      const other = this.#sources[s] as Subtask;
      if (other !== subtask && !other.isFinished) others = Math.min(others, other.source.nextPosition);
    }
    const endPosition = Math.max(others, subtask.source.nextPosition) + ahead;
    this.#isDrained = false;
    if (subtask.poll({ endPosition, maxRecords }) === 'waiting') this.#starving.add(subtask);
  }
}

function eventTimeOf(source: Subtask): number {
  let event = Number.NaN;
  for (const { stats } of source.chain.links) event = laterOf(event, stats.lastTimestamp);
  return event;
}

/** The position before which everything of a source has been emitted; the end of a source counts as one position more. */
function reachedBy({ source, isFinished }: Subtask): number {
  return isFinished ? source.nextPosition + 1 : source.nextPosition;
}

/** The later of two instants, either of which may be unknown (NaN). */
function laterOf(a: number, b: number): number {
  return Number.isNaN(b) || a >= b ? a : b;
}

/** Records a source has emitted, without those of its side outputs. */
function recordsOf({ chain }: Subtask): number {
  return chain.head.stats.recordsOut - chain.head.stats.sideRecordsOut;
}
