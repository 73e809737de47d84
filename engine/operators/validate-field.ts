import { FIELD_TYPES, fieldAtPath, fieldOf, pathsOf } from '../batch/schema.ts';
import type { Field, FieldType, Schema } from '../batch/schema.ts';
import { unreachable } from '../util/assert.ts';
import { didYouMean } from '../util/nearest.ts';
import { AGGREGATE_FUNCTIONS } from './fields.ts';
import type {
  Aggregate,
  AggregateFunction,
  ChoiceField,
  ColumnField,
  ColumnsField,
  ConfigField,
  DurationField,
  NumberField,
  SchemaField,
} from './fields.ts';

/** A complaint about one value; the caller adds which field it is. */
export interface ValueProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * `value` always has the field's type, so that nothing behind the validation meets a surprise: a raw value of another type is
 * replaced by the default, one of the right type outside its limits is kept (what the user typed stays visible).
 */
export interface ValidatedValue {
  readonly value: unknown;
  readonly problems: readonly ValueProblem[];
}

/**
 * Validates the raw value of one configuration field. Never throws, whatever the value.
 * @param columns Fields that `column` fields can name; null while the input's schema is not known, which leaves these checks out.
 */
export function validateField(field: ConfigField, raw: unknown, columns: Schema | null): ValidatedValue {
  const value = raw === undefined ? field.default : raw;
  if (!hasTypeOf(field, value)) {
    return { value: field.default, problems: [problem('wrong-type', `"${field.label}" must be ${TYPE_NAMES[field.kind]}.`)] };
  }
  return { value, problems: limitsOf(field, value, columns) };
}

const TYPE_NAMES: Readonly<Record<ConfigField['kind'], string>> = {
  boolean: 'true or false',
  number: 'a number',
  text: 'a text',
  choice: 'one of its options',
  duration: 'a duration in milliseconds',
  column: 'the name of a field',
  columns: 'a list of field names',
  function: 'the source text of a function',
  aggregates: 'a list of aggregates, each with "fn", "column" and "as"',
  schema: 'a list of fields, each with "name" and "type"',
  data: 'the id of data in the document',
};

function hasTypeOf(field: ConfigField, value: unknown): boolean {
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
    case 'duration':
      return typeof value === 'number' && Number.isFinite(value);
    case 'choice':
    case 'text':
    case 'column':
    case 'function':
    case 'data':
      return typeof value === 'string';
    case 'columns':
      return Array.isArray(value) && value.every((name) => typeof name === 'string');
    case 'aggregates':
      return Array.isArray(value) && value.every(isAggregate);
    case 'schema':
      return Array.isArray(value) && value.every(isField);
    default:
      return unreachable(field);
  }
}

function isAggregate(value: unknown): value is Aggregate {
  if (typeof value !== 'object' || value === null) return false;
  const { fn, column, as } = value as Record<string, unknown>;
  return (AGGREGATE_FUNCTIONS as readonly unknown[]).includes(fn) && typeof column === 'string' && typeof as === 'string';
}

function isField(value: unknown): value is Field {
  if (typeof value !== 'object' || value === null) return false;
  const { name, type, nullable, fields } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    (FIELD_TYPES as readonly unknown[]).includes(type) &&
    (nullable === undefined || typeof nullable === 'boolean') &&
    (fields === undefined || (Array.isArray(fields) && fields.every(isField)))
  );
}

/** `value` has the type of the field's kind: `hasTypeOf` was true. */
function limitsOf(field: ConfigField, value: unknown, columns: Schema | null): readonly ValueProblem[] {
  switch (field.kind) {
    case 'boolean':
      return [];
    case 'number':
      return numberProblems(field, value as number);
    case 'duration':
      return durationProblems(field, value as number);
    case 'choice':
      return choiceProblems(field, value as string);
    case 'text':
      return (value as string).trim() === '' && field.required === true ? [required(`Fill in "${field.label}".`)] : [];
    case 'function':
      return (value as string).trim() === '' && field.required === true ? [required(`Write a function for "${field.label}".`)] : [];
    case 'data':
      return value === '' ? [required(`Choose a file for "${field.label}".`)] : [];
    case 'column':
      return columnProblems(field, value as string, columns);
    case 'columns':
      return columnsProblems(field, value as readonly string[], columns);
    case 'aggregates':
      return aggregatesProblems(value as readonly Aggregate[], columns);
    case 'schema':
      return schemaProblems(field, value as readonly Field[]);
    default:
      return unreachable(field);
  }
}

function numberProblems(field: NumberField, value: number): readonly ValueProblem[] {
  const unit = field.unit === undefined ? '' : ` ${field.unit}`;
  if (field.integer === true && !Number.isInteger(value)) return [outOfRange(`"${field.label}" must be a whole number; it is ${value}.`)];
  if (field.min !== undefined && value < field.min) {
    return [outOfRange(`"${field.label}" must be at least ${field.min}${unit}; it is ${value}${unit}.`)];
  }
  if (field.max !== undefined && value > field.max) {
    return [outOfRange(`"${field.label}" must be at most ${field.max}${unit}; it is ${value}${unit}.`)];
  }
  return [];
}

function durationProblems(field: DurationField, value: number): readonly ValueProblem[] {
  // Event time has millisecond resolution, as in Flink; a fraction would silently be lost in window bounds.
  if (!Number.isInteger(value)) return [outOfRange(`"${field.label}" must be a whole number of milliseconds; it is ${value} ms.`)];
  if (field.minMs !== undefined && value < field.minMs) {
    return [outOfRange(`"${field.label}" must be at least ${field.minMs} ms; it is ${value} ms.`)];
  }
  if (field.maxMs !== undefined && value > field.maxMs) {
    return [outOfRange(`"${field.label}" must be at most ${field.maxMs} ms; it is ${value} ms.`)];
  }
  return [];
}

function choiceProblems(field: ChoiceField, value: string): readonly ValueProblem[] {
  const options = field.options.map((option) => option.value);
  if (options.includes(value)) return [];
  return [problem('unknown-choice', `"${field.label}" is "${value}"; choose ${orList(options.map((option) => `"${option}"`))}.`)];
}

function columnProblems(field: ColumnField, value: string, columns: Schema | null): readonly ValueProblem[] {
  if (value === '') return field.required === true ? [required(`Choose a field for "${field.label}".`)] : [];
  return namedColumnProblems(field.label, value, field.accepts, columns);
}

function columnsProblems(field: ColumnsField, value: readonly string[], columns: Schema | null): readonly ValueProblem[] {
  if (value.length === 0) return field.required === true ? [required(`Choose at least one field for "${field.label}".`)] : [];
  const twice = value.find((name, i) => value.indexOf(name) !== i);
  if (twice !== undefined) return [problem('duplicate-name', `"${field.label}" names the field "${twice}" twice; remove one.`)];
  return value.flatMap((name) => namedColumnProblems(field.label, name, field.accepts, columns, field.paths));
}

function namedColumnProblems(
  label: string,
  name: string,
  accepts: readonly FieldType[] | undefined,
  columns: Schema | null,
  paths = false,
): readonly ValueProblem[] {
  if (columns === null) return [];
  const column = paths ? fieldAtPath(columns, name) : fieldOf(columns, name);
  if (column === undefined) return [columnMissing(label, name, columns, paths)];
  if (accepts === undefined || accepts.includes(column.type)) return [];
  return [problem('column-type', `"${label}" needs a field of type ${orList(accepts)}; "${name}" is ${column.type}.`)];
}

function columnMissing(label: string, name: string, columns: Schema, paths: boolean): ValueProblem {
  const names = (paths ? pathsOf(columns) : columns.fields).map((column) => column.name);
  const suggestion = didYouMean(name, names);
  const known = suggestion === '' ? ` Its fields are ${names.join(', ')}.` : suggestion;
  return problem('column-missing', `"${label}" names the field "${name}", which the input does not have.${known}`);
}

const AGGREGATED_TYPES: Readonly<Record<AggregateFunction, readonly FieldType[] | undefined>> = {
  count: undefined,
  sum: ['double', 'int', 'long'],
  avg: ['double', 'int', 'long'],
  min: ['double', 'int', 'long', 'timestamp', 'string'],
  max: ['double', 'int', 'long', 'timestamp', 'string'],
};

function aggregatesProblems(value: readonly Aggregate[], columns: Schema | null): readonly ValueProblem[] {
  const names = new Set<string>();
  return value.flatMap((aggregate) => {
    const problems = [...aggregateColumnProblems(aggregate, columns)];
    if (aggregate.as.trim() === '') problems.push(required(`Name the result of ${titleOf(aggregate)}.`));
    else if (names.has(aggregate.as)) {
      problems.push(problem('duplicate-name', `Two aggregates are named "${aggregate.as}"; give each its own name.`));
    }
    names.add(aggregate.as);
    return problems;
  });
}

function aggregateColumnProblems(aggregate: Aggregate, columns: Schema | null): readonly ValueProblem[] {
  if (aggregate.fn === 'count') return [];
  if (aggregate.column === '') return [required(`Choose the field that ${aggregate.fn} aggregates.`)];
  return namedColumnProblems(titleOf(aggregate), aggregate.column, AGGREGATED_TYPES[aggregate.fn], columns);
}

function titleOf(aggregate: Aggregate): string {
  return `${aggregate.fn}(${aggregate.column})`;
}

function schemaProblems(field: SchemaField, value: readonly Field[]): readonly ValueProblem[] {
  if (value.length === 0) return field.optional === true ? [] : [required(`"${field.label}" needs at least one field.`)];
  return fieldListProblems(field.label, value, '');
}

function fieldListProblems(label: string, fields: readonly Field[], path: string): readonly ValueProblem[] {
  const names = new Set<string>();
  return fields.flatMap((field): readonly ValueProblem[] => {
    const name = `${path}${field.name}`;
    if (field.name.trim() === '') return [required(`Every field of "${label}" needs a name.`)];
    if (names.has(field.name)) return [problem('duplicate-name', `"${label}" has two fields named "${name}"; rename one.`)];
    names.add(field.name);
    if (field.fields === undefined) return [];
    if (field.type === 'row') return fieldListProblems(label, field.fields, `${name}.`);
    return [problem('wrong-type', `"${label}": the field "${name}" is ${field.type}; only a row has fields of its own.`)];
  });
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function problem(code: string, message: string): ValueProblem {
  return { code, message };
}

function required(message: string): ValueProblem {
  return problem('required', message);
}

function outOfRange(message: string): ValueProblem {
  return problem('out-of-range', message);
}
