import type { Field, Schema } from '../../batch/schema.ts';
import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { inferPairRecord } from '../../functions/pair-function.ts';
import type { PairAnalysis } from '../../functions/pair-function.ts';
import { pairAnalysisOf } from '../../functions/pair-function.ts';
import { joinKeyProblems } from '../../joins/join-keys.ts';
import type { JoinWindowConfig } from '../../joins/join-windows.ts';
import { JOIN_WINDOW_FIELDS, joinWindowPorts, joinWindowProblems, joinWindowShapes, joinWindowText } from '../../joins/join-windows.ts';
import { keyFields, WINDOW_END, WINDOW_START } from '../../windows/config/window-shapes.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigOf, Fields } from '../fields.ts';

const fields = {
  ...JOIN_WINDOW_FIELDS,
  group: {
    kind: 'function',
    label: 'Make from both lists',
    help: 'A function of the left records, the right records and the window ({ key, start, end }) that returns a record, a list of records, or null. One of the lists may be empty. Left empty: a record with both lists.',
    returns: 'grouped',
    default: '',
  },
  schema: {
    kind: 'schema',
    label: 'Output fields',
    help: 'Fields and types of the records that the function returns. Leave this empty when they can be read from the function.',
    optional: true,
    default: [],
    visibleWhen: (config) => typeof config['group'] === 'string' && config['group'].trim() !== '',
  },
} as const satisfies Fields;

export type WindowCoGroupConfig = ConfigOf<typeof fields>;

export const LEFT_LIST = 'left';
export const RIGHT_LIST = 'right';

export const windowCoGroup = defineOperator({
  type: 'window-co-group',
  title: 'Window co-group',
  category: 'window',
  summary: 'Brings together all records of two streams that have the same key and are in the same window, also where one side has none.',
  keywords: [
    'coGroup',
    'CoGroupFunction',
    'CoGroupedStreams',
    'where',
    'equalTo',
    'outer join',
    'full outer join',
    'left join',
    'two streams',
  ],
  fields,
  inputs: [
    { name: 'in1', title: 'Left', keyed: true },
    { name: 'in2', title: 'Right', keyed: true },
  ],
  outputs: (config) => joinWindowPorts(config, 'Groups'),
  stateful: true,
  shapes: (config, inputs) => {
    const { schema, problems } = outputOf(config, inputs);
    return {
      ports: joinWindowShapes(config, inputs, schema),
      problems: [...joinWindowProblems(config, inputs), ...joinKeyProblems(inputs), ...problems],
    };
  },
  face: (config) => [joinWindowText(config), oneLine(config.group)].filter((part) => part !== '').join(' · '),
  load: () => import('./operator.ts'),
});

interface GroupOutput {
  readonly schema: Schema;
  readonly problems: readonly ConfigProblem[];
}

function outputOf(config: JoinWindowConfig & Pick<WindowCoGroupConfig, 'group' | 'schema'>, inputs: readonly StreamShape[]): GroupOutput {
  const isKnown = inputs.length > 0 && inputs.every(({ schema }) => schema.fields.length > 0);
  if (config.group.trim() === '') return isKnown ? bothLists(inputs) : { schema: EMPTY_SCHEMA, problems: [] };
  const { analysis, problems } = checkFunction(config.group, EMPTY_SCHEMA);
  const found = problemsOfField(problems, 'group');
  if (config.schema.length > 0 || analysis === null || found.some(({ severity }) => severity === 'error')) {
    return { schema: { fields: config.schema }, problems: found };
  }
  const inferred = inferredFromLists(pairAnalysisOf(analysis));
  if (inferred !== null) return { schema: inferred, problems: found };
  const message = 'The fields of the result cannot be read from the function. Declare them under "Output fields".';
  return { schema: EMPTY_SCHEMA, problems: [...found, { severity: 'error', code: 'output-unknown', message, field: 'schema' }] };
}

/** All that can be read from a list by itself is its length. */
function inferredFromLists(analysis: PairAnalysis): Schema | null {
  const list: Schema = { fields: [{ name: 'length', type: 'int' }] };
  const inferred = inferPairRecord(analysis, list, list);
  return inferred === null || inferred.unknown.length > 0 || inferred.schema.fields.length === 0 ? null : inferred.schema;
}

/** The key, the window, and the lists. */
function bothLists(inputs: readonly StreamShape[]): GroupOutput {
  const [left] = inputs;
  const keys = keyFields(left?.key ?? null, left?.schema ?? EMPTY_SCHEMA);
  const own: Field[] = [
    { name: WINDOW_START, type: 'timestamp' },
    { name: WINDOW_END, type: 'timestamp' },
    { name: LEFT_LIST, type: 'array' },
    { name: RIGHT_LIST, type: 'array' },
  ];
  const taken = keys.find((key) => own.some(({ name }) => name === key.name));
  if (taken === undefined) return { schema: { fields: [...keys, ...own] }, problems: [] };
  const message = `The key field "${taken.name}" has the name of a field of the result. Write a function that names the fields of the result.`;
  return { schema: EMPTY_SCHEMA, problems: [{ severity: 'error', code: 'duplicate-name', message, field: 'group' }] };
}
