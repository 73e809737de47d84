import { fieldOf } from '../batch/schema.ts';
import type { Schema } from '../batch/schema.ts';
import { didYouMean } from '../util/nearest.ts';
import { analyzeFunction } from './analyze-function.ts';
import type { FunctionAnalysis } from './analyze-function.ts';
import { parseFunction } from './parse-function.ts';
import { functionError } from './source-position.ts';
import type { FunctionProblem } from './source-position.ts';

export interface CheckedFunction {
  /** Null when the text is not a function. */
  readonly analysis: FunctionAnalysis | null;
  /** In order of their place in the source. */
  readonly problems: readonly FunctionProblem[];
}

/**
 * Parses and analyses a user function against the fields of its record. Never throws and never runs anything of it.
 * A schema without fields is one that is not known yet (nothing is connected): field names are not complained about then.
 */
export function checkFunction(source: string, schema: Schema): CheckedFunction {
  const result = parseFunction(source);
  if ('problem' in result) return { analysis: null, problems: [result.problem] };
  const analysis = analyzeFunction(result.parsed);
  const problems = [...analysis.warnings, ...foreignNames(analysis, schema), ...unknownFields(analysis, schema), ...noResult(analysis)];
  return { analysis, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Fields that are read but that the record does not have. */
export function unknownFields(analysis: FunctionAnalysis, schema: Schema): FunctionProblem[] {
  const names = schema.fields.map((field) => field.name);
  if (names.length === 0) return [];
  return analysis.fieldUses
    .filter(({ name }) => !names.includes(name))
    .map(({ name, offset }) => {
      const suggestion = didYouMean(name, names);
      const message = `The record has no field "${name}".${suggestion === '' ? ` Its fields are ${names.join(', ')}.` : suggestion}`;
      return functionError(analysis.fn.source, offset, 'field-unknown', message);
    });
}

function foreignNames({ fn, foreignNames: names }: FunctionAnalysis, schema: Schema): FunctionProblem[] {
  const record = fn.params[0]?.type === 'Identifier' ? fn.params[0].name : 'r';
  return names.map(({ name, offset }) => {
    const message =
      fieldOf(schema, name) === undefined
        ? `"${name}" is not available here: a function sees its record and the globals of JavaScript, nothing of the browser.`
        : `"${name}" is a field of the record: write "${record}.${name}".`;
    return functionError(fn.source, offset, 'name-unknown', message);
  });
}

function noResult({ fn, results }: FunctionAnalysis): FunctionProblem[] {
  if (results.some((result) => result !== null) || throwsAlways(fn.javascript)) return [];
  const message =
    'The function never returns a value. Add "return"; to return a record from an arrow function, put it in parentheses: "(r) => ({ … })".';
  return [functionError(fn.source, fn.ast.body.start, 'no-result', message)];
}

/** A function that only throws is legal: it is how a pipeline is made to stop. */
function throwsAlways(javascript: string): boolean {
  return /\bthrow\b/.test(javascript);
}

/** "Line 2, column 5: …", as problems of a configuration name a place in a function. */
export function withPlace(problem: FunctionProblem): string {
  return `Line ${problem.line}, column ${problem.column}: ${problem.message}`;
}

/** The problems as those of a configuration field; the shape is `operators/definition`'s `ConfigProblem`. */
export function problemsOfField(
  problems: readonly FunctionProblem[],
  field: string,
): { readonly severity: 'error' | 'warning'; readonly code: string; readonly message: string; readonly field: string }[] {
  return problems.map((problem) => ({ severity: problem.severity, code: problem.code, message: withPlace(problem), field }));
}

/** A function on one line, for the face of a node. */
export function oneLine(source: string): string {
  const text = source.trim().replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
