import type { Field, Schema } from '../../batch/schema.ts';
import { EMPTY_SCHEMA, fieldOf } from '../../batch/schema.ts';
import { acceptedTypes, resultField } from '../../windows/aggregate-plan.ts';
import { LATE_PORT } from '../../windows/late-records.ts';
import type { ConfigProblem, KeySelector, OutputPort, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { Aggregate, ConfigOf, Fields } from '../fields.ts';

const YEAR_MS = 365 * 86_400_000;

const fields = {
  size: {
    kind: 'duration',
    label: 'Size',
    help: 'Length of every window. Windows lie end to end, so each record belongs to exactly one.',
    default: 10_000,
    minMs: 1,
  },
  offset: {
    kind: 'duration',
    label: 'Offset',
    help: 'Shifts where windows begin. Without it they are aligned to midnight UTC, 1 January 1970. May be negative; must be smaller than the size.',
    default: 0,
    minMs: -YEAR_MS,
  },
  allowedLateness: {
    kind: 'duration',
    label: 'Allowed lateness',
    help: 'How long after its result a window is kept. A record that arrives in this time is added and the corrected result is emitted again.',
    default: 0,
    minMs: 0,
  },
  aggregates: {
    kind: 'aggregates',
    label: 'Aggregates',
    help: 'What is computed per key and window. Nulls are skipped; count counts records.',
    default: [{ fn: 'count', column: '', as: 'count' }],
  },
  lateData: {
    kind: 'choice',
    label: 'Late records',
    help: 'What happens to a record whose window is over, allowed lateness included.',
    default: 'drop',
    options: [
      { value: 'drop', label: 'Drop and count' },
      { value: 'side-output', label: 'Send to the "late" output' },
      { value: 'fail', label: 'Fail the job' },
    ],
  },
} as const satisfies Fields;

export type TumblingWindowConfig = ConfigOf<typeof fields>;

export const WINDOW_START = 'window_start';
export const WINDOW_END = 'window_end';
/** Name of the key in results when a function computes it. */
const FUNCTION_KEY = 'key';

export const tumblingWindow = defineOperator({
  type: 'tumbling-window',
  title: 'Tumbling window',
  category: 'window',
  summary: 'Groups the records of each key into windows of fixed size by their event time, and emits one row per key and window.',
  keywords: ['window', 'TumblingEventTimeWindows', 'timeWindow', 'aggregate', 'group by', 'TUMBLE', 'sum', 'average', 'count', 'late data'],
  fields,
  inputs: [{ name: 'in', title: 'Records', keyed: true, eventTime: true }],
  outputs: (config): readonly OutputPort[] => [
    { name: 'out', title: 'Results' },
    ...(config.lateData === 'side-output' ? [{ name: LATE_PORT, title: 'Late records', side: true }] : []),
  ],
  stateful: true,
  shapes: (config, inputs) => {
    const input = inputs[0]?.schema ?? EMPTY_SCHEMA;
    const keys = keyFields(inputs[0]?.key ?? null, input);
    const out: StreamShape = { schema: outputSchema(config.aggregates, keys, input), key: null, eventTime: true };
    const late: StreamShape = { schema: input, key: null, eventTime: true };
    return {
      ports: config.lateData === 'side-output' ? { out, [LATE_PORT]: late } : { out },
      problems: [...offsetProblems(config), ...nameProblems(config.aggregates, keys)],
    };
  },
  face: (config) => `${durationText(config.size)} · ${config.aggregates.map(aggregateText).join(', ')}`,
  load: () => import('./operator.ts'),
});

/** The fields of a result that tell its key. A key of one field is never null; several fields may hold nulls. */
export function keyFields(key: KeySelector | null, input: Schema): readonly Field[] {
  if (key === null) return [];
  if (key.kind === 'function') return [{ name: FUNCTION_KEY, type: key.type }];
  const isSingle = key.fields.length === 1;
  return key.fields.flatMap((name) => {
    const field = fieldOf(input, name);
    if (field === undefined) return [];
    return isSingle ? [{ name: field.name, type: field.type }] : [field];
  });
}

/** Nothing is known of the results while nothing is known of the records. Names that are taken are left out: they are problems. */
function outputSchema(aggregates: readonly Aggregate[], keys: readonly Field[], input: Schema): Schema {
  if (input.fields.length === 0) return EMPTY_SCHEMA;
  const results = aggregates.flatMap((aggregate): Field[] => {
    const column = fieldOf(input, aggregate.column);
    if (aggregate.fn === 'count') return [resultField(aggregate, undefined)];
    return column === undefined || !acceptedTypes(aggregate.fn).includes(column.type) ? [] : [resultField(aggregate, column)];
  });
  const all: Field[] = [...keys, { name: WINDOW_START, type: 'timestamp' }, { name: WINDOW_END, type: 'timestamp' }, ...results];
  return { fields: all.filter((field, i) => all.findIndex((other) => other.name === field.name) === i) };
}

function offsetProblems(config: TumblingWindowConfig): readonly ConfigProblem[] {
  if (Math.abs(config.offset) < config.size) return [];
  const message = `The offset must be smaller than the size of the window (${durationText(config.size)}); it is ${durationText(config.offset)}.`;
  return [{ severity: 'error', code: 'out-of-range', message, field: 'offset' }];
}

/** Names that are equal among the aggregates themselves are found by the field's own validation. */
function nameProblems(aggregates: readonly Aggregate[], keys: readonly Field[]): readonly ConfigProblem[] {
  const problem = (code: string, message: string): ConfigProblem => ({ severity: 'error', code, message, field: 'aggregates' });
  if (aggregates.length === 0) return [problem('required', 'Add at least one aggregate.')];
  const names = [...keys.map((field) => field.name), WINDOW_START, WINDOW_END];
  const keyNamedAsWindow = names.find((name, i) => names.indexOf(name) !== i);
  const taken = aggregates.filter((aggregate) => names.includes(aggregate.as));
  return [
    ...(keyNamedAsWindow === undefined
      ? []
      : [
          problem(
            'duplicate-name',
            `A key field is named "${keyNamedAsWindow}", like the field that tells the window. Rename it before the key is taken.`,
          ),
        ]),
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

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the largest unit that leaves no rest: "10 s", "90 min", "1500 ms". */
function durationText(durationMs: number): string {
  const unit = UNITS.find(([, ms]) => durationMs !== 0 && durationMs % ms === 0);
  return unit === undefined ? `${durationMs} ms` : `${durationMs / unit[1]} ${unit[0]}`;
}
