import { EMPTY_SCHEMA } from '../../batch/schema.ts';
import type { Schema } from '../../batch/schema.ts';
import { checkFunction, oneLine, problemsOfField } from '../../functions/check-function.ts';
import { literalNames } from '../../functions/literal-names.ts';
import { didYouMean } from '../../util/nearest.ts';
import { defineOperator } from '../definition.ts';
import type { ConfigProblem, StreamShape } from '../definition.ts';
import type { ConfigOf, FunctionField, TextField } from '../fields.ts';
import { onFailureField } from '../on-failure-field.ts';

const UNCONNECTED: StreamShape = { schema: EMPTY_SCHEMA, key: null, eventTime: false };

/** The name of the main output everywhere else: as that of a selected stream it would be misleading. */
const MAIN_PORT = 'out';

const fields = {
  outputs: {
    kind: 'text',
    label: 'Outputs',
    help: 'The names of the streams that can be selected, with commas between them.',
    required: true,
    default: 'first, second',
  } satisfies TextField,
  selector: {
    kind: 'function',
    label: 'Outputs of a record',
    help: 'Returns the names of the outputs that get the record: a list of any number of them, or one name. A name that is no output selects nothing.',
    returns: 'names',
    required: true,
    default: "(r) => ['first']",
  } satisfies FunctionField,
  onError: onFailureField('What becomes of a record for which the function throws, or returns something that is no list of names.'),
} as const;

export type SplitSelectConfig = ConfigOf<typeof fields>;

export const splitSelect = defineOperator({
  type: 'split-select',
  title: 'Split',
  category: 'transformation',
  summary: 'Sends each record to none, one or several of its outputs, which a function names.',
  keywords: ['outputselector', 'select', 'splitstream', 'route', 'branch', 'switch', 'side output', 'copy'],
  fields,
  inputs: [{ name: 'in', title: 'Records' }],
  outputs: (config) => outputNames(config).map((name) => ({ name, title: name, side: true })),
  shapes: (config, inputs) => {
    const { schema, eventTime } = inputs[0] ?? UNCONNECTED;
    const names = outputNames(config);
    // As in Flink, what leaves a split is no longer keyed.
    const ports = Object.fromEntries(names.map((name): [string, StreamShape] => [name, { schema, key: null, eventTime }]));
    return { ports, problems: [...nameProblems(config), ...selectorProblems(config.selector, names, schema)] };
  },
  face: (config) => oneLine(config.selector),
  load: () => import('./operator.ts'),
});

/** Each name once, in the order in which they are written. */
export function outputNames({ outputs }: Pick<SplitSelectConfig, 'outputs'>): readonly string[] {
  return [...new Set(writtenNames(outputs))].filter((name) => name !== MAIN_PORT);
}

function writtenNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function nameProblems({ outputs }: SplitSelectConfig): readonly ConfigProblem[] {
  const names = writtenNames(outputs);
  const problem = (code: string, message: string): ConfigProblem => ({ severity: 'error', code, message, field: 'outputs' });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (outputs.trim() !== '' && names.length === 0) return [problem('required', 'Name at least one output.')];
  if (twice !== undefined) return [problem('duplicate-name', `Two outputs are named "${twice}". Remove one, or give it another name.`)];
  return names.includes(MAIN_PORT)
    ? [problem('name-reserved', `"${MAIN_PORT}" is the main output of other operators. Choose another name.`)]
    : [];
}

function selectorProblems(selector: string, names: readonly string[], schema: Schema): readonly ConfigProblem[] {
  if (selector.trim() === '') return [];
  const { analysis, problems } = checkFunction(selector, schema);
  const unknown = (analysis === null ? [] : literalNames(analysis)).filter((name) => !names.includes(name));
  const warnings = unknown.map((name): ConfigProblem => {
    const message = `There is no output "${name}", so it selects nothing.${didYouMean(name, names)}`;
    return { severity: 'warning', code: 'output-unknown', message, field: 'selector' };
  });
  return [...problemsOfField(problems, 'selector'), ...warnings];
}
