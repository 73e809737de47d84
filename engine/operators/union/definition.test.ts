import { describe, expect, it } from 'vitest';
import type { Field } from '../../batch/schema.ts';
import type { StreamShape } from '../definition.ts';
import { union } from './definition.ts';

const ID: Field = { name: 'id', type: 'string' };
const VALUE: Field = { name: 'value', type: 'double' };
const stream = (...fields: readonly Field[]): StreamShape => ({ schema: { fields }, key: null, eventTime: true });
const messages = (...streams: readonly StreamShape[]): readonly string[] =>
  union.shapes({}, streams).problems.map(({ message }) => message);

describe('union', () => {
  it('has the fields of its streams, no key, and event time if all of them have', () => {
    const keyed = { ...stream(ID, VALUE), key: { kind: 'fields', fields: ['id'] } } as const;
    expect(union.shapes({}, [keyed, stream(ID, VALUE)])).toEqual({ ports: { out: stream(ID, VALUE) }, problems: [] });
    expect(union.shapes({}, [keyed, { ...stream(ID, VALUE), eventTime: false }]).ports['out']?.eventTime).toBe(false);
  });

  it('may be null where one of its streams may', () => {
    const { ports, problems } = union.shapes({}, [stream(ID, VALUE), stream({ ...ID, nullable: true }, VALUE)]);
    expect(problems).toEqual([]);
    expect(ports['out']?.schema).toEqual({ fields: [{ ...ID, nullable: true }, VALUE] });
  });

  it('refuses streams of other fields and says which', () => {
    expect(messages(stream(ID, VALUE), stream(VALUE, ID))).toEqual([expect.stringContaining('where one has "id", another has "value"')]);
    expect(messages(stream(ID, VALUE), stream(ID, { name: 'value', type: 'long' }))).toEqual([
      expect.stringContaining('"value" is double in one and long in another'),
    ]);
    expect(messages(stream(ID, VALUE), stream(ID))).toEqual([expect.stringContaining('one has "value", another does not')]);
    expect(messages(stream(ID), stream(ID, VALUE))).toEqual([expect.stringContaining('one has "value", another does not')]);
  });

  it('does not complain about a stream that is not known yet', () => {
    expect(messages(stream(ID), stream())).toEqual([]);
  });
});
