import type { Row, Schema } from '../batch/schema.ts';
import { fieldAtPath } from '../batch/schema.ts';
import type { KeyValue } from '../functions/key-selector.ts';
import { KeyReader } from '../functions/key-selector.ts';
import type { ConfigProblem, KeySelector, StreamShape } from '../operators/definition.ts';
import { keyGroupOf } from '../state/key-group.ts';
import { must } from '../util/assert.ts';

/** The keys of two keyed inputs that meet: equal keys of either side are one key. */
export class JoinKeys {
  readonly readers: readonly [KeyReader, KeyReader];
  readonly #maxParallelism: number;

  constructor(inputs: readonly StreamShape[], maxParallelism: number) {
    const [left, right] = [0, 1].map((i) => {
      const input = must(inputs[i], 'both inputs of a join');
      return new KeyReader(must(input.key, 'the key of an input of a join'), input.schema);
    });
    this.readers = [must(left, 'the left key'), must(right, 'the right key')];
    this.#maxParallelism = maxParallelism;
  }

  /** @throws KeyError, or whatever the user's key function threw. */
  keyOf(record: Row, input: number): KeyValue {
    return (this.readers[input] as KeyReader).keyOfRecord(record);
  }

  /** The same through either reader, which `joinKeyProblems` has made sure of. */
  keyGroupOf(key: KeyValue): number {
    return keyGroupOf(this.readers[0].hashOf(key), this.#maxParallelism);
  }
}

/** How the key of an input is hashed, which decides the subtask it goes to. */
interface KeyType {
  readonly text: string;
  readonly isComputed: boolean;
  readonly types: readonly string[];
}

/**
 * Both keys must be equal as values and go to the same subtask, so their types must be the same. A computed key hashes by what the value is
 * and a field by its declared type: the two agree for strings, booleans and ints only.
 */
export function joinKeyProblems(inputs: readonly StreamShape[]): readonly ConfigProblem[] {
  const [left, right] = inputs.map((input) => (input.key === null ? null : keyTypeOf(input.key, input.schema)));
  if (left == null || right == null) return [];
  const agree = left.types.length === right.types.length && left.types.every((type, i) => type === right.types[i]);
  const sameHash = left.isComputed === right.isComputed || left.types.every((type) => ['string', 'boolean', 'int'].includes(type));
  if (agree && sameHash) return [];
  const message = agree
    ? `Both keys are ${left.text}, but one is a field and one is computed, and such numbers are not distributed alike. Take a field as the key on both sides, or a function on both sides.`
    : `The keys of the two inputs must have the same type: the first is ${left.text}, the second ${right.text}. Key both streams by fields of the same types.`;
  return [{ severity: 'error', code: 'key-types-differ', message, port: 'in2' }];
}

/** Null while it is not known. */
function keyTypeOf(key: KeySelector, schema: Schema): KeyType | null {
  if (key.kind === 'function') return { text: key.type, isComputed: true, types: [key.type] };
  const types = key.fields.map((name) => fieldAtPath(schema, name)?.type);
  if (types.some((type) => type === undefined)) return null;
  return { text: types.length === 1 ? String(types[0]) : `(${types.join(', ')})`, isComputed: false, types: types as string[] };
}
