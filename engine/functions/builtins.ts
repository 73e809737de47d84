import type { FieldType } from '../batch/schema.ts';

/** Type of a built-in's result. `nullable` includes undefined. */
export interface BuiltinResult {
  readonly type: FieldType;
  readonly nullable?: true;
}

const STRING: BuiltinResult = { type: 'string' };
const BOOLEAN: BuiltinResult = { type: 'boolean' };
const INT: BuiltinResult = { type: 'int' };
const LONG: BuiltinResult = { type: 'long' };
const DOUBLE: BuiltinResult = { type: 'double' };

/** Methods of strings that neither change nor keep anything. Result types after their ECMAScript specification. */
export const STRING_METHODS: ReadonlyMap<string, BuiltinResult> = new Map([
  ...['toUpperCase', 'toLowerCase', 'trim', 'trimStart', 'trimEnd', 'slice', 'substring', 'substr', 'charAt', 'concat', 'repeat'].map(
    typed(STRING),
  ),
  ...['padStart', 'padEnd', 'replace', 'replaceAll', 'normalize', 'toString', 'valueOf'].map(typed(STRING)),
  ...['startsWith', 'endsWith', 'includes'].map(typed(BOOLEAN)),
  ...['indexOf', 'lastIndexOf', 'search', 'charCodeAt', 'localeCompare'].map(typed(INT)),
  ...['at'].map(typed({ type: 'string', nullable: true })),
  ...['codePointAt'].map(typed({ type: 'int', nullable: true })),
  ...['split'].map(typed({ type: 'array' })),
]);

export const NUMBER_METHODS: ReadonlyMap<string, BuiltinResult> = new Map(
  ['toFixed', 'toPrecision', 'toExponential', 'toString'].map(typed(STRING)),
);

export const BOOLEAN_METHODS: ReadonlyMap<string, BuiltinResult> = new Map(['toString'].map(typed(STRING)));

export const ARRAY_METHODS: ReadonlyMap<string, BuiltinResult> = new Map([
  ...['join'].map(typed(STRING)),
  ...['includes'].map(typed(BOOLEAN)),
  ...['indexOf', 'lastIndexOf'].map(typed(INT)),
]);

/** Functions of `Math`; those missing here (`random`) are not pure. */
export const MATH_FUNCTIONS: ReadonlyMap<string, BuiltinResult> = new Map([
  ...['sqrt', 'cbrt', 'pow', 'exp', 'expm1', 'log', 'log2', 'log10', 'log1p', 'hypot', 'fround', 'floor', 'ceil', 'trunc'].map(
    typed(DOUBLE),
  ),
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'].map(typed(DOUBLE)),
  ...['abs', 'min', 'max'].map(typed(DOUBLE)),
  // As `Math.round` of Java.
  ...['round'].map(typed(LONG)),
  ...['sign', 'imul', 'clz32'].map(typed(INT)),
]);

export const MATH_CONSTANTS: ReadonlySet<string> = new Set(['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2']);

export const GLOBAL_FUNCTIONS: ReadonlyMap<string, BuiltinResult> = new Map([
  ...['String', 'encodeURIComponent', 'encodeURI', 'decodeURIComponent', 'decodeURI'].map(typed(STRING)),
  ...['Boolean', 'isNaN', 'isFinite'].map(typed(BOOLEAN)),
  ...['Number', 'parseFloat', 'parseInt'].map(typed(DOUBLE)),
]);

/** Static functions by `Object.name`. */
export const STATIC_FUNCTIONS: ReadonlyMap<string, BuiltinResult> = new Map([
  ...['Number.isInteger', 'Number.isFinite', 'Number.isNaN', 'Number.isSafeInteger', 'Array.isArray', 'Object.is'].map(typed(BOOLEAN)),
  ...['Number.parseFloat', 'Number.parseInt'].map(typed(DOUBLE)),
  ...['String.fromCharCode', 'String.fromCodePoint'].map(typed(STRING)),
  ...['Date.parse', 'Date.UTC'].map(typed({ type: 'timestamp' })),
]);

function typed(result: BuiltinResult): (name: string) => readonly [string, BuiltinResult] {
  return (name) => [name, result];
}
