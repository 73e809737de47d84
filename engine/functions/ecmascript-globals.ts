/**
 * The globals of the ECMAScript language that user functions may name. Left out on purpose: `globalThis`, `eval` and `Function` (they
 * reach everything else) and what needs an event loop (`Promise`, `WeakRef`, `FinalizationRegistry`, `Atomics`, `SharedArrayBuffer`).
 */
const NAMES = new Set([
  ...[
    'undefined',
    'NaN',
    'Infinity',
    'Object',
    'Array',
    'String',
    'Number',
    'Boolean',
    'BigInt',
    'Symbol',
    'Math',
    'JSON',
    'Date',
    'RegExp',
  ],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'Reflect', 'Proxy', 'Intl', 'Iterator', 'ArrayBuffer', 'DataView'],
  ...[
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
  ],
  ...[
    'BigInt64Array',
    'BigUint64Array',
    'Error',
    'AggregateError',
    'EvalError',
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
  ],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent'],
]);

export function isEcmaScriptGlobal(name: string): boolean {
  return NAMES.has(name);
}
