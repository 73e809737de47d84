import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { coFlatMap } from './definition.ts';

const CELSIUS: StreamShape = { schema: { fields: [{ name: 'celsius', type: 'double' }] }, key: null, eventTime: true };
const SWITCH: StreamShape = { schema: { fields: [{ name: 'on', type: 'boolean' }] }, key: null, eventTime: true };
const TEXT = [{ name: 'text', type: 'string' }];

describe('two streams of different fields', () => {
  it('give any number of records each with flat maps', async () => {
    const code = `({
      open() { this.isOn = false; },
      flatMap1(r, out) { if (this.isOn) { out.collect({ text: 'now ' + r.celsius }); out.collect({ text: 'then ' + r.celsius }); } },
      flatMap2(r, out) { this.isOn = r.on; },
    })`;
    const h = await new OperatorTestHarness({ definition: coFlatMap, config: { code, schema: TEXT }, inputs: [CELSIUS, SWITCH] }).open();
    h.processElement({ celsius: 20 }, 1, undefined, 0)
      .processElement({ on: true }, 2, undefined, 1)
      .processElement({ celsius: 21 }, 3, undefined, 0);
    h.processElement({ on: false }, 4, undefined, 1).processElement({ celsius: 22 }, 5, undefined, 0);
    expect(h.drain().map((e) => (e.kind === 'record' ? [e.value['text'], e.timestamp] : e))).toEqual([
      ['now 21', 3],
      ['then 21', 3],
    ]);
  });
});
