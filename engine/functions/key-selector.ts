import type { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { fieldAtPath, pathTo } from '../batch/schema.ts';
import type { FieldType, Row, Schema } from '../batch/schema.ts';
import { must } from '../util/assert.ts';
import { analyzeFunction } from './analyze-function.ts';
import { compileFunction, parsedFunction } from './compile-function.ts';
import type { UserFunction } from './compile-function.ts';
import { copyOfRecord } from './conform-record.ts';
import { javaHashCode } from './java-hash.ts';
import { columnNumbers, compileKernel, hoistColumns, recordLiteral } from './kernel-code.ts';

/** What a reader needs of `operators/definition`'s `KeySelector`; the layers keep `functions` below `operators`. */
export type KeySource =
  /** Names of fields, or paths to fields of rows. */
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'function'; readonly source: string; readonly type: FieldType };

export type KeyPart = string | number | boolean | bigint | null;

/** The key of a record: the value of one field or of a function; or a list, for several fields and functions that return one. */
export type KeyValue = KeyPart | readonly KeyPart[];

/** A record has no key, or one that cannot be hashed. The message says what to do. */
export class KeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyError';
  }
}

/**
 * Reads keys of records, from batches and one by one, the same value both ways: −0 is 0, so that equal numbers are one key.
 * A single key must not be null, as in Flink; one of several parts may be.
 */
export class KeyReader {
  /** The column that *is* the key, for loops over its codes or numbers; −1 when there is none. Its nulls have no key. */
  readonly columnIndex: number;
  /** Type of the key, or of each of its parts. */
  readonly type: FieldType | readonly FieldType[];
  readonly #source: KeySource;
  readonly #schema: Schema;
  readonly #fields: readonly KeyField[];
  readonly #select: UserFunction | null;
  readonly #selectAt: ((columns: readonly Column[], i: number) => unknown) | null;

  /** @param schema Schema of the keyed records; it has the selector's fields. */
  constructor(source: KeySource, schema: Schema) {
    this.#source = source;
    this.#schema = schema;
    if (source.kind === 'fields') {
      const types = source.fields.map((name) => must(fieldAtPath(schema, name), `the key field "${name}"`).type);
      this.#fields = source.fields.map((name) => keyFieldOf(schema, name));
      const [first, second] = this.#fields;
      this.columnIndex = first !== undefined && second === undefined && first.path.length === 1 ? first.column : -1;
      this.type = first !== undefined && second === undefined ? must(types[0], 'the type of the key field') : types;
      this.#select = null;
      this.#selectAt = null;
      return;
    }
    this.#fields = [];
    this.columnIndex = -1;
    this.type = source.type;
    this.#select = compileFunction(parsedFunction(source.source));
    this.#selectAt = compileSelector(source.source, schema);
  }

  /** Key of physical row `i`. @throws KeyError, or whatever the user's function threw. */
  keyAt(batch: Batch, i: number): KeyValue {
    if (this.#selectAt !== null) return this.#checked(this.#selectAt(batch.columns, i));
    if (this.columnIndex >= 0) return this.#checked((batch.columns[this.columnIndex] as Column).valueAt(i));
    const valueOf = ({ column, path }: KeyField): unknown => valueBelow((batch.columns[column] as Column).valueAt(i), path);
    return this.#fields.length === 1
      ? this.#checked(valueOf(this.#fields[0] as KeyField))
      : this.#fields.map((field) => this.#part(valueOf(field)));
  }

  /** @throws KeyError, or whatever the user's function threw. */
  keyOfRecord(record: Row): KeyValue {
    if (this.#select !== null) return this.#checked(this.#select(copyOfRecord(this.#schema, record)));
    const valueOf = ({ path }: KeyField): unknown => valueBelow(record[path[0] as string], path);
    return this.#fields.length === 1
      ? this.#checked(valueOf(this.#fields[0] as KeyField))
      : this.#fields.map((field) => this.#part(valueOf(field)));
  }

  /**
   * Java's hash code of a key of this reader. Keys of functions hash by what they are: a whole number is an int or a long, also where the
   * type says double, because exchange and operator must agree while only the latter knows the type.
   */
  hashOf(key: KeyValue): number {
    return javaHashCode(key, this.#source.kind === 'function' ? 'any' : this.type);
  }

  #checked(value: unknown): KeyValue {
    if (Array.isArray(value)) {
      if (value.length === 0) throw new KeyError(`${this.#what()} is an empty list. Return at least one value.`);
      return value.map((part) => this.#part(part));
    }
    if (value === null || value === undefined) {
      throw new KeyError(
        `${this.#what()} is ${String(value)}: a record must have a key. Filter such records out before, or give them a key of their own.`,
      );
    }
    return this.#part(value);
  }

  #part(value: unknown): KeyPart {
    switch (typeof value) {
      case 'number':
        return value === 0 ? 0 : value;
      case 'string':
      case 'boolean':
      case 'bigint':
        return value;
      default:
        if (value === null || value === undefined) return null;
        throw new KeyError(
          `${this.#what()} is ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}. A key is a string, a number, a boolean, or a list of these.`,
        );
    }
  }

  #what(): string {
    return this.#source.kind === 'function' ? 'The key that the function returned' : `The key field "${this.#source.fields.join('", "')}"`;
  }
}

/** Where a key field is: the column, and the names from there on, its own first. */
interface KeyField {
  readonly column: number;
  readonly path: readonly string[];
}

function keyFieldOf(schema: Schema, name: string): KeyField {
  const path = must(pathTo(schema, name), `the key field "${name}"`).map((field) => field.name);
  return { path, column: must(columnNumbers(schema, [path[0] as string])[0], `the column of the key field "${name}"`) };
}

/** A row that is null has no fields: they are null as well. */
function valueBelow(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (let depth = 1; depth < path.length; depth++) {
    if (found === null || found === undefined) return null;
    found = (found as Row)[path[depth] as string];
  }
  return found;
}

/** Equal for equal keys, and only for those: what a `Map` is keyed by. */
export function identityOfKey(key: KeyValue): KeyPart {
  if (!Array.isArray(key)) return key as KeyPart;
  // Lengths make it unambiguous: ["a,b"] is not ["a", "b"]. The types keep 1 and "1" apart.
  return key.map((part: KeyPart) => `${part === null ? 'null' : typeof part}${String(part).length}:${String(part)}`).join('');
}

function compileSelector(source: string, schema: Schema): (columns: readonly Column[], i: number) => unknown {
  const fn = parsedFunction(source);
  const analysis = analyzeFunction(fn);
  const used =
    analysis.opaque === null && analysis.wholeRecord.size === 0
      ? analysis.fieldUses.map(({ name }) => name)
      : schema.fields.map(({ name }) => name);
  const numbers = columnNumbers(schema, used);
  const input = { schema, analysis, withNulls: true };
  const hoisted = hoistColumns(input, numbers).replaceAll('?? zeros', '?? NO_NULLS');
  const text = `return (columns, i) => {\n${hoisted}\nreturn fn(${recordLiteral(input, numbers)});\n};`;
  return compileKernel(['fn', 'NO_NULLS'], text, [compileFunction(fn), new Uint8Array(0)]);
}
