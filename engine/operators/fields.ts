import type { Field, FieldType, Row } from '../batch/schema.ts';

/**
 * The closed vocabulary of configuration fields. A kind owns its value type, its default, its limits and its validation
 * (`validate-field.ts`); the studio has exactly one form control per kind. Adding a kind is a decision: one entry here, one
 * validation, one control, and the compiler lists the rest.
 */
interface FieldBase<K extends string, V> {
  readonly kind: K;
  readonly label: string;
  /** One or two sentences under the control. Says meaning and unit. */
  readonly help?: string;
  readonly default: V;
  /** Not shown, and not validated, unless this holds for the other values. */
  readonly visibleWhen?: (config: Readonly<Record<string, unknown>>) => boolean;
}

export interface BooleanField extends FieldBase<'boolean', boolean> {}

export interface NumberField extends FieldBase<'number', number> {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly unit?: string;
}

export interface TextField extends FieldBase<'text', string> {
  readonly required?: boolean;
  readonly placeholder?: string;
  /** Line ends are part of the text. */
  readonly multiline?: boolean;
}

export interface ChoiceOption {
  readonly value: string;
  readonly label: string;
  readonly help?: string;
}

export interface ChoiceField<V extends string = string> extends FieldBase<'choice', V> {
  readonly options: readonly (ChoiceOption & { readonly value: V })[];
}

/** Milliseconds in the document; shown and typed with a unit ("10 s"). */
export interface DurationField extends FieldBase<'duration', number> {
  readonly minMs?: number;
  readonly maxMs?: number;
}

/** The name of one input field; '' = not chosen yet. */
export interface ColumnField extends FieldBase<'column', string> {
  readonly accepts?: readonly FieldType[];
  readonly required?: boolean;
}

/** Names of input fields, in order. */
export interface ColumnsField extends FieldBase<'columns', readonly string[]> {
  readonly accepts?: readonly FieldType[];
  readonly required?: boolean;
  /** Paths to the fields of rows may be given as well, e.g. `address.zip`. */
  readonly paths?: boolean;
}

/** What a user function must return; the editor checks it and the engine infers the output schema from it. */
export type FunctionReturn =
  | 'boolean'
  | 'record'
  | 'key'
  | 'number'
  /** Any number of records: returned as a list, or handed one by one to the second parameter. */
  | 'records'
  /** One input record out of two. */
  | 'reduced'
  /** A channel number for a key (first parameter) and a number of channels (second). */
  | 'channel'
  /** A timestamp in ms, or null for none, from the record. */
  | 'watermark'
  /** The same from `{ maxTimestamp, lastTimestamp }`, the progress of a stream. */
  | 'periodic-watermark'
  /** A record, or null for none, from `{ n, split, random(), gaussian() }`: its number, its split, and seeded randomness. */
  | 'generated'
  /** How far one record is from another. */
  | 'delta'
  /** Names of outputs: a list, or one of them, or null for none. */
  | 'names'
  /** A record, from a record of the first and one of the second input. */
  | 'joined'
  /** A record, from the input record and a row that was looked up, or null. */
  | 'looked-up'
  /** A record, a list of records or null, from records of the first and of the second input and `{ key, start, end }`, their window. */
  | 'grouped'
  /** A class or an object with methods; which ones, `types` says. */
  | 'object';

/** Source text of a JavaScript or TypeScript function, e.g. `(r) => r.temperature > 32`. `r` is the input record, unless `returns` says otherwise. */
export interface FunctionField extends FieldBase<'function', string> {
  readonly returns: FunctionReturn;
  readonly required?: boolean;
  /**
   * Of objects: TypeScript declarations on one line, for the editor. They declare `UserObject`, what the text must be; the input records are `Input`
   * and, of the second input, `Input2`.
   */
  readonly types?: string;
}

export const AGGREGATE_FUNCTIONS = ['count', 'sum', 'min', 'max', 'avg'] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

export interface Aggregate {
  readonly fn: AggregateFunction;
  /** Input field; '' for `count`, which counts records. */
  readonly column: string;
  /** Name of the output field. */
  readonly as: string;
}

export interface AggregatesField extends FieldBase<'aggregates', readonly Aggregate[]> {}

/** Declared fields of a record. `optional`: an empty list means "infer". */
export interface SchemaField extends FieldBase<'schema', readonly Field[]> {
  readonly optional?: boolean;
}

/** The id of an entry of the document's `data`, or '' while none is chosen. */
export interface DataField extends FieldBase<'data', string> {
  readonly formats: readonly DataFormat[];
}

export type DataFormat = 'csv' | 'ndjson' | 'parquet';

export type ConfigField =
  | BooleanField
  | NumberField
  | TextField
  | ChoiceField
  | DurationField
  | ColumnField
  | ColumnsField
  | FunctionField
  | AggregatesField
  | SchemaField
  | DataField;

export type FieldKind = ConfigField['kind'];
export type Fields = Readonly<Record<string, ConfigField>>;

/** The typed configuration that a set of fields describes. */
export type ConfigOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends ChoiceField<infer V>
    ? V
    : F[K]['default'] extends boolean
      ? boolean
      : F[K]['default'] extends number
        ? number
        : F[K] extends TextField | ColumnField | FunctionField | DataField
          ? string
          : F[K] extends ColumnsField
            ? readonly string[]
            : F[K] extends AggregatesField
              ? readonly Aggregate[]
              : F[K] extends SchemaField
                ? readonly Field[]
                : never;
};

/** The defaults of all fields: the configuration of a node that was just dropped on the canvas. */
export function defaultConfig(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
}

export type RawConfig = Readonly<Row>;
