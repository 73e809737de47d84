import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarrierHandler } from './barrier-handler.ts';
import { CheckpointBarrierTracker } from './checkpoint-barrier-tracker.ts';
import type { CheckpointListener } from './checkpoint-listener.ts';
import { InflightRecorder } from './inflight-recorder.ts';
import { SingleCheckpointBarrierHandler } from './single-checkpoint-barrier-handler.ts';

type Event = string;

class Log implements CheckpointListener {
  readonly events: Event[] = [];

  triggerCheckpoint(checkpointId: number): void {
    this.events.push(`trigger ${checkpointId}`);
  }

  abortCheckpoint(checkpointId: number, reason: string): void {
    this.events.push(`abort ${checkpointId}: ${reason}`);
  }
}

function aligned(channels: number, checkpointsAfterTasksFinish = true): { readonly log: Log; readonly handler: BarrierHandler } {
  const log = new Log();
  return { log, handler: new SingleCheckpointBarrierHandler({ channels, listener: log, checkpointsAfterTasksFinish }) };
}

describe('aligned', () => {
  it('blocks channels behind their barrier until the last one comes', () => {
    const { log, handler } = aligned(3);
    handler.barrier(1, 2);
    handler.barrier(1, 0);
    expect(handler.blockedChannels).toEqual([0, 2]);
    expect(log.events).toEqual([]);
    handler.barrier(1, 1);
    expect(handler.blockedChannels).toEqual([]);
    expect(log.events).toEqual(['trigger 1']);
  });

  it('gives up a checkpoint when a barrier of a later one comes, and ignores what follows of it', () => {
    const { log, handler } = aligned(2);
    handler.barrier(1, 0);
    handler.barrier(2, 1);
    expect(handler.blockedChannels).toEqual([1]);
    handler.barrier(1, 1);
    handler.barrier(2, 0);
    expect(log.events).toEqual(['abort 1: subsumed', 'trigger 2']);
  });

  it('gives up a checkpoint by its cancellation marker, even before its first barrier', () => {
    const { log, handler } = aligned(2);
    handler.cancellation(1, 0);
    handler.barrier(1, 1);
    expect(handler.blockedChannels).toEqual([]);
    expect(log.events).toEqual(['abort 1: cancelled']);
    expect(handler.latestCheckpointId).toBe(1);
  });

  it('counts a channel that ends as aligned', () => {
    const { log, handler } = aligned(3);
    handler.barrier(1, 0);
    handler.endOfPartition(1);
    handler.endOfPartition(0);
    expect(handler.blockedChannels).toEqual([]);
    handler.barrier(1, 2);
    handler.barrier(2, 2);
    expect(log.events).toEqual(['trigger 1', 'trigger 2']);
  });

  it('completes when the last channel it waits for ends', () => {
    const { log, handler } = aligned(2);
    handler.barrier(1, 0);
    handler.endOfPartition(1);
    expect(log.events).toEqual(['trigger 1']);
    expect(handler.blockedChannels).toEqual([]);
  });

  it('gives the checkpoint up instead, when checkpoints after tasks finish are off', () => {
    const { log, handler } = aligned(2, false);
    handler.barrier(1, 0);
    handler.endOfPartition(1);
    handler.barrier(2, 0);
    expect(log.events).toEqual(['abort 1: input-ended', 'trigger 2']);
  });
});

describe('at least once', () => {
  it('follows several checkpoints; one that completes subsumes the earlier ones', () => {
    const log = new Log();
    const handler = new CheckpointBarrierTracker(2, log, true);
    handler.barrier(1, 0);
    handler.barrier(2, 0);
    handler.barrier(3, 0);
    handler.barrier(2, 1);
    handler.barrier(1, 1);
    expect(handler.blockedChannels).toEqual([]);
    handler.endOfPartition(1);
    expect(log.events).toEqual(['trigger 2', 'trigger 3']);
  });

  it('follows the latest fifty', () => {
    const log = new Log();
    const handler = new CheckpointBarrierTracker(2, log, true);
    for (let id = 1; id <= 51; id++) handler.barrier(id, 0);
    handler.barrier(1, 1);
    handler.barrier(2, 1);
    expect(log.events).toEqual(['trigger 2']);
  });
});

/** Per channel: names of records, and ids of barriers. */
type Queue = readonly (string | number)[];

/** Every channel carries the barriers 1 … n, with records anywhere between. */
const queues: fc.Arbitrary<readonly Queue[]> = fc
  .record({ channels: fc.integer({ min: 1, max: 4 }), checkpoints: fc.integer({ min: 1, max: 3 }) })
  .chain(({ channels, checkpoints }) =>
    fc.array(fc.array(fc.nat({ max: 3 }), { minLength: checkpoints + 1, maxLength: checkpoints + 1 }), {
      minLength: channels,
      maxLength: channels,
    }),
  )
  .map((all) =>
    all.map((counts, channel) =>
      counts.flatMap((count, part) => [
        ...Array.from({ length: count }, (_, i) => `${channel}.${part}.${i}`),
        ...(part + 1 < counts.length ? [part + 1] : []),
      ]),
    ),
  );

interface Reading {
  /** By checkpoint: what the snapshot reflects, and what is stored in flight. */
  readonly states: Map<number, readonly string[]>;
  readonly inflight: Map<number, string[]>;
}

/** Reads the queues in the order of `choices`; unaligned barriers are handled when they arrive, before what waits. */
function read(all: readonly Queue[], mode: 'aligned' | 'unaligned' | 'at-least-once', choices: readonly number[]): Reading {
  const states = new Map<number, readonly string[]>();
  const inflight = new Map<number, string[]>();
  const processed: string[] = [];
  const next = all.map(() => 0);
  const waiting: string[][] = all.map(() => []);
  const listener: CheckpointListener = {
    triggerCheckpoint: (id) => states.set(id, [...processed]),
    abortCheckpoint: (id) => states.set(-id, []),
  };
  const store = {
    start: (id: number) => inflight.set(id, []),
    add: (id: number, _channel: number, elements: readonly string[]) => inflight.get(id)?.push(...elements),
  };
  const recorder = new InflightRecorder<string>(all.length, store, (channel) => waiting[channel] ?? []);
  const shared = { channels: all.length, listener, checkpointsAfterTasksFinish: true };
  const handler =
    mode === 'at-least-once'
      ? new CheckpointBarrierTracker(all.length, listener, true)
      : new SingleCheckpointBarrierHandler(mode === 'aligned' ? shared : { ...shared, recorder });
  for (let turn = 0; ; turn++) {
    const arriving = all.flatMap((queue, channel) =>
      (next[channel] as number) < queue.length && !handler.blockedChannels.includes(channel) ? [channel] : [],
    );
    const processing = waiting.flatMap((queue, channel) => (queue.length > 0 ? [channel] : []));
    const moves = arriving.length + processing.length;
    if (moves === 0) return { states, inflight };
    const move = (choices[turn % choices.length] as number) % moves;
    if (move >= arriving.length) {
      processed.push(waiting[processing[move - arriving.length] as number]?.shift() as string);
      continue;
    }
    const channel = arriving[move] as number;
    const element = all[channel]?.[(next[channel] as number)++] as string | number;
    if (typeof element === 'number') handler.barrier(element, channel);
    else if (mode === 'unaligned') {
      recorder.elementArrived(element, channel);
      (waiting[channel] as string[]).push(element);
    } else processed.push(element);
  }
}

function before(all: readonly Queue[], checkpoint: number): string[] {
  return all.flatMap((queue) => queue.slice(0, queue.indexOf(checkpoint)).filter((element) => typeof element === 'string')).sort();
}

const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 20, maxLength: 60 });

describe('whatever the order in which channels are read', () => {
  it('an aligned snapshot reflects exactly what precedes the barriers', () => {
    fc.assert(
      fc.property(queues, choices, (all, order) => {
        for (const [checkpoint, state] of read(all, 'aligned', order).states) {
          expect([...state].sort()).toEqual(before(all, checkpoint));
        }
      }),
    );
  });

  it('every aligned checkpoint is taken: a channel cannot be read past a barrier that others still owe', () => {
    fc.assert(
      fc.property(queues, choices, (all, order) => {
        const ids = all[0]?.filter((element) => typeof element === 'number') ?? [];
        expect([...read(all, 'aligned', order).states.keys()]).toEqual(ids);
      }),
    );
  });

  it('an unaligned snapshot and its in-flight records together are what precedes the barriers', () => {
    fc.assert(
      fc.property(queues, choices, (all, order) => {
        const { states, inflight } = read(all, 'unaligned', order);
        const givenUp = new Set([...states.keys()].filter((id) => id < 0).map((id) => -id));
        for (const [checkpoint, state] of states) {
          if (checkpoint < 0 || givenUp.has(checkpoint)) continue;
          expect([...state, ...(inflight.get(checkpoint) ?? [])].sort()).toEqual(before(all, checkpoint));
        }
      }),
    );
  });

  it('an at-least-once snapshot reflects at least what precedes the barriers', () => {
    fc.assert(
      fc.property(queues, choices, (all, order) => {
        for (const [checkpoint, state] of read(all, 'at-least-once', order).states) {
          expect(state).toEqual(expect.arrayContaining(before(all, checkpoint)));
        }
      }),
    );
  });
});
