import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const SOURCE = readFileSync(new URL('freeze-intrinsics.ts', import.meta.url), 'utf8');
const COMPILED = ts
  .transpileModule(SOURCE, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } })
  .outputText.replaceAll('export function', 'function');

/** A realm of its own with frozen intrinsics. What runs there is strict, as user functions are. */
function frozenRealm(): (code: string) => unknown {
  const context = createContext({});
  runInContext(`(() => {${COMPILED}\nfreezeIntrinsics(globalThis);})()`, context);
  return (code) => runInContext(`"use strict"; (() => { ${code} })()`, context) as unknown;
}

/** Each would change how the runtime beside the user function works. */
const POISONS = [
  'Array.prototype.push = () => 0',
  'Array.prototype.sort = function () { return this; }',
  'delete Array.prototype.map',
  'delete Array.prototype[Symbol.iterator]',
  'Array.prototype[3] = 1',
  '[].values().__proto__.next = () => ({ done: true })',
  'Object.prototype.then = (resolve) => resolve()',
  'Object.prototype.temperature = 99',
  'Object.prototype.toString = () => "poisoned"',
  '({}).__proto__.valueOf = () => 1',
  'Object.prototype.__defineGetter__.call(Array.prototype, "length", () => 0)',
  'Object.defineProperty(Object.prototype, "get", { value: () => 1 })',
  'Object.setPrototypeOf(Array.prototype, { x: 1 })',
  'Object.assign(Map.prototype, { get: () => 1 })',
  'delete Map.prototype.set',
  'Set.prototype.has = () => true',
  'String.prototype.charCodeAt = () => 0',
  'Number.prototype.toFixed = () => ""',
  'RegExp.prototype.exec = () => null',
  'Function.prototype.call = () => 0',
  'Float64Array.prototype.set = () => 0',
  'Float64Array.prototype.__proto__.fill = () => 0',
  'Promise.prototype.then = () => new Promise(() => 0)',
  '(function* () {}).prototype.__proto__.next = () => 0',
  '(async function* () {})().__proto__.__proto__.next = () => 0',
  'Math.floor = () => 0',
  'JSON.stringify = () => "x"',
  'Object.keys = () => []',
  'Error.prepareStackTrace = () => { for (;;); }',
  'Error.stackTraceLimit = 0',
  'RangeError.prototype.name = "x"',
  'Map = class {}',
  'globalThis.Float64Array = Array',
  'Object.defineProperty(globalThis, "JSON", { value: {} })',
  '[].constructor.constructor("return 1")',
  '(async () => 0).constructor("return 1")',
  '(function* () {}).constructor("yield 1")',
  '(async function* () {}).constructor("yield 1")',
  'Reflect.construct((() => 0).constructor, ["return 1"])',
];

describe('frozen intrinsics', () => {
  it.each(POISONS)('are not changed by %s', (poison) => {
    const run = frozenRealm();
    expect(run(`try { ${poison}; } catch (error) { return error.constructor.name; } return 'no error';`)).toBe('TypeError');
  });

  it('leave two properties of lists to be watched', () => {
    const context = createContext({});
    runInContext(`(() => {${COMPILED}\nfreezeIntrinsics(globalThis);\nglobalThis.isIntact = watchArrays();})()`, context);
    const run = (code: string): unknown => runInContext(`"use strict"; (() => { ${code} })()`, context);
    expect(
      run(`
        const { length, ...properties } = Object.getOwnPropertyDescriptors(Array.prototype);
        const writable = Reflect.ownKeys(properties).filter((key) => properties[key].writable);
        return [Object.isSealed(Array.prototype), ...writable.map(String)].join(' ');
      `),
    ).toBe('true constructor Symbol(Symbol.iterator)');
    expect(run('return isIntact();')).toBe(true);
    expect(run('Array.prototype[Symbol.iterator] = function* () {}; return [isIntact(), isIntact(), [...[1, 2]].length].join();')).toBe(
      'false,true,2',
    );
    expect(run('Array.prototype.constructor = Object; return [isIntact(), isIntact(), [].constructor === Array].join();')).toBe(
      'false,true,true',
    );
  });

  it('are all there is: nothing reachable can be changed', () => {
    const run = frozenRealm();
    const open = run(`
      const found = new Map([...Object.getOwnPropertyNames(globalThis)].map((name) => [globalThis[name], name]));
      for (const [value, path] of found) {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null) { found.delete(value); continue; }
        const add = (next, name) => { if (!found.has(next)) found.set(next, path + '.' + String(name)); };
        add(Object.getPrototypeOf(value), '__proto__');
        for (const key of Reflect.ownKeys(value)) {
          const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key);
          add(inner, key); add(get, key); add(set, key);
        }
      }
      return [...found].filter(([value]) => !Object.isFrozen(value)).map(([, path]) => path).join(' ');
    `);
    // What a host adds to the realm is removed or kept by the lock-down, by name.
    expect(
      String(open)
        .split(' ')
        .filter((path) => !/^(globalThis|Array\.prototype$|console|WebAssembly|SharedArrayBuffer|Atomics)\b/.test(path)),
    ).toEqual([]);
  });
});

describe('code as people write it', () => {
  const run = frozenRealm();

  it('names its own errors', () => {
    expect(
      run(`
        class TooHot extends RangeError {
          constructor(message) { super(message); this.name = 'TooHot'; this.code = 7; }
        }
        const error = new TooHot('no');
        const plain = new Error('first'); plain.message = 'second'; plain.name = 'Other';
        return [String(error), error.name, error.code, error instanceof RangeError, Object.keys(error).join(), String(plain), String(new TypeError('t'))].join(' | ');
      `),
    ).toBe('TooHot: no | TooHot | 7 | true | name,code | Other: second | TypeError: t');
  });

  it('gives objects, arrays and functions their own toString, valueOf, constructor', () => {
    expect(
      run(`
        const record = {};
        record.toString = () => 'mine'; record.valueOf = () => 41; record.constructor = 'c'; record.hasOwnProperty = 1;
        class Row { constructor() { this.toString = () => 'row'; } }
        const list = [1, 2]; list.toString = () => 'list';
        const call = () => 0; call.toString = () => 'function';
        const child = Object.create({ kept: 1 }); child.toLocaleString = 2;
        return [String(record), record + 1, record.constructor, record.hasOwnProperty, Object.keys(record).length, String(new Row()), String(list), String(call), child.toLocaleString].join(' | ');
      `),
    ).toBe('mine | 42 | c | 1 | 4 | row | list | function | 2');
  });

  it('assigns again, deletes, and is refused where an object of its own is frozen', () => {
    expect(
      run(`
        const record = { toString: 1 };
        record.toString = 2;
        const first = record.toString;
        delete record.toString;
        const back = typeof record.toString;
        let refused = '';
        try { Object.freeze(record).toString = 3; } catch (error) { refused = error.constructor.name; }
        return [first, back, refused].join(' | ');
      `),
    ).toBe('2 | function | TypeError');
  });

  it('uses everything else as before', () => {
    expect(
      run(`
        const text = ({}).toString() + [1, [2, 3]].toString() + (1.5).toFixed(1) + 'a-b'.split('-').map((part) => part.toUpperCase()).join('');
        const sorted = [3, 1, 2].toSorted?.() ?? [3, 1, 2].sort();
        const sum = Array.from({ length: 3 }, (_, i) => i).concat([[9]].flat()).reduce((a, b) => a + b, 0);
        const { a, ...rest } = { a: 1, b: 2 };
        class Counter { #n = 0; static zero = new Counter(); add(n) { this.#n += n; return this.#n; } }
        const words = new Map([['x', 1]]); words.set('y', 2);
        return [text, sorted.join(''), sum, JSON.stringify(rest), new Counter().add(2), [...words.keys()].join(''), new Date(0).toISOString(), /(\\d)/.exec('a1')[1], new Error('e') instanceof Error].join(' | ');
      `),
    ).toBe('[object Object]1,2,31.5AB | 123 | 12 | {"b":2} | 2 | xy | 1970-01-01T00:00:00.000Z | 1 | true');
  });
});
