import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { coMap } from './definition.ts';

const CELSIUS: StreamShape = { schema: { fields: [{ name: 'celsius', type: 'double' }] }, key: null, eventTime: true };
const SWITCH: StreamShape = { schema: { fields: [{ name: 'on', type: 'boolean' }] }, key: null, eventTime: true };
const TEXT = [{ name: 'text', type: 'string' }];

describe('two streams of different fields', () => {
  it('come each to its own function, in the order in which they come, and share the object', async () => {
    const code = `({
      open() { this.seen = [0, 0]; },
      map1(r) { this.seen[0]++; return { text: r.celsius + ' °C, ' + this.seen.join('/') }; },
      map2(r) { this.seen[1]++; return { text: (r.on ? 'on, ' : 'off, ') + this.seen.join('/') }; },
    })`;
    const h = await new OperatorTestHarness({ definition: coMap, config: { code, schema: TEXT }, inputs: [CELSIUS, SWITCH] }).open();
    h.processElement({ celsius: 20 }, 1000, undefined, 0).processElement({ on: true }, 500, undefined, 1);
    h.processElement({ on: false }, 700, undefined, 1).processElement({ celsius: 21 }, 2000, undefined, 0);
    expect(h.drain().map((e) => (e.kind === 'record' ? [e.value['text'], e.timestamp] : e))).toEqual([
      ['20 °C, 1/0', 1000],
      ['on, 1/1', 500],
      ['off, 1/2', 700],
      ['21 °C, 2/2', 2000],
    ]);
  });
});
