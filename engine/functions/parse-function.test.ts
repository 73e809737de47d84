import { describe, expect, it } from 'vitest';
import { checkFunction } from './check-function.ts';
import { parseFunction } from './parse-function.ts';

function javascriptOf(source: string): string {
  const result = parseFunction(source);
  return 'parsed' in result ? result.parsed.javascript : `${result.problem.line}:${result.problem.column} ${result.problem.code}`;
}

describe('a user function', () => {
  it.each([
    ['(r) => r.a > 1'],
    ['r => ({ ...r, b: 1 })'],
    ['function (r) { return r.a; }'],
    ['function keep(r) { return r.a; }'],
    ['({ a, b }) => a + b'],
  ])('may be written %s', (source) => {
    expect(javascriptOf(source)).toBe(source);
  });

  it('may be followed by a semicolon and surrounded by comments and types, which become blanks', () => {
    expect(javascriptOf('// hot\n(r) => r.a; // done')).toBe('      \n(r) => r.a         ');
    expect(javascriptOf('type R = { a: number };\n(r: R) => r.a')).toBe(`${' '.repeat(23)}\n(r   ) => r.a`);
  });

  it.each([
    ['(r: Row, x?: number): boolean => r.a > 1', '(r     , x         )          => r.a > 1'],
    ['<T,>(r: T) => r', '    (r   ) => r'],
    ['(r) => (r.a as any)!.b satisfies number', '(r) => (r.a       ) .b                 '],
    [
      '(r) => { let x!: string; x = f<string>(r); return x; function f<T>(v: T) { return v; } }',
      '(r) => { let x         ; x = f        (r); return x; function f   (v   ) { return v; } }',
    ],
  ])('loses its types in place: %s', (source, javascript) => {
    expect(javascriptOf(source)).toBe(javascript);
  });

  it('keeps its meaning where a type ended a statement or stood between ")" and "=>"', () => {
    expect(javascriptOf('(r) => { let a = r.id as string\n(r.b); return a }')).toBe('(r) => { let a = r.id ;        \n(r.b); return a }');
    expect(javascriptOf('(r): {\n  a: number\n} => r')).toBe('(r    \n           \n) => r');
  });

  it.each([
    ['', '1:1 function-missing'],
    ['(r) => {', '1:9 function-syntax'],
    ['function (r) { return r.a b }', '1:27 function-syntax'],
    ['(r) => 1\n(r) => 2', '2:5 function-syntax'],
    ['(r) => 1;\n(r) => 2', '2:1 not-a-function'],
    ['r.a > 1', '1:1 not-a-function'],
    ['const f = (r) => 1', '1:1 not-a-function'],
    ['import x from "y"; (r) => x', '1:1 function-import'],
    ['(r) => import("x")', '1:8 function-import'],
    ['(r) => import.meta.url', '1:8 function-import'],
    ['function (r) { return 1; }(5)', '1:1 function-syntax'],
    ['async (r) => 1', '1:1 function-async'],
    ['function* (r) { yield 1; }', '1:1 function-generator'],
    ['(r) => { enum A { x } return A.x; }', '1:10 function-typescript'],
    ['(r) => <any>r', '1:8 function-typescript'],
  ])('is refused at its place: %s', (source, problem) => {
    expect(javascriptOf(source)).toBe(problem);
  });
});

describe('checking a function against its record', () => {
  const SCHEMA = {
    fields: [
      { name: 'temperature', type: 'double' },
      { name: 'id', type: 'string' },
    ],
  } as const;
  const messages = (source: string) =>
    checkFunction(source, SCHEMA).problems.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`);

  it('finds misspelt fields, in members and in patterns', () => {
    expect(messages('(r) =>\n  r.temprature > r.id')).toEqual([
      'error 2:5 The record has no field "temprature". Did you mean "temperature"?',
    ]);
    expect(messages('({ ID }) => ID')).toEqual(['error 1:4 The record has no field "ID". Did you mean "id"?']);
    expect(messages('(r) => { const { wind } = r; return wind; }')).toEqual([
      'error 1:18 The record has no field "wind". Its fields are temperature, id.',
    ]);
  });

  it('lets a function give the record new fields', () => {
    expect(messages('(r) => { r.f = r.temperature * 2; return r.f > 1; }')).toEqual([]);
  });

  it('knows names by scope', () => {
    expect(messages('(r) => { const r2 = r; { let x = 1; var y = x; } return y + r2.id; }')).toEqual([]);
    expect(messages('(r) => { { let x = 1; } return x; }')).toHaveLength(1);
    expect(messages('(r) => [1].map((t) => t * r.temperature).length')).toEqual([]);
  });

  it('refuses what is not JavaScript itself, and says where fields are', () => {
    expect(messages('(r) => fetch(temperature)')).toEqual([
      'error 1:8 "fetch" is not available here: a function sees its record and the globals of JavaScript, nothing of the browser.',
      'error 1:14 "temperature" is a field of the record: write "r.temperature".',
    ]);
    expect(messages('(r) => globalThis.x || eval("1") || Function("1") || arguments[0]')).toHaveLength(4);
  });

  it('warns of clocks and randomness', () => {
    expect(messages('(r) => Math.random() < Date.now() && new Date() > 0 && new Date(5) > 0').map((text) => text.slice(0, 20))).toEqual([
      'warning 1:8 This is ',
      'warning 1:24 This re',
      'warning 1:42 This re',
    ]);
  });

  it('finds functions that return nothing', () => {
    expect(messages('(r) => { temperature: 3 }')).toEqual([
      'error 1:8 The function never returns a value. Add "return"; to return a record from an arrow function, put it in parentheses: "(r) => ({ … })".',
    ]);
  });
});
