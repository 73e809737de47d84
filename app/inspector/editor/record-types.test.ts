import { expect, test } from 'vitest';
import { checkedText, rowType } from './record-types.ts';

const SCHEMA = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'temperature', type: 'double', nullable: true },
    { name: 'event time', type: 'timestamp' },
    { name: 'place', type: 'row', fields: [{ name: 'room', type: 'int' }] },
    { name: 'tags', type: 'array' },
    { name: 'extra', type: 'any', nullable: true },
  ],
} as const;

test('a schema becomes a type', () => {
  expect(rowType(SCHEMA.fields)).toBe(
    '{ id: string; temperature: number | null; "event time": number; place: { room: number }; tags: any[]; extra: any }',
  );
});

test('the user’s text starts on a line of its own', () => {
  const checked = checkedText('(r) =>\n  r.id.length > 3', { fields: [{ name: 'id', type: 'string' }] }, 'boolean');
  expect(checked?.text.split('\n')).toEqual([
    'export {}; type Input = { id: string }; const __function: (record: Input) => boolean =',
    '(r) =>',
    '  r.id.length > 3',
    ';',
  ]);
  expect(checked?.lineOffset).toBe(1);
});

test('without a known input anything may be read', () => {
  expect(checkedText('(r) => r.x', { fields: [] }, 'key')?.text).toContain('type Input = any;');
});

test('texts that cannot stand behind an assignment are not checked', () => {
  expect(checkedText('  ', null, 'boolean')).toBe(null);
  expect(checkedText('type Reading = { t: number };\n(r: Reading) => r.t', null, 'number')).toBe(null);
});

test('a function of two inputs knows both records', () => {
  const fields = (name: string) => ({ fields: [{ name, type: 'int' } as const] });
  expect(checkedText('(l, r) => ({ d: l.a - r.b })', fields('a'), 'joined', '', fields('b'))?.text.split('\n')[0]).toBe(
    'export {}; type Input = { a: number }; type Input2 = { b: number }; const __function: (left: Input, right: Input2) => { readonly [field: string]: unknown } =',
  );
});
