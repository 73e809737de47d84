import { describe, expect, it } from 'vitest';
import { compileFunction, parsedFunction, sourceId } from './compile-function.ts';
import { userErrorOf, userErrorText } from './user-error.ts';

function thrownBy(source: string, record: Record<string, unknown> = {}): unknown {
  const fn = compileFunction(parsedFunction(source));
  try {
    fn(record);
  } catch (error) {
    return error;
  }
  return expect.fail('the function throws');
}

describe('what a user function threw', () => {
  it('is placed in the user’s own source', () => {
    expect(userErrorOf(thrownBy('(r) => r.name.length', { name: null }))).toEqual({
      message: "TypeError: Cannot read properties of null (reading 'length')",
      line: 1,
      column: 15,
      source: sourceId('(r) => r.name.length'),
    });
    expect(userErrorOf(thrownBy('// first line\n\nfunction check(r: Row): void {\n  throw new RangeError("too hot");\n}'))).toMatchObject({
      message: 'RangeError: too hot',
      line: 4,
      column: 9,
    });
  });

  it('is placed where the user’s code stood, when a built-in threw', () => {
    expect(userErrorText(thrownBy('(r) => {\n  return JSON.parse("{").x;\n}'))).toMatch(/^SyntaxError: .* \(line 2, column 15\)$/);
  });

  it('may be anything', () => {
    expect(userErrorOf(thrownBy('() => { throw "plain"; }'))).toEqual({ message: '"plain"' });
    expect(userErrorOf(thrownBy('() => { throw undefined; }'))).toEqual({ message: 'undefined' });
    expect(userErrorOf(thrownBy('() => { throw 5n; }'))).toEqual({ message: '5n' });
    expect(
      userErrorOf(thrownBy('() => { const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw 1; } }); throw e; }')),
    ).toEqual({
      message: 'Error: x',
    });
  });

  it('is not misled by a message that looks like a place', () => {
    expect(userErrorOf(thrownBy('() => {\n throw new Error("at millrace-function-1-00000000.js:99:99"); }'))).toMatchObject({
      line: 2,
      column: 8,
    });
  });

  it('is strict-mode code without "this" and without a closure', () => {
    expect(compileFunction(parsedFunction('function f(r) { return this; }'))({})).toBeUndefined();
    expect(userErrorText(thrownBy('(r) => { Object.freeze(r).x = 1; }'))).toMatch(/^TypeError: Cannot add property x/);
    expect(() => compileFunction(parsedFunction('() => process.exit()'))).toThrow(
      'only checked functions are compiled; this one uses "process"',
    );
  });
});
