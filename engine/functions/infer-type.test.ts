import { describe, expect, it } from 'vitest';
import type { Schema } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import { checkFunction } from './check-function.ts';
import { inferRecord } from './record-result.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 'd', type: 'double' },
    { name: 'i', type: 'int' },
    { name: 'l', type: 'long' },
    { name: 't', type: 'timestamp' },
    { name: 's', type: 'string' },
    { name: 'b', type: 'boolean' },
    { name: 'n', type: 'int', nullable: true },
    { name: 'a', type: 'array' },
    { name: 'row', type: 'row', fields: [{ name: 'x', type: 'double' }] },
    { name: 'any', type: 'any' },
  ],
};

function inferred(source: string) {
  return inferRecord(must(checkFunction(source, SCHEMA).analysis, 'a function'), SCHEMA);
}

/** "double", "int?" (nullable), or "unknown". */
function typeOf(expression: string): string {
  const record = inferred(`(r) => ({ x: ${expression} })`);
  const field = record?.schema.fields[0];
  return field === undefined ? 'unknown' : `${field.type}${field.nullable === true ? '?' : ''}`;
}

describe('the type of an expression', () => {
  it.each([
    ['r.i + 1', 'int'],
    ['r.i * r.l', 'long'],
    ['r.i / 2', 'double'],
    ['r.d * 9 / 5 + 32', 'double'],
    ['r.t + 1000', 'timestamp'],
    ['r.t - r.t', 'long'],
    ['r.t - (r.t % 60000)', 'timestamp'],
    ['r.n', 'int?'],
    ['r.n + 1', 'int'],
    ['r.n ?? 0', 'int'],
    ['r.n ?? r.d', 'double'],
    ['r.n || null', 'int?'],
    ['-r.t', 'long'],
    ['+r.s', 'double'],
    ['r.d > 1 && r.b', 'boolean'],
    ['!r.any', 'boolean'],
    ['r.b ? r.i : r.d', 'double'],
    ['r.b ? r.s : null', 'string?'],
    ['r.b ? r.s : r.i', 'unknown'],
    ['r.s + r.i', 'string'],
    ['`${r.any}`', 'string'],
    ['r.s.length', 'int'],
    ['r.s.trim().toUpperCase()', 'string'],
    ['r.s.split(",")', 'array'],
    ['r.s.at(0)', 'string?'],
    ['r.d.toFixed(1)', 'string'],
    ['Math.round(r.d)', 'long'],
    ['Math.max(r.i, 3)', 'int'],
    ['Math.sqrt(r.i)', 'double'],
    ['Number(r.s)', 'double'],
    ['/a/.test(r.s)', 'boolean'],
    ['r.row.x', 'double'],
    ['r.row.y', 'unknown'],
    ['r.any', 'any'],
    ['r.any * 2', 'unknown'],
    ['r.a.length', 'int'],
    ['[r.i]', 'array'],
    ['({ y: r.i })', 'row'],
    ['JSON.parse(r.s)', 'unknown'],
    ['null', 'unknown'],
  ])('%s is %s', (expression, type) => {
    expect(typeOf(expression)).toBe(type);
  });
});

describe('the record a function returns', () => {
  const fieldsOf = (source: string) =>
    inferred(source)?.schema.fields.map((field) => `${field.name} ${field.type}${field.nullable === true ? '?' : ''}`) ?? null;

  it('has the fields of the literal, in order, and those of a spread', () => {
    expect(fieldsOf('(r) => ({ s: r.s, twice: r.d * 2 })')).toEqual(['s string', 'twice double']);
    expect(fieldsOf('(r) => ({ ...r, i: r.s })')?.slice(0, 3)).toEqual(['d double', 'i string', 'l long']);
  });

  it('follows locals and patterns', () => {
    expect(fieldsOf('(r) => { const { s: name, i } = r; const twice = i * 2; return { name, twice }; }')).toEqual([
      'name string',
      'twice int',
    ]);
  });

  it('joins the places it returns at', () => {
    expect(fieldsOf('(r) => { if (r.b) return { x: r.i, y: null }; return { y: r.s, x: r.d }; }')).toEqual(['x double', 'y string?']);
    expect(fieldsOf('(r) => (r.b ? { ...r, i: 0.5 } : r)')?.[1]).toBe('i double');
  });

  it('is unknown when the places differ, or are no literals', () => {
    expect(fieldsOf('(r) => { if (r.b) return { x: 1 }; return { y: 1 }; }')).toBeNull();
    expect(fieldsOf('(r) => { r.x = 1; return r; }')).toBeNull();
    expect(fieldsOf('(r) => ({ ...JSON.parse(r.s) })')).toBeNull();
    expect(fieldsOf('(r) => { let x = 1; x = r.s; return { x }; }')).toEqual([]);
  });
});
