import { describe, expect, it } from 'vitest';
import type { Schema } from '../batch/schema.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import type { SavedBatch } from '../checkpoint/snapshot/saved-batch.ts';
import type { CheckpointBarrier, CheckpointMode } from '../elements/checkpoint-barrier.ts';
import { batchOf, elementsOf } from '../testing/rows.ts';
import { InputGate } from './input-gate.ts';
import { SubtaskBarriers } from './subtask-barriers.ts';
import type { BarrierFacts } from './subtask-barriers.ts';

const SCHEMA: Schema = { fields: [{ name: 'id', type: 'string' }] };

/** A subtask with one gate that writes down what it reads (`a@1`), and where its snapshots are. */
class Reader {
  readonly channels: readonly LocalChannel[];
  readonly gate: InputGate;
  readonly log: string[] = [];
  /** By channel, of the checkpoint acknowledged last. */
  inflight: string[][] = [];
  facts: BarrierFacts | null = null;
  readonly #barriers: SubtaskBarriers;

  constructor(channels: number) {
    this.channels = Array.from({ length: channels }, () => new LocalChannel());
    this.gate = new InputGate(this.channels, SCHEMA);
    this.#barriers = new SubtaskBarriers([this.gate], {
      takeSnapshot: ({ checkpointId }) => this.log.push(`snapshot ${checkpointId}`),
      acknowledge: ({ checkpointId }, { inflight, facts }) => {
        this.log.push(`acknowledged ${checkpointId}`);
        this.inflight = this.channels.map((channel) => (inflight.get(channel) ?? []).flatMap(idsOf));
        this.facts = facts;
      },
      decline: (checkpointId, reason) => this.log.push(`declined ${checkpointId}: ${reason}`),
    });
  }

  /** `a@1` is a record of origin 1, `|1@4` the barrier of checkpoint 1 at origin 4. */
  send(channel: number, elements: string, mode: CheckpointMode = 'aligned'): void {
    const to = this.channels[channel] as LocalChannel;
    for (const element of elements.split(' ')) {
      const [name, at] = element.split('@') as [string, string];
      if (name.startsWith('|')) to.publishBarrier(barrierOf(Number(name.slice(1)), mode), Number(at));
      else to.publish(batchOf(SCHEMA, [{ record: { id: name }, origin: Number(at) }]));
      to.advanceFrontier(Number(at));
    }
  }

  end(channel: number): void {
    this.channels[channel]?.end();
  }

  /** Reads whatever can be. */
  read(): this {
    for (;;) {
      if (this.#barriers.areDue && this.#barriers.receive()) continue;
      const batch = this.gate.poll();
      if (batch === null) return this;
      for (const element of elementsOf([batch])) if ('record' in element) this.log.push(String(element.record['id']));
    }
  }

  /** Barriers only: the subtask is busy, or has no credit. */
  receiveBarriers(): this {
    while (this.#barriers.areDue && this.#barriers.receive());
    return this;
  }
}

function barrierOf(checkpointId: number, mode: CheckpointMode): CheckpointBarrier {
  return { checkpointId, timestamp: 0, mode };
}

function idsOf({ records }: SavedBatch): string[] {
  return records.map(({ id }) => String(id));
}

describe('aligned barriers', () => {
  it('let everything before them through, in order, and nothing behind them', () => {
    const reader = new Reader(2);
    reader.send(0, 'a@1 c@3 |1@4 e@5');
    reader.send(1, 'b@2 d@3');
    expect(reader.read().log).toEqual(['a', 'b', 'c', 'd']);
    reader.send(1, 'f@3 |1@4 g@6');
    reader.send(0, 'h@9');
    expect(reader.read().log).toEqual(['a', 'b', 'c', 'd', 'f', 'snapshot 1', 'acknowledged 1', 'e', 'g']);
    expect(reader.facts).toEqual({ barriersReceived: 2, recordsDuringAlignment: 1, recordsRepeated: 0, recordsInflight: 0 });
  });

  it('do not wait for channels that have ended', () => {
    const reader = new Reader(3);
    reader.end(2);
    reader.send(0, 'a@1 |1@4 c@5');
    reader.send(1, 'b@2 |1@4');
    reader.end(0);
    reader.end(1);
    expect(reader.read().log).toEqual(['a', 'b', 'snapshot 1', 'acknowledged 1', 'c']);
    expect(reader.gate.isDrained).toBe(true);
  });

  it('come behind the last record of a sender that has finished', () => {
    const reader = new Reader(2);
    reader.send(0, 'a@1');
    reader.end(0);
    reader.channels[0]?.publishBarrier(barrierOf(1, 'aligned'), 4);
    reader.send(1, '|1@4 b@5');
    expect(reader.read().log).toEqual(['a', 'snapshot 1', 'acknowledged 1', 'b']);
  });
});

describe('unaligned barriers', () => {
  it('overtake what waits in their channel, which is stored', () => {
    const reader = new Reader(1);
    reader.send(0, 'a@1 b@2 |1@3 c@4', 'unaligned');
    expect(reader.receiveBarriers().log).toEqual(['snapshot 1', 'acknowledged 1']);
    expect(reader.inflight).toEqual([['a', 'b']]);
    expect(reader.read().log).toEqual(['snapshot 1', 'acknowledged 1', 'a', 'b', 'c']);
  });

  it('trigger with the first; what still comes before the others is stored as it arrives, read or not', () => {
    const reader = new Reader(2);
    reader.send(0, 'a@1');
    reader.send(1, 'b@2 d@4');
    expect(reader.read().log).toEqual(['a']);
    reader.send(0, '|1@3 f@6', 'unaligned');
    expect(reader.read().log).toEqual(['a', 'snapshot 1', 'b', 'd']);
    reader.send(1, 'e@5', 'unaligned');
    expect(reader.read().log).toEqual(['a', 'snapshot 1', 'b', 'd', 'e']);
    reader.send(1, '|1@7 g@8', 'unaligned');
    expect(reader.read().log).toEqual(['a', 'snapshot 1', 'b', 'd', 'e', 'acknowledged 1', 'f']);
    expect(reader.inflight).toEqual([[], ['b', 'd', 'e']]);
    expect(reader.facts).toEqual({ barriersReceived: 2, recordsDuringAlignment: 0, recordsRepeated: 0, recordsInflight: 3 });
  });

  it('store the rest of a batch that has been read in part', () => {
    const reader = new Reader(2);
    reader.channels[0]?.publish(
      batchOf(
        SCHEMA,
        ['a', 'b', 'c'].map((id, i) => ({ record: { id }, origin: 10 * i })),
      ),
    );
    reader.send(1, 'x@15');
    expect(reader.read().log).toEqual(['a', 'b', 'x']);
    reader.send(0, '|1@30', 'unaligned');
    reader.send(1, '|1@30', 'unaligned');
    reader.receiveBarriers();
    expect(reader.inflight).toEqual([['c'], []]);
  });
});

describe('barriers of at-least-once checkpoints', () => {
  it('hold nobody up, and count what will be read again', () => {
    const reader = new Reader(2);
    reader.send(0, 'a@1 |1@2 c@3 e@5', 'at-least-once');
    reader.send(1, 'b@2 d@4', 'at-least-once');
    expect(reader.read().log).toEqual(['a', 'b', 'c', 'd']);
    reader.send(1, '|1@6 f@7', 'at-least-once');
    expect(reader.read().log).toEqual(['a', 'b', 'c', 'd', 'snapshot 1', 'acknowledged 1', 'e']);
    expect(reader.facts).toEqual({ barriersReceived: 2, recordsDuringAlignment: 3, recordsRepeated: 1, recordsInflight: 0 });
  });
});

describe('checkpoints of different modes', () => {
  it('follow each other', () => {
    const reader = new Reader(2);
    for (const channel of [0, 1]) reader.send(channel, '|1@1', 'aligned');
    reader.read();
    for (const channel of [0, 1]) reader.send(channel, '|2@2', 'at-least-once');
    reader.read();
    reader.send(0, '|3@3', 'unaligned');
    reader.end(1);
    reader.channels[1]?.publishBarrier(barrierOf(3, 'unaligned'), 3);
    reader.read();
    reader.send(0, '|4@4', 'aligned');
    expect(reader.read().log).toEqual([1, 2, 3, 4].flatMap((id) => [`snapshot ${id}`, `acknowledged ${id}`]));
  });
});
