import { describe, expect, it } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { richFlatMap } from './definition.ts';

const LINES: StreamShape = { schema: { fields: [{ name: 'line', type: 'string' }] }, key: null, eventTime: true };
const KEYED: StreamShape = { ...LINES, key: { kind: 'fields', fields: ['line'] } };
const WORD = [{ name: 'word', type: 'string' }] as const;

const harnessOf = (code: string, input: StreamShape = LINES) =>
  new OperatorTestHarness({ definition: richFlatMap, inputs: [input], config: { code, schema: WORD } });

describe('a rich flat map', () => {
  it('gives any number of records for one, with its timestamp', async () => {
    const h = harnessOf(`({
      open() { this.stopWords = new Set(['the', 'of']); },
      flatMap(value, out) {
        for (const word of value.line.split(' ')) if (!this.stopWords.has(word)) out.collect({ word });
      },
    })`);
    await h.open();
    h.processElement({ line: 'the order of things' }, 1000);
    h.processElement({ line: 'of the' }, 2000);
    expect(h.drain().map((e) => (e.kind === 'record' ? [e.value, e.timestamp] : e.kind))).toEqual([
      [{ word: 'order' }, 1000],
      [{ word: 'things' }, 1000],
    ]);
  });

  it('goes on with the state of its keys after a restore', async () => {
    const code = `({
      open(ctx) { this.seen = ctx.getState('seen'); },
      flatMap(value, out) {
        if (this.seen.value() === true) out.collect({ word: 'again ' + value.line });
        this.seen.update(true);
      },
    })`;
    const first = harnessOf(code, KEYED);
    await first.open();
    first.processElement({ line: 'a' }, 1000);
    const second = harnessOf(code, KEYED);
    await second.open(first.snapshot());
    second.processElement({ line: 'b' }, 2000);
    second.processElement({ line: 'a' }, 3000);
    expect(second.drainValues()).toEqual([{ word: 'again a' }]);
  });

  it('cannot have state where there are no keys', async () => {
    const h = harnessOf(`({ open(ctx) { ctx.getState('seen'); }, flatMap(value, out) {} })`);
    await expect(h.open()).rejects.toThrow(/keyed/);
  });
});
