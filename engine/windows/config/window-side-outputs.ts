import type { Field, Schema } from '../../batch/schema.ts';
import type { ConfigProblem } from '../../operators/definition.ts';
import type { OperatorSetup } from '../../operators/operator.ts';
import { didYouMean } from '../../util/nearest.ts';
import { LATE_PORT } from '../late-records.ts';
import type { WindowFunctionConfig } from './window-fields.ts';

/** Side outputs of the process function of a window: one port per tag. */

const MAIN_PORT = 'out';

/** A tag with the schema of what is emitted to it. */
export interface WindowSideOutput {
  readonly tag: Field;
  readonly schema: Schema;
}

type ProcessorConfig = Pick<WindowFunctionConfig, 'function' | 'processor' | 'sideOutputs'>;

/** Tags that can be ports: not empty, not taken, each once. The others are problems. */
export function sideOutputTags(config: ProcessorConfig): readonly Field[] {
  const tags = declaredTags(config);
  return tags.filter(({ name }, i) => name.trim() !== '' && !isTaken(name) && tags.findIndex((other) => other.name === name) === i);
}

/** Nobody but a process function emits to side outputs. */
export function declaredTags({ function: kind, processor, sideOutputs }: ProcessorConfig): readonly Field[] {
  return kind === 'aggregates' || processor.trim() === '' ? [] : sideOutputs;
}

export function sideOutputsOf(config: ProcessorConfig, setup: OperatorSetup): ReadonlyMap<string, WindowSideOutput> {
  return new Map(sideOutputTags(config).map((tag) => [tag.name, { tag, schema: setup.outputSchema(tag.name) }]));
}

/** For the writer of the process function. */
export function unknownTag(name: unknown, names: Iterable<string>): string {
  const suggestion = typeof name === 'string' ? didYouMean(name, names) : '';
  return `There is no side output ${JSON.stringify(name) ?? 'undefined'}.${suggestion} Declare it under "Side outputs".`;
}

export function tagProblems(config: ProcessorConfig): readonly ConfigProblem[] {
  const taken = declaredTags(config).find(({ name }) => isTaken(name));
  if (taken === undefined) return [];
  const what = taken.name === MAIN_PORT ? 'the main output' : 'the output of late records';
  const message = `"${taken.name}" is ${what}. Give the side output another tag.`;
  return [{ severity: 'error', code: 'tag-reserved', message, field: 'sideOutputs' }];
}

/** The output of late records comes and goes with the settings; what it is called must not depend on them. */
function isTaken(name: string): boolean {
  return name === MAIN_PORT || name === LATE_PORT;
}
