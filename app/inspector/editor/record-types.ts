import type { Field, FunctionReturn, Schema } from '../../../engine/api/index.ts';

/**
 * A user function as a module that TypeScript can check: types and the expected signature on the first line, then the user's text, so that
 * line n of the text is line n + 1 here and columns are the same.
 */
export interface CheckedText {
  readonly text: string;
  /** Lines before the user's text. */
  readonly lineOffset: number;
}

// An object, but neither an array nor a function.
const ANY_RECORD = '{ readonly [field: string]: unknown }';
const COLLECTOR = `{ (record: ${ANY_RECORD}): void; collect(record: ${ANY_RECORD}): void }`;

/** The type of the function, in terms of `Input`. */
const SIGNATURES: Readonly<Record<FunctionReturn, string>> = {
  boolean: '(record: Input) => boolean',
  record: `(record: Input) => ${ANY_RECORD}`,
  // Several values make one key, as a tuple does in Flink.
  key: '(record: Input) => string | number | boolean | readonly (string | number | boolean | null)[]',
  number: '(record: Input) => number',
  records: `(record: Input, out: ${COLLECTOR}) => Iterable<${ANY_RECORD}> | null | undefined | void`,
  reduced: '(a: Input, b: Input) => Input',
  channel: '(key: any, channels: number) => number',
  watermark: '(record: Input) => number | null | undefined',
  'periodic-watermark': '(progress: { maxTimestamp: number; lastTimestamp: number }) => number | null | undefined',
  generated: `(ctx: { readonly n: number; readonly split: number; random(): number; gaussian(): number; collectWithTimestamp(record: ${ANY_RECORD}, timestamp: number): void; emitWatermark(watermark: number): void; markAsTemporarilyIdle(): void }) => ${ANY_RECORD} | null | undefined | void`,
  delta: '(a: Input, b: Input) => number',
  names: '(record: Input) => string | readonly string[] | null | undefined',
  joined: `(left: Input, right: Input2) => ${ANY_RECORD}`,
  'looked-up': `(record: Input, row: any) => ${ANY_RECORD}`,
  grouped: `(left: readonly Input[], right: readonly Input2[], window: { readonly key: any; readonly start: number; readonly end: number }) => ${ANY_RECORD} | readonly ${ANY_RECORD}[] | null | undefined`,
  // An anonymous class has no name to check against; `new` says what it makes.
  object: 'UserObject | (new () => UserObject)',
};

/** Null when the text has declarations before the function: it cannot be put behind `const f =`, and is not checked. */
export function checkedText(
  source: string,
  input: Schema | null,
  returns: FunctionReturn,
  types = '',
  input2: Schema | null = null,
): CheckedText | null {
  if (source.trim() === '' || /^\s*(export|declare|type|interface)\b/m.test(source)) return null;
  const signature = SIGNATURES[returns];
  const second = types === '' && !signature.includes('Input2') ? '' : ` type Input2 = ${recordType(input2)};`;
  const declarations = types === '' ? second : `${second} ${types}`;
  const head = `export {}; type Input = ${recordType(input)};${declarations} const __function: ${signature} =`;
  // `{ … }` is an object only behind the equals sign, a trailing semicolon ends the statement a second time: both are fine.
  return { text: `${head}\n${source}\n;`, lineOffset: 1 };
}

function recordType(input: Schema | null): string {
  return input === null || input.fields.length === 0 ? 'any' : rowType(input.fields);
}

/** A type alias' right side, on one line. Not an interface: only anonymous types are assignable to "some record". */
export function rowType(fields: readonly Field[]): string {
  return `{ ${fields.map((field) => `${propertyName(field.name)}: ${fieldType(field)}`).join('; ')} }`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function fieldType(field: Field): string {
  const type = valueType(field);
  return field.nullable === true && type !== 'any' ? `${type} | null` : type;
}

function valueType(field: Field): string {
  switch (field.type) {
    case 'double':
    case 'int':
    case 'long':
    case 'timestamp':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'any[]';
    case 'row':
      return field.fields === undefined ? '{ [field: string]: any }' : rowType(field.fields);
    case 'any':
      return 'any';
  }
}
