const VALUES = 'undefined NaN Infinity';
const OBJECTS =
  'Object Array String Number Boolean BigInt Symbol Math JSON Date RegExp Map Set WeakMap WeakSet Reflect Proxy Intl Iterator ArrayBuffer DataView';
const TYPED_ARRAYS =
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array';
const ERRORS = 'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError';
const FUNCTIONS = 'parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent';

const NAMES: ReadonlySet<string> = new Set([VALUES, OBJECTS, TYPED_ARRAYS, ERRORS, FUNCTIONS].join(' ').split(' '));

/**
 * Whether user functions may name this global of the ECMAScript language. Left out on purpose: `globalThis`, `eval` and `Function` (they
 * reach everything else) and what needs an event loop or other threads (`Promise`, `WeakRef`, `FinalizationRegistry`, `Atomics`,
 * `SharedArrayBuffer`).
 */
export function isEcmaScriptGlobal(name: string): boolean {
  return NAMES.has(name);
}
