import { describe, expect, it } from 'vitest';
import { parsedFunction } from './compile-function.ts';
import { withoutSpreads } from './expand-spreads.ts';

const SCHEMA = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'the total', type: 'double' },
  ],
} as const;
const expanded = (source: string): string | null => withoutSpreads(parsedFunction(source), SCHEMA)?.javascript ?? null;

describe('spreads', () => {
  it('are written out', () => {
    expect(expanded('(a, b) => ({ ...b, n: a.n })')).toBe('(a, b) => ({ "id": b["id"], "the total": b["the total"], n: a.n })');
    expect(expanded('(a, b) => (a.n > b.n ? { ...a } : { n: 1, ...b })')).toBe(
      '(a, b) => (a.n > b.n ? { "id": a["id"], "the total": a["the total"] } : { n: 1, "id": b["id"], "the total": b["the total"] })',
    );
  });

  it.each([
    ['(a, b) => (a.n > b.n ? a : b)'],
    ['(a, b) => { b.n = 1; return { ...b }; }'],
    ['(a, b) => { const c = b; return { ...c }; }'],
    ['(a, b) => { delete b.id; return { ...b }; }'],
    ['(a, { id }) => ({ ...a, id })'],
  ])('are left alone in %s', (source) => {
    expect(expanded(source)).toBeNull();
  });
});
