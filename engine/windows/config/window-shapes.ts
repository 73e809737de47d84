import type { Field, Schema } from '../../batch/schema.ts';
import { EMPTY_SCHEMA, fieldAtPath, fieldOf } from '../../batch/schema.ts';
import { sideOutputSchema } from '../../functions/side-outputs.ts';
import type { ConfigProblem, KeySelector, OutputPort, OutputShapes, StreamShape } from '../../operators/definition.ts';
import type { Aggregate } from '../../operators/fields.ts';
import { acceptedTypes, resultField } from '../aggregate-plan.ts';
import { LATE_PORT } from '../late-records.ts';
import { functionProblems, partProblems } from './part-problems.ts';
import type { EvictorConfig, TriggerConfig, WindowFunctionConfig } from './window-fields.ts';
import { sideOutputTags, tagProblems } from './window-side-outputs.ts';

/** Shapes, ports and faces of window operators: pure, for the page. */

export const WINDOW_START = 'window_start';
export const WINDOW_END = 'window_end';
/** Name of the key in results when a function computes it. */
const FUNCTION_KEY = 'key';
const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

export interface WindowTraits {
  /** Windows begin and end: results of aggregates tell when. */
  readonly hasBounds: boolean;
  readonly isEventTime: boolean;
  readonly isMerging: boolean;
  /** One window over all keys. */
  readonly isAll?: boolean;
  /** It has no trigger of its own that ever fires. */
  readonly needsTrigger?: boolean;
}

export type WindowConfig = WindowFunctionConfig & Partial<TriggerConfig> & Partial<EvictorConfig> & { readonly lateData?: string };

export function windowPorts(config: WindowConfig, isEventTime: boolean): readonly OutputPort[] {
  return [
    { name: 'out', title: 'Results' },
    ...(hasLatePort(config, isEventTime) ? [{ name: LATE_PORT, title: 'Late records', side: true }] : []),
    ...sideOutputTags(config).map(({ name }) => ({ name, title: name, side: true })),
  ];
}

function hasLatePort(config: WindowConfig, isEventTime: boolean): boolean {
  return isEventTime && config.lateData === 'side-output';
}

export function windowShapes(config: WindowConfig, inputs: readonly StreamShape[], traits: WindowTraits): OutputShapes {
  const input = inputs[0] ?? UNCONNECTED;
  const keys = keyFields(traits.isAll === true ? null : input.key, input.schema);
  const out: StreamShape = {
    schema: outputSchema(config, keys, input.schema, traits),
    key: null,
    eventTime: traits.isEventTime || input.eventTime,
  };
  const ports: Record<string, StreamShape> = { out };
  if (hasLatePort(config, traits.isEventTime)) ports[LATE_PORT] = { schema: input.schema, key: null, eventTime: true };
  for (const tag of sideOutputTags(config)) ports[tag.name] = { ...out, schema: sideOutputSchema(tag, input.schema) };
  return {
    ports,
    problems: [
      ...timeProblems(input, traits),
      ...(config.function === 'aggregates'
        ? nameProblems(config.aggregates, keys, traits)
        : functionProblems(config, input.schema, traits)),
      ...partProblems(config, input, traits),
      ...tagProblems(config),
    ],
  };
}

function timeProblems(input: StreamShape, { isEventTime }: WindowTraits): readonly ConfigProblem[] {
  if (!isEventTime || input.eventTime || input.schema.fields.length === 0) return [];
  const message = 'The records have no event time. Add timestamps and watermarks upstream, or choose processing time.';
  return [{ severity: 'error', code: 'no-event-time', message, port: 'in' }];
}

/** The fields of a result that tell its key. A key of one field is never null; several fields may hold nulls. */
export function keyFields(key: KeySelector | null, input: Schema): readonly Field[] {
  if (key === null) return [];
  if (key.kind === 'function') return [{ name: FUNCTION_KEY, type: key.type }];
  const isSingle = key.fields.length === 1;
  return key.fields.flatMap((name) => {
    const field = fieldAtPath(input, name);
    if (field === undefined) return [];
    return isSingle ? [{ name: field.name, type: field.type }] : [field];
  });
}

/** Nothing is known of the results while nothing is known of the records. Names that are taken are left out: they are problems. */
function outputSchema(config: WindowConfig, keys: readonly Field[], input: Schema, { hasBounds }: WindowTraits): Schema {
  if (input.fields.length === 0) return EMPTY_SCHEMA;
  if (config.function === 'reduce' && config.processor.trim() === '') return input;
  if (config.function !== 'aggregates') return { fields: config.schema };
  const results = config.aggregates.flatMap((aggregate): Field[] => {
    const column = fieldOf(input, aggregate.column);
    if (aggregate.fn === 'count') return [resultField(aggregate, undefined)];
    return column === undefined || !acceptedTypes(aggregate.fn).includes(column.type) ? [] : [resultField(aggregate, column)];
  });
  const all: Field[] = [...keys, ...boundsFields(hasBounds), ...results];
  return { fields: all.filter((field, i) => all.findIndex((other) => other.name === field.name) === i) };
}

function boundsFields(hasBounds: boolean): readonly Field[] {
  return hasBounds
    ? [
        { name: WINDOW_START, type: 'timestamp' },
        { name: WINDOW_END, type: 'timestamp' },
      ]
    : [];
}

/** Names that are equal among the aggregates themselves are found by the field's own validation. */
function nameProblems(aggregates: readonly Aggregate[], keys: readonly Field[], { hasBounds }: WindowTraits): readonly ConfigProblem[] {
  const problem = (code: string, message: string): ConfigProblem => ({ severity: 'error', code, message, field: 'aggregates' });
  if (aggregates.length === 0) return [problem('required', 'Add at least one aggregate.')];
  const names = [...keys, ...boundsFields(hasBounds)].map((field) => field.name);
  const keyNamedAsWindow = names.find((name, i) => names.indexOf(name) !== i);
  const taken = aggregates.filter((aggregate) => names.includes(aggregate.as));
  const keyMessage = `A key field is named "${keyNamedAsWindow}", like the field that tells the window. Rename it before the key is taken.`;
  return [
    ...(keyNamedAsWindow === undefined ? [] : [problem('duplicate-name', keyMessage)]),
    ...taken.map((aggregate) =>
      problem(
        'duplicate-name',
        `The result of ${aggregateText(aggregate)} is named "${aggregate.as}", but results have a field of that name already. Choose another.`,
      ),
    ),
  ];
}

function aggregateText(aggregate: Aggregate): string {
  return aggregate.fn === 'count' ? 'count' : `${aggregate.fn}(${aggregate.column})`;
}

/** What is computed, for the face of a node: "avg(temperature), count". */
export function functionText(config: WindowFunctionConfig): string {
  if (config.function === 'aggregates') return config.aggregates.map(aggregateText).join(', ');
  if (config.function === 'process') return 'process';
  return config.processor.trim() === '' ? config.function : `${config.function} + process`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the largest unit that leaves no rest: "10 s", "90 min", "1500 ms". */
export function durationText(durationMs: number): string {
  const unit = UNITS.find(([, ms]) => durationMs !== 0 && durationMs % ms === 0);
  return unit === undefined ? `${durationMs} ms` : `${durationMs / unit[1]} ${unit[0]}`;
}

/** Problem of a field whose value does not fit another one. */
export function outOfRange(field: string, message: string): ConfigProblem {
  return { severity: 'error', code: 'out-of-range', message, field };
}
