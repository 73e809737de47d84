import { describe, expect, it } from 'vitest';
import type { Schema } from '../batch/schema.ts';
import { LocalChannel } from '../channels/local-channel.ts';
import { MAX_WATERMARK } from '../elements/marks.ts';
import { batchOf, elementsOf } from '../testing/rows.ts';
import type { Element } from '../testing/rows.ts';
import { InputGate } from './input-gate.ts';

const SCHEMA: Schema = { fields: [{ name: 'id', type: 'string' }] };
const row = (id: string, origin: number): Element => ({ record: { id }, origin });

function gateOf(count: number): { gate: InputGate; channels: LocalChannel[] } {
  const channels = Array.from({ length: count }, () => new LocalChannel());
  return { gate: new InputGate(channels, SCHEMA), channels };
}

function drain(gate: InputGate): Element[] {
  const elements: Element[] = [];
  for (let batch = gate.poll(); batch !== null; batch = gate.poll()) elements.push(...elementsOf([batch]));
  return elements;
}

describe('an input gate', () => {
  it('passes the batches of its only channel by reference', () => {
    const { gate, channels } = gateOf(1);
    const batch = batchOf(SCHEMA, [row('a', 1)]);
    channels[0]?.publish(batch);
    expect(gate.frontier).toBe(1);
    expect(gate.poll()).toBe(batch);
    expect(gate.poll()).toBe(null);
  });

  it('merges two channels in the order of origins, ties by channel, whatever the batches are', () => {
    const { gate, channels } = gateOf(2);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), row('d', 4)]));
    channels[0]?.publish(batchOf(SCHEMA, [row('f', 6)]));
    channels[1]?.publish(batchOf(SCHEMA, [row('b', 2), row('c', 3), row('e', 4)]));
    for (const channel of channels) channel.end();
    expect(drain(gate)).toEqual([row('a', 1), row('b', 2), row('c', 3), row('d', 4), row('e', 4), row('f', 6)]);
    expect(gate.isDrained).toBe(true);
  });

  it('waits while an empty channel may still send something earlier', () => {
    const { gate, channels } = gateOf(2);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), row('d', 4)]));
    channels[1]?.advanceFrontier(3);
    expect(drain(gate)).toEqual([row('a', 1)]);
    channels[1]?.publish(batchOf(SCHEMA, [row('c', 3)]));
    channels[1]?.advanceFrontier(10);
    expect(drain(gate)).toEqual([row('c', 3), row('d', 4)]);
    expect(gate.frontier).toBe(Number.NEGATIVE_INFINITY);
  });

  it('lets through the minimum of the watermarks, at its place between the records', () => {
    const { gate, channels } = gateOf(2);
    channels[0]?.publish(batchOf(SCHEMA, [row('a', 1), { watermark: 100, origin: 1 }, row('c', 3), { watermark: 300, origin: 3 }]));
    channels[1]?.publish(batchOf(SCHEMA, [row('b', 2), { watermark: 200, origin: 2 }, row('d', 4)]));
    for (const channel of channels) channel.end();
    expect(drain(gate)).toEqual([
      row('a', 1),
      row('b', 2),
      { watermark: 100, origin: 2 },
      row('c', 3),
      { watermark: 200, origin: 3 },
      row('d', 4),
    ]);
  });

  it('is not held back by a channel that ended at the maximum watermark', () => {
    const { gate, channels } = gateOf(2);
    channels[1]?.publish(batchOf(SCHEMA, [{ watermark: MAX_WATERMARK, origin: 0 }]));
    channels[1]?.end();
    const batch = batchOf(SCHEMA, [row('a', 1), { watermark: 100, origin: 1 }]);
    channels[0]?.publish(batch);
    channels[0]?.advanceFrontier(2);
    expect(drain(gate)).toEqual([row('a', 1), { watermark: 100, origin: 1 }]);
  });
});
