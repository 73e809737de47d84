import type { Schema } from '../../batch/schema.ts';
import { checkFunction, problemsOfField } from '../../functions/check-function.ts';
import type { ObjectInterface } from '../../functions/check-object.ts';
import { checkObject, literalCalls } from '../../functions/check-object.ts';
import { checkPairFunction } from '../../functions/pair-function.ts';
import type { ParsedObject } from '../../functions/parse-object.ts';
import { recordResultOf } from '../../functions/record-result.ts';
import type { FunctionProblem } from '../../functions/source-position.ts';
import { functionError } from '../../functions/source-position.ts';
import type { ConfigProblem, StreamShape } from '../../operators/definition.ts';
import type { EvictorConfig, TriggerConfig, WindowFunctionConfig } from './window-fields.ts';
import type { WindowTraits } from './window-shapes.ts';
import { declaredTags, unknownTag } from './window-side-outputs.ts';

/** What is wrong with the parts that the user writes or combines. */

function processInterface(isAll: boolean): ObjectInterface {
  const howToWrite = isAll
    ? 'Write "({ process(context, elements, out) { out.collect({ n: elements.length }); } })".'
    : 'Write "({ process(key, context, elements, out) { out.collect({ key, n: elements.length }); } })".';
  return { howToWrite, methods: [{ name: 'process', required: true }, { name: 'open' }, { name: 'close' }, { name: 'clear' }] };
}

function aggregateInterface(record: Schema, isMerging: boolean): ObjectInterface {
  return {
    howToWrite:
      'Write "({ createAccumulator: () => 0, add: (record, sum) => sum + record.value, getResult: (sum) => ({ sum }), merge: (a, b) => a + b })".',
    methods: [
      { name: 'createAccumulator', required: true },
      { name: 'add', required: true, record },
      { name: 'getResult', required: true },
      { name: 'merge', required: isMerging },
    ],
  };
}

function triggerInterface(record: Schema): ObjectInterface {
  return {
    howToWrite: 'Write "({ onElement(record, timestamp, window, context) { return \'FIRE\'; } })".',
    methods: [
      { name: 'onElement', required: true, record },
      { name: 'onEventTime' },
      { name: 'onProcessingTime' },
      { name: 'onMerge' },
      { name: 'clear' },
    ],
  };
}

const EVICTOR: ObjectInterface = {
  howToWrite: 'Write "({ evictBefore: (elements) => elements.slice(-10) })".',
  methods: [{ name: 'evictBefore' }, { name: 'evictAfter' }],
};

export function functionProblems(
  config: WindowFunctionConfig,
  input: Schema,
  { isMerging, isAll = false }: Pick<WindowTraits, 'isMerging' | 'isAll'>,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (config.function === 'reduce') problems.push(...reducerProblems(config.reducer, input));
  if (config.function === 'aggregate')
    problems.push(...objectProblems('aggregator', config.aggregator, aggregateInterface(input, isMerging)));
  problems.push(...processorProblems(config, isAll));
  if (config.function === 'process' && config.processor.trim() === '') {
    problems.push({ severity: 'error', code: 'required', message: 'Write a process function.', field: 'processor' });
  }
  const isDeclared = config.function !== 'reduce' || config.processor.trim() !== '';
  if (isDeclared && config.schema.length === 0) {
    const message = 'Declare the fields of the records that the function emits.';
    problems.push({ severity: 'error', code: 'output-unknown', message, field: 'schema' });
  }
  return problems;
}

function processorProblems(config: WindowFunctionConfig, isAll: boolean): readonly ConfigProblem[] {
  if (config.processor.trim() === '') return [];
  const { parsed, problems } = checkObject(config.processor, processInterface(isAll));
  return problemsOfField([...problems, ...(parsed === null ? [] : unknownTags(parsed, config, isAll))], 'processor');
}

/** `context.output('tag', …)` with a tag that is not declared: in Flink its records would silently go nowhere. */
function unknownTags(parsed: ParsedObject, config: WindowFunctionConfig, isAll: boolean): readonly FunctionProblem[] {
  const names = declaredTags(config).map(({ name }) => name);
  const calls = literalCalls(
    parsed,
    (name, method) => {
      const context = name === 'process' ? method.params[isAll ? 0 : 1] : name === 'clear' ? method.params[0] : undefined;
      return context?.type === 'Identifier' ? context.name : null;
    },
    'output',
  );
  return calls
    .filter(({ literal }) => !names.includes(literal))
    .map(({ literal, offset }) => functionError(config.processor, offset, 'tag-unknown', unknownTag(literal, names)));
}

function objectProblems(field: string, source: string, expected: ObjectInterface): readonly ConfigProblem[] {
  return source.trim() === '' ? [] : problemsOfField(checkObject(source, expected).problems, field);
}

function reducerProblems(reducer: string, schema: Schema): readonly ConfigProblem[] {
  if (reducer.trim() === '') return [];
  const { analysis, problems } = checkFunction(reducer, schema);
  const found: ConfigProblem[] = problemsOfField(problems, 'reducer');
  const result = analysis === null || schema.fields.length === 0 ? null : recordResultOf(analysis, schema);
  if (result === null || found.some(({ severity }) => severity === 'error')) return found;
  const returned = new Set(result.fields.map(({ name }) => name));
  const missing = schema.fields.filter(({ name, nullable, type }) => !returned.has(name) && nullable !== true && type !== 'any');
  if (missing.length === 0) return found;
  const names = missing.map(({ name }) => `"${name}"`).join(', ');
  const message = `The combined record has no ${names}. It must have all fields of the records: write "(a, b) => ({ ...b, … })", for example.`;
  return [...found, { severity: 'error', code: 'output-field-missing', message, field: 'reducer' }];
}

/** Triggers and evictors: their own text, and whether they go together with the windows. */
export function partProblems(
  config: Partial<TriggerConfig> & Partial<EvictorConfig>,
  input: StreamShape,
  traits: WindowTraits,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const onTrigger = (code: string, message: string): void => void problems.push({ severity: 'error', code, message, field: 'trigger' });
  const delta = (field: string, source: string | undefined): void => {
    if (source === undefined || source.trim() === '') return;
    problems.push(...problemsOfField(checkPairFunction(source, input.schema, input.schema).problems, field));
  };
  switch (config.trigger) {
    case 'default':
      if (traits.needsTrigger === true) onTrigger('required', 'A global window never ends by itself, so it never fires. Choose a trigger.');
      break;
    case 'delta':
      delta('triggerDelta', config.triggerDelta);
      if (traits.isMerging) onTrigger('trigger-cannot-merge', 'This trigger cannot be used with windows that merge. Choose another.');
      break;
    case 'custom':
      problems.push(...objectProblems('customTrigger', config.customTrigger ?? '', triggerInterface(input.schema)));
      if (traits.isMerging && !hasMethod(config.customTrigger ?? '', 'onMerge')) {
        onTrigger('trigger-cannot-merge', 'Windows that merge need a trigger with a method onMerge(window, context).');
      }
      break;
    case 'continuous-event-time':
      if (!input.eventTime && input.schema.fields.length > 0) {
        onTrigger('no-event-time', 'The records have no event time. Add timestamps and watermarks upstream, or choose another trigger.');
      }
      break;
    case 'event-time':
    case 'processing-time':
      if (!traits.hasBounds)
        onTrigger('trigger-never-fires', 'A global window has no end at which this trigger could fire. Choose another.');
      break;
    default:
      break;
  }
  if (config.evictor === 'delta') delta('evictorDelta', config.evictorDelta);
  if (config.evictor === 'custom') problems.push(...objectProblems('customEvictor', config.customEvictor ?? '', EVICTOR));
  return problems;
}

function hasMethod(source: string, name: string): boolean {
  const { parsed } = checkObject(source, EVICTOR);
  // While it cannot be parsed, that is the problem to name.
  return parsed === null || parsed.methods.has(name);
}
