import type { Field } from '../batch/schema.ts';
import { EMPTY_SCHEMA, fieldAtPath } from '../batch/schema.ts';
import { checkObject, literalCalls } from '../functions/check-object.ts';
import { problemsOfField } from '../functions/check-function.ts';
import type { ParsedObject } from '../functions/parse-object.ts';
import { functionError } from '../functions/source-position.ts';
import type { FunctionProblem } from '../functions/source-position.ts';
import type { ConfigProblem, OutputPort, OutputShapes, StreamShape } from '../operators/definition.ts';
import { didYouMean } from '../util/nearest.ts';
import { sideOutputSchema } from '../functions/side-outputs.ts';
import type { FunctionKind } from './user-interface.ts';
import { contextParameter, objectInterface } from './user-interface.ts';

/** What the configurations of all process functions have in common. */
export interface ProcessConfig {
  readonly code: string;
  readonly schema: readonly Field[];
  /** Tags; operators without context have none. */
  readonly sideOutputs?: readonly Field[];
}

const MAIN_PORT = 'out';

export function processOutputs(config: ProcessConfig): readonly OutputPort[] {
  return [{ name: MAIN_PORT, title: 'Results' }, ...tagsOf(config).map(({ name }) => ({ name, title: name, side: true }))];
}

/** Tags that can be ports: not empty, not the main output's, each once. The others are problems. */
function tagsOf({ sideOutputs = [] }: ProcessConfig): readonly Field[] {
  return sideOutputs.filter(
    ({ name }, i) => name.trim() !== '' && name !== MAIN_PORT && sideOutputs.findIndex((other) => other.name === name) === i,
  );
}

export function processShapes(kind: FunctionKind, config: ProcessConfig, inputs: readonly StreamShape[]): OutputShapes {
  const eventTime = inputs.length > 0 && inputs.every((input) => input.eventTime);
  const first = inputs[0]?.schema ?? EMPTY_SCHEMA;
  const ports: Record<string, StreamShape> = { [MAIN_PORT]: { schema: { fields: config.schema }, key: null, eventTime } };
  for (const tag of tagsOf(config)) ports[tag.name] = { schema: sideOutputSchema(tag, first), key: null, eventTime };
  return { ports, problems: [...codeProblems(kind, config, inputs), ...tagProblems(config), ...keyProblems(kind, inputs)] };
}

function codeProblems(kind: FunctionKind, config: ProcessConfig, inputs: readonly StreamShape[]): readonly ConfigProblem[] {
  if (config.code.trim() === '') return [];
  const expected = objectInterface(
    kind,
    inputs.map((input) => input.schema),
  );
  const { parsed, problems } = checkObject(config.code, expected);
  const unknown = parsed === null ? [] : unknownTags(kind, parsed, config);
  return [...problemsOfField([...problems, ...unknown], 'code'), ...timerProblems(kind, parsed, inputs)];
}

/** A method `onTimer` that nobody calls: timers belong to keys. */
function timerProblems(kind: FunctionKind, parsed: ParsedObject | null, inputs: readonly StreamShape[]): readonly ConfigProblem[] {
  if (parsed?.methods.has('onTimer') !== true || inputs.length < kind.elements.length) return [];
  const isKeyed = kind.elements.every(({ isBroadcast = false }, i) => isBroadcast || inputs[i]?.key !== null);
  if (kind.hasTimers && isKeyed) return [];
  const message = kind.hasTimers
    ? '"onTimer" is never called: timers belong to keys, and not all inputs are keyed. Put a key by before each of them.'
    : `"onTimer" is never called: a ${kind.name} has no timers. Put a key by before it, and take the keyed process function.`;
  return [{ severity: 'warning', code: 'timer-never-fires', message, field: 'code' }];
}

/** `ctx.output('tag', …)` with a tag that is not declared: in Flink its records would silently go nowhere. */
function unknownTags(kind: FunctionKind, parsed: ParsedObject, config: ProcessConfig): readonly FunctionProblem[] {
  const names = (config.sideOutputs ?? []).map(({ name }) => name);
  const calls = literalCalls(
    parsed,
    (name, method) => {
      const parameter = method.params[contextParameter(kind, name)];
      return parameter?.type === 'Identifier' ? parameter.name : null;
    },
    'output',
  );
  return calls
    .filter(({ literal }) => !names.includes(literal))
    .map(({ literal, offset }) => {
      const message = `There is no side output "${literal}".${didYouMean(literal, names)} Declare it under "Side outputs".`;
      return functionError(config.code, offset, 'tag-unknown', message);
    });
}

function tagProblems({ sideOutputs = [] }: ProcessConfig): readonly ConfigProblem[] {
  if (!sideOutputs.some(({ name }) => name === MAIN_PORT)) return [];
  const message = `"${MAIN_PORT}" is the main output. Give the side output another tag.`;
  return [{ severity: 'error', code: 'tag-reserved', message, field: 'sideOutputs' }];
}

/**
 * Two keyed inputs share state by key: the same key must be the same value and go to the same subtask. With one keyed input the function has no key,
 * as in Flink, and nothing has to agree. (Where both must be keyed, the ports say so.)
 */
function keyProblems(kind: FunctionKind, inputs: readonly StreamShape[]): readonly ConfigProblem[] {
  const [first, second] = inputs;
  if (!kind.isKeyed || kind.elements[1] === undefined || kind.elements[1].isBroadcast === true) return [];
  if (first === undefined || second === undefined || first.schema.fields.length === 0 || second.schema.fields.length === 0) return [];
  if (first.key === null || second.key === null) return [];
  const types = [typesOfKey(first), typesOfKey(second)];
  if (types[0] === types[1]) return [];
  const message = `The keys of the two inputs have different types (${types[0]} and ${types[1]}), so equal keys would not meet. Convert one of them before its key by.`;
  return [{ severity: 'error', code: 'keys-differ', message, port: 'in2' }];
}

function typesOfKey({ key, schema }: StreamShape): string {
  if (key === null) return '';
  if (key.kind === 'function') return key.type;
  return key.fields.map((name) => fieldAtPath(schema, name)?.type ?? 'any').join(', ');
}

/** A line for the face of a node: the name of the class or, of an object, what it reacts to. */
export function processFace(kind: FunctionKind, { code }: ProcessConfig): string {
  const name = /^\s*class\s+([\p{ID_Start}_$][\p{ID_Continue}$]*)/mu.exec(code)?.[1];
  if (name !== undefined) return name;
  const methods = [...kind.elements.map((method) => method.name), ...(kind.hasTimers ? ['onTimer'] : [])];
  return methods.filter((method) => new RegExp(`\\b${method}\\b`).test(code)).join(' · ');
}
