import type { Field, Schema } from '../../batch/schema.ts';
import { analyzeFunction } from '../../functions/analyze-function.ts';
import { problemsOfField } from '../../functions/check-function.ts';
import { checkObject, literalCalls } from '../../functions/check-object.ts';
import { pairAnalysisOf, unknownFieldsOfSecond } from '../../functions/pair-function.ts';
import type { PairAnalysis } from '../../functions/pair-function.ts';
import type { ParsedObject } from '../../functions/parse-object.ts';
import { RUNTIME_CONTEXT_TYPES } from '../../functions/runtime-context.ts';
import { sideOutputSchema } from '../../functions/side-outputs.ts';
import { functionError } from '../../functions/source-position.ts';
import type { FunctionProblem } from '../../functions/source-position.ts';
import type { FunctionKind } from '../../process/user-interface.ts';
import { didYouMean } from '../../util/nearest.ts';
import type { ConfigProblem } from '../definition.ts';

/** What a process function of pairs is (Flink: `ProcessJoinFunction`), as far as the text of it shows. */

const METHOD = 'processElement';
const CONTEXT_PARAMETER = 2;
const HOW_TO_WRITE = `Write an object, "({ ${METHOD}(left, right, ctx, out) { … } })", or a class with this method.`;

/** As errors name it. */
export const PROCESS_JOIN_FUNCTION: FunctionKind = {
  name: 'ProcessJoinFunction',
  elements: [{ name: METHOD, style: 'process' }],
  hasTimers: false,
  isKeyed: false,
};

export const FIRST_CODE = `({
  ${METHOD}(left, right, ctx, out) {
    out.collect({ ...left, ...right });
  },
})`;

/** TypeScript declarations of `UserObject`, on one line, for the editor. */
export const PROCESS_JOIN_TYPES = [
  ...RUNTIME_CONTEXT_TYPES,
  'interface OpenContext { getRuntimeContext(): RuntimeContext }',
  'interface Context extends OpenContext { getLeftTimestamp(): number; getRightTimestamp(): number; getTimestamp(): number; output(tag: string, value: unknown): void }',
  'interface Collector { collect(record: { readonly [field: string]: unknown }): void }',
  `type UserObject = { ${METHOD}(left: Input, right: Input2, ctx: Context, out: Collector): void; open?(ctx: OpenContext): void; close?(): void; [member: string]: any } & ThisType<any>;`,
].join('; ');

/** What is known of the method as a function of its two records; null: it cannot be seen. */
export function analyzePairMethod({ source, javascript, methods }: ParsedObject): PairAnalysis | null {
  const method = methods.get(METHOD);
  return method === undefined ? null : pairAnalysisOf(analyzeFunction({ source, javascript, ast: method, params: method.params }));
}

export function processJoinProblems(code: string, left: Schema, right: Schema, tags: readonly Field[]): readonly ConfigProblem[] {
  if (code.trim() === '') return [];
  const methods = [{ name: METHOD, required: true, record: left }, { name: 'open' }, { name: 'close' }];
  const { parsed, problems } = checkObject(code, { howToWrite: HOW_TO_WRITE, methods });
  if (parsed === null) return problemsOfField(problems, 'code');
  const second = analyzePairMethod(parsed)?.second;
  const ofRight = second === undefined ? [] : unknownFieldsOfSecond(second, right);
  return problemsOfField([...problems, ...ofRight, ...unknownTags(parsed, tags)], 'code');
}

function unknownTags(parsed: ParsedObject, tags: readonly Field[]): readonly FunctionProblem[] {
  const names = tags.map(({ name }) => name);
  const contextOf: Parameters<typeof literalCalls>[1] = (name, { params }) => {
    const parameter = name === METHOD ? params[CONTEXT_PARAMETER] : undefined;
    return parameter?.type === 'Identifier' ? parameter.name : null;
  };
  return literalCalls(parsed, contextOf, 'output')
    .filter(({ literal }) => !names.includes(literal))
    .map(({ literal, offset }) => {
      const message = `There is no side output "${literal}".${didYouMean(literal, names)} Declare it under "Side outputs".`;
      return functionError(parsed.source, offset, 'tag-unknown', message);
    });
}

/** Tags that can be ports: not empty, none of the reserved names, each once. */
export function usableTags(tags: readonly Field[], reserved: readonly string[]): readonly Field[] {
  return tags.filter(
    ({ name }, i) => name.trim() !== '' && !reserved.includes(name) && tags.findIndex((other) => other.name === name) === i,
  );
}

export function tagProblems(tags: readonly Field[], reserved: readonly string[]): readonly ConfigProblem[] {
  return tags
    .filter(({ name }) => reserved.includes(name))
    .map(({ name }) => {
      const message = `"${name}" is an output of the join. Give the side output another tag.`;
      return { severity: 'error', code: 'tag-reserved', message, field: 'sideOutputs' };
    });
}

/** A tag of type row without fields of its own has records like the left input's. */
export function schemaOfTag(tag: Field, left: Schema): Schema {
  return sideOutputSchema(tag, left);
}
