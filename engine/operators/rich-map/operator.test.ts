import { describe, expect, it } from 'vitest';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { StreamShape } from '../definition.ts';
import { richMap } from './definition.ts';

const WORDS: StreamShape = { schema: { fields: [{ name: 'word', type: 'string' }] }, key: null, eventTime: true };
const KEYED: StreamShape = { ...WORDS, key: { kind: 'fields', fields: ['word'] } };
const TEXT = [{ name: 'text', type: 'string' }] as const;

const harnessOf = (code: string, input: StreamShape = WORDS) =>
  new OperatorTestHarness({ definition: richMap, inputs: [input], config: { code, schema: TEXT } });

describe('a rich map', () => {
  it('is opened before the first record and closed after the last, and sees where it runs', async () => {
    const h = harnessOf(`class Numbered {
      open(ctx) {
        const runtime = ctx.getRuntimeContext();
        this.place = runtime.getIndexOfThisSubtask() + '/' + runtime.getNumberOfParallelSubtasks();
        this.count = 0;
      }
      map(value) {
        return { text: value.word + ' ' + this.place + ' ' + ++this.count };
      }
      close() {
        if (this.count !== 2) throw new Error('closed after ' + this.count);
      }
    }`);
    await h.open();
    h.processElement({ word: 'to' }, 1000);
    h.processElement({ word: 'be' }, 2000);
    h.processWatermark(1999);
    expect(h.drain().map((e) => (e.kind === 'record' ? [e.value, e.timestamp] : e.kind))).toEqual([
      [{ text: 'to 0/1 1' }, 1000],
      [{ text: 'be 0/1 2' }, 2000],
      'watermark',
    ]);
    h.close();
  });

  it('has a state for every key, after a key by', async () => {
    const h = harnessOf(
      `({
        open(ctx) { this.seen = ctx.getState('seen'); },
        map(value) {
          const seen = (this.seen.value() ?? 0) + 1;
          this.seen.update(seen);
          return { text: value.word + ' ' + seen };
        },
      })`,
      KEYED,
    );
    await h.open();
    for (const word of ['to', 'be', 'to']) h.processElement({ word }, 1000);
    expect(h.drainValues()).toEqual([{ text: 'to 1' }, { text: 'be 1' }, { text: 'to 2' }]);
  });

  it('names method and line when it throws, and what it returned when that is no record', async () => {
    const throwing = harnessOf(`({
      map(value) {
        return { text: value.word.missing.length };
      },
    })`);
    await throwing.open();
    expect(() => throwing.processElement({ word: 'to' }, 1000)).toThrow(RecordFailure);
    expect(() => throwing.processElement({ word: 'to' }, 1000)).toThrow(/map.*line 3/s);
    const nothing = harnessOf('({ map(value) {} })');
    await nothing.open();
    expect(() => nothing.processElement({ word: 'to' }, 1000)).toThrow(/map got nothing instead of a record/);
  });
});
