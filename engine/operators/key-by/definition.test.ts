import { describe, expect, it } from 'vitest';
import type { Schema } from '../../batch/schema.ts';
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
