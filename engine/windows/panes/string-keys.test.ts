import { describe, expect, it } from 'vitest';
import { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import { Marks } from '../../elements/marks.ts';
import { StringKeys } from './string-keys.ts';

const SCHEMA = { fields: [{ name: 'id', type: 'string' as const }] };
const NOBODY = { markLive: () => {}, renumber: () => {} };

function begin(keys: StringKeys, dictionary: Dictionary, values: readonly (string | null)[]): void {
  const codes = Int32Array.from(values, (value) => (value === null ? 99 : dictionary.encode(value)));
  const nulls = values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : null;
  const column = Column.ofCodes(codes, dictionary, nulls);
  const times = new Float64Array(values.length);
  keys.beginBatch(new Batch(SCHEMA, values.length, [column], times, times, new Marks(), null, values.length), column);
}

function dictionaryOf(...values: string[]): Dictionary {
  const dictionary = new Dictionary();
  for (const value of values) dictionary.encode(value);
  return dictionary;
}

describe('the slots of string keys', () => {
  it('are the codes while there is one dictionary, and results use it too', () => {
    const keys = new StringKeys(NOBODY);
    const input = dictionaryOf('a', 'b', 'c');
    begin(keys, input, ['c', 'a']);
    expect([...keys.rowSlots]).toEqual([2, 0]);
    expect(keys.keyAt(2)).toBe('c');
    begin(keys, input, ['d', 'c']);
    expect([...keys.rowSlots]).toEqual([3, 2]);
    expect(keys.slotCount).toBe(4);
    expect(keys.keyColumn(Int32Array.of(3), 1).dictionary).toBe(input);
  });

  it('stay what they are when another dictionary comes, which nobody writes to', () => {
    const keys = new StringKeys(NOBODY);
    const first = dictionaryOf('a', 'b');
    begin(keys, first, ['a', 'b']);
    const second = dictionaryOf('x', 'b');
    begin(keys, second, ['b', null, 'x']);
    expect([keys.rowSlots[0], keys.rowSlots[2]]).toEqual([1, 2]);
    begin(keys, first, ['b', 'a', 'e']);
    expect([...keys.rowSlots]).toEqual([1, 0, 3]);
    expect(first.values).toEqual(['a', 'b', 'e']);
    expect(second.values).toEqual(['x', 'b']);
  });

  it('of restored keys come first', () => {
    const keys = new StringKeys(NOBODY);
    expect([keys.slotOfKey('b'), keys.slotOfKey('a')]).toEqual([0, 1]);
    begin(keys, dictionaryOf('a', 'b'), ['a', 'b', 'c']);
    expect([...keys.rowSlots]).toEqual([1, 0, 2]);
  });
});
