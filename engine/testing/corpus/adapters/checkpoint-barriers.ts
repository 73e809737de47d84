import type { BarrierHandler } from '../../../checkpoint/barriers/barrier-handler.ts';
import { CheckpointBarrierTracker } from '../../../checkpoint/barriers/checkpoint-barrier-tracker.ts';
import type { CheckpointListener } from '../../../checkpoint/barriers/checkpoint-listener.ts';
import { InflightRecorder } from '../../../checkpoint/barriers/inflight-recorder.ts';
import { SingleCheckpointBarrierHandler } from '../../../checkpoint/barriers/single-checkpoint-barrier-handler.ts';
import { must } from '../../../util/assert.ts';
import { SeededRandom } from '../../../util/random.ts';
import { expectSame, sameMultiset, textOf } from '../same-value.ts';
import type { Adapters, Json, Vector } from '../vector.ts';

/** The barrier handling of one subtask, and everything that can be seen of it. */
class BarrierProbe implements CheckpointListener {
  readonly handler: BarrierHandler;
  readonly recorder: InflightRecorder<string> | null;
  readonly triggered: number[] = [];
  readonly aborted: number[] = [];
  /** Stored since they were last taken. */
  inflight: string[] = [];
  /** All that was ever stored, by checkpoint. */
  readonly inflightOf = new Map<number, string[]>();
  lastCanceledId = -1;
  lastStartedId = -1;
  readonly #onTrigger: (checkpointId: number) => void;

  constructor(
    vector: Vector,
    channels: number,
    onTrigger: (checkpointId: number) => void = () => undefined,
    queued: (channel: number) => readonly string[] = () => [],
  ) {
    const { mode } = vector;
    // Off where a vector does not say: the format leaves it open, and visible vectors hold only with it off.
    const checkpointsAfterTasksFinish = vector['checkpointsAfterTasksFinish'] === true;
    this.#onTrigger = onTrigger;
    this.recorder =
      mode === 'unaligned'
        ? new InflightRecorder<string>(
            channels,
            {
              start: (checkpointId) => {
                this.lastStartedId = checkpointId;
              },
              add: (checkpointId, _channel, elements) => {
                this.inflight.push(...elements);
                this.inflightOf.set(checkpointId, [...(this.inflightOf.get(checkpointId) ?? []), ...elements]);
              },
            },
            queued,
          )
        : null;
    if (mode === 'atLeastOnce') this.handler = new CheckpointBarrierTracker(channels, this, checkpointsAfterTasksFinish);
    else if (mode === 'aligned') {
      this.handler = new SingleCheckpointBarrierHandler({ channels, listener: this, checkpointsAfterTasksFinish });
    } else {
      const recorder = must(this.recorder, 'a mode that is aligned, unaligned or atLeastOnce');
      this.handler = new SingleCheckpointBarrierHandler({ channels, listener: this, checkpointsAfterTasksFinish, recorder });
    }
  }

  triggerCheckpoint(checkpointId: number): void {
    this.triggered.push(checkpointId);
    this.#onTrigger(checkpointId);
  }

  abortCheckpoint(checkpointId: number, reason: string): void {
    this.aborted.push(checkpointId);
    if (reason === 'cancelled') this.lastCanceledId = checkpointId;
  }
}

function ascending(values: readonly unknown[]): readonly number[] {
  return values.map(Number).toSorted((a, b) => a - b);
}

const EXPECTATIONS: Readonly<Record<string, (probe: BarrierProbe, expected: unknown) => void>> = {
  blockedChannels: (probe, expected) => expectSame(probe.handler.blockedChannels, ascending(expected as unknown[]), 'blockedChannels'),
  latestCheckpointId: (probe, expected) => expectSame(probe.handler.latestCheckpointId, expected, 'latestCheckpointId'),
  triggeredIds: (probe, expected) => expectSame(probe.triggered, expected, 'triggeredIds'),
  triggeredCount: (probe, expected) => expectSame(probe.triggered.length, expected, 'triggeredCount'),
  abortedIds: (probe, expected) => expectSame(ascending([...new Set(probe.aborted)]), ascending(expected as unknown[]), 'abortedIds'),
  abortedCount: (probe, expected) => expectSame(probe.aborted.length, expected, 'abortedCount'),
  lastCanceledId: (probe, expected) => expectSame(probe.lastCanceledId, expected, 'lastCanceledId'),
  lastStartedCheckpointId: (probe, expected) => expectSame(probe.lastStartedId, expected, 'lastStartedCheckpointId'),
  inflight: (probe, expected) => {
    if (!sameMultiset(probe.inflight, expected as string[], (a, b) => a === b)) {
      throw new Error(`inflight: expected ${textOf(expected)}, got ${textOf(probe.inflight)}`);
    }
  },
};

function takeStep(probe: BarrierProbe, step: Json): void {
  const channel = Number(step['channel']);
  if ('buffer' in step) {
    if (probe.handler.blockedChannels.includes(channel)) throw new Error(`channel ${channel} is blocked`);
    probe.recorder?.elementArrived(String(step['buffer']), channel);
  } else if ('barrier' in step) probe.handler.barrier(Number(step['barrier']), channel);
  else if ('cancel' in step) probe.handler.cancellation(Number(step['cancel']), channel);
  else if ('endOfPartition' in step) probe.handler.endOfPartition(Number(step['endOfPartition']));
  else if ('expect' in step) {
    for (const [name, expected] of Object.entries(step['expect'] as Json)) {
      must(EXPECTATIONS[name], `an expectation called ${name}`)(probe, expected);
    }
    probe.inflight = [];
  } else throw new Error('the adapter does not know this step');
}

function playBarriers(vector: Vector): void {
  const probe = new BarrierProbe(vector, Number(vector['channels']));
  for (const [i, step] of (vector.steps ?? []).entries()) {
    try {
      takeStep(probe, step);
    } catch (error) {
      throw new Error(`step ${i + 1} ${textOf(step)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

type Queued = string | { readonly barrier: number } | { readonly cancel: number };

/** A subtask that reads queues in an order that others choose. Unaligned, barriers overtake what has arrived and waits. */
class QueueReader {
  readonly processed: string[] = [];
  readonly snapshots = new Map<number, { readonly state: readonly string[]; readonly probe: BarrierProbe }>();
  readonly #queues: readonly (readonly Queued[])[];
  readonly #probe: BarrierProbe;
  /** How far each queue has come: elements that have arrived, and those that are processed. */
  readonly #arrived: number[];
  readonly #waiting: string[][];

  constructor(vector: Vector) {
    this.#queues = vector['queues'] as readonly (readonly Queued[])[];
    this.#arrived = this.#queues.map(() => 0);
    this.#waiting = this.#queues.map(() => []);
    const takeSnapshot = (checkpointId: number): void => {
      this.snapshots.set(checkpointId, { state: [...this.processed], probe: this.#probe });
    };
    this.#probe = new BarrierProbe(vector, this.#queues.length, takeSnapshot, (channel) => this.#waiting[channel] ?? []);
  }

  get aborted(): ReadonlySet<number> {
    return new Set(this.#probe.aborted);
  }

  /** What can happen next. */
  moves(): (() => void)[] {
    const blocked = this.#probe.handler.blockedChannels;
    return this.#queues.flatMap((queue, channel) => {
      const moves: (() => void)[] = [];
      const waiting = this.#waiting[channel] as string[];
      if ((this.#arrived[channel] as number) < queue.length && !blocked.includes(channel)) moves.push(() => this.#arrive(channel));
      if (waiting.length > 0) moves.push(() => this.processed.push(waiting.shift() as string));
      return moves;
    });
  }

  #arrive(channel: number): void {
    const element = this.#queues[channel]?.[(this.#arrived[channel] as number)++] as Queued;
    const { handler, recorder } = this.#probe;
    if (typeof element !== 'string') {
      if ('barrier' in element) handler.barrier(element.barrier, channel);
      else if ('cancel' in element) handler.cancellation(element.cancel, channel);
      else throw new Error(`the adapter does not know ${textOf(element)} in a queue`);
    } else if (recorder === null) this.processed.push(element);
    else {
      recorder.elementArrived(element, channel);
      (this.#waiting[channel] as string[]).push(element);
    }
  }
}

/** Interleavings that are tried one by one before the rest is sampled. */
const EXHAUSTIVE = 3000;
const SAMPLED = 1000;

function playQueues(vector: Vector): void {
  const random = new SeededRandom(1);
  let compared = 0;
  let path: number[] | null = [];
  for (let run = 0; run < EXHAUSTIVE && path !== null; run++) {
    const { taken, isCompared } = readQueues(vector, path, () => 0);
    path = nextPath(taken);
    if (isCompared) compared++;
  }
  const sampled = path === null ? 0 : SAMPLED;
  for (let run = 0; run < sampled; run++) {
    if (readQueues(vector, [], (moves) => random.nextInt(moves)).isCompared) compared++;
  }
  if (compared === 0) throw new Error('the checkpoint was given up in every interleaving');
}

/** The path in the tree of choices that follows, in lexical order; null after the last. */
function nextPath(taken: readonly (readonly [choice: number, moves: number])[]): number[] | null {
  const last = taken.findLastIndex(([choice, moves]) => choice + 1 < moves);
  return last < 0 ? null : [...taken.slice(0, last).map(([choice]) => choice), (taken[last]?.[0] as number) + 1];
}

interface Reading {
  /** What was chosen of how many. */
  readonly taken: readonly (readonly [choice: number, moves: number])[];
  /** False: the checkpoint was given up on this way. */
  readonly isCompared: boolean;
}

/** Reads all queues, first along `path`, then as `choose` says, and compares. */
function readQueues(vector: Vector, path: readonly number[], choose: (moves: number) => number): Reading {
  const reader = new QueueReader(vector);
  const taken: (readonly [number, number])[] = [];
  for (let moves = reader.moves(); moves.length > 0; moves = reader.moves()) {
    const choice = path[taken.length] ?? choose(moves.length);
    taken.push([choice, moves.length]);
    moves[choice]?.();
  }
  return { taken, isCompared: compareQueues(reader, vector['expect'] as Json, vector['mode'] === 'unaligned') };
}

/** @param mayGiveUp Unaligned, the barrier of a later checkpoint may come in time to give this one up. */
function compareQueues({ processed, snapshots, aborted }: QueueReader, expected: Json, mayGiveUp: boolean): boolean {
  if ('processedInTotal' in expected) expectItems(processed, expected['processedInTotal'], 'processedInTotal');
  const checkpointId = Number(expected['checkpoint'] ?? 1);
  if (mayGiveUp && aborted.has(checkpointId)) return false;
  const { state, probe } = must(snapshots.get(checkpointId), 'the snapshot of the checkpoint');
  if ('reflectsExactly' in expected) expectItems(state, expected['reflectsExactly'], 'reflectsExactly');
  if ('reflectsPlusInflight' in expected) {
    expectItems([...state, ...(probe.inflightOf.get(checkpointId) ?? [])], expected['reflectsPlusInflight'], 'reflectsPlusInflight');
  }
  if ('reflectsAtLeast' in expected) {
    const atLeast = expected['reflectsAtLeast'] as readonly string[];
    const may = [...atLeast, ...((expected['mayAlsoReflect'] ?? []) as readonly string[])];
    const isFine = atLeast.every((item) => state.includes(item)) && state.every((item) => may.includes(item));
    if (!isFine) throw new Error(`reflectsAtLeast: expected ${textOf(atLeast)}, got ${textOf(state)}`);
  }
  return true;
}

function expectItems(actual: readonly string[], expected: unknown, what: string): void {
  if (sameMultiset(actual, expected as readonly string[], (a, b) => a === b)) return;
  throw new Error(`${what}: expected ${textOf(expected)}, got ${textOf(actual)}`);
}

export const adapters: Adapters = { barrier: playBarriers, barrierQueues: playQueues };
