import { describe, expect, it } from 'vitest';
import type { Schema } from '../../batch/schema.ts';
import { parseConfig } from '../parse-config.ts';
import { keyBy } from './definition.ts';

const TRIPS: Schema = {
  fields: [
    { name: 'city', type: 'string' },
    { name: 'year', type: 'int' },
    { name: 'driver', type: 'string', nullable: true },
  ],
};
const INPUT = { schema: TRIPS, key: null, eventTime: true };

const byFields = (...columns: string[]) => ({ mode: 'fields', columns, selector: '' }) as const;
const byFunction = (selector: string) => ({ mode: 'function', columns: [], selector }) as const;

describe('key by', () => {
  it('keys the stream by fields and leaves records as they are', () => {
    expect(keyBy.shapes(byFields('city', 'year'), [INPUT])).toEqual({
      ports: { out: { schema: TRIPS, key: { kind: 'fields', fields: ['city', 'year'] }, eventTime: true } },
      problems: [],
    });
    expect(keyBy.partitioner?.(byFields('city'))).toEqual({ kind: 'hash', key: { kind: 'fields', fields: ['city'] } });
  });

  it.each([
    ['(r) => r.city', 'string'],
    ['(r) => r.year % 4', 'int'],
    ['(r) => r.year / 4', 'double'],
    ['(r) => r.year > 2000', 'boolean'],
    ['(r) => [r.city, r.year]', 'array'],
    ['(r) => (r.year > 2000 ? r.city : "old")', 'string'],
    ['(r) => JSON.parse(r.city)', 'any'],
  ] as const)('reads the type of the key from %s', (selector, type) => {
    const { ports, problems } = keyBy.shapes(byFunction(selector), [INPUT]);
    expect(ports['out']?.key).toEqual({ kind: 'function', source: selector, type });
    expect(problems).toEqual([]);
  });

  it('finds fields inside rows by their paths; a row stands for all of its fields', () => {
    const address: Schema['fields'] = [
      { name: 'zip', type: 'string' },
      { name: 'at', type: 'row', fields: [{ name: 'floor', type: 'int' }] },
    ];
    const input = (fields = address, nullable = false) => ({
      schema: { fields: [{ name: 'address', type: 'row' as const, fields, nullable }] },
      key: null,
      eventTime: true,
    });
    const shapes = (columns: string[], shape = input()) => {
      const { config, problems } = parseConfig(keyBy.fields, { columns }, [shape]);
      const { ports, problems: more } = keyBy.shapes(config, [shape]);
      return { key: ports['out']?.key, problems: [...problems, ...more].map(({ message }) => message) };
    };
    expect(shapes(['address.at.floor'])).toEqual({ key: { kind: 'fields', fields: ['address.at.floor'] }, problems: [] });
    expect(shapes(['address', 'address.zip'])).toEqual({
      key: { kind: 'fields', fields: ['address.zip', 'address.at.floor'] },
      problems: [],
    });
    expect(shapes(['address.town']).problems).toEqual([
      '"Key fields" names the field "address.town", which the input does not have. Did you mean "address.zip"?',
    ]);
    expect(shapes(['address.zip'], input(address, true)).problems).toEqual([
      '"address.zip" can be null, and a record without a key stops the job. Filter such records out before, or use a function that gives them a key.',
    ]);
    expect(shapes(['address'], input([])).problems).toEqual([
      'Nothing is known of the fields of "address", so it cannot be a key. Declare them where the records come from, or use a function.',
    ]);
    expect(shapes(['address'], input([...address, { name: 'phones', type: 'array' }])).problems).toEqual([
      '"address.phones" is array, which cannot be part of a key. Choose fields of the row one by one, or use a function.',
    ]);
  });

  it('refuses keys that are objects and unknown fields, and warns of keys that can be null', () => {
    const codes = (selector: string) =>
      keyBy.shapes(byFunction(selector), [INPUT]).problems.map(({ severity, code, field }) => [severity, code, field]);
    expect(codes('(r) => ({ city: r.city })')).toEqual([['error', 'key-type', 'selector']]);
    expect(codes('(r) => r.town')).toEqual([['error', 'field-unknown', 'selector']]);
    expect(codes('(r) => r.driver')).toEqual([['warning', 'key-nullable', 'selector']]);
    expect(codes('(r) => r.driver ?? "nobody"')).toEqual([]);
    expect(keyBy.shapes(byFields('driver'), [INPUT]).problems.map(({ code, field }) => [code, field])).toEqual([
      ['key-nullable', 'columns'],
    ]);
  });
});
