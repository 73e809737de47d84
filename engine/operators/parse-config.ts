import type { Schema } from '../batch/schema.ts';
import { didYouMean } from '../util/nearest.ts';
import type { ConfigProblem, StreamShape } from './definition.ts';
import type { ConfigOf, Fields, RawConfig } from './fields.ts';
import { validateField } from './validate-field.ts';

export interface ParsedConfig<F extends Fields> {
  /** A value of the right type for every field and nothing else, whatever the raw configuration held. */
  readonly config: ConfigOf<F>;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Turns the raw configuration of a node into a typed one: defaults applied, every value validated, unknown settings left out. Never throws.
 * Fields hidden by `visibleWhen` keep their value but are not complained about. Columns are looked up in the first input.
 */
export function parseConfig<F extends Fields>(fields: F, raw: RawConfig, inputs: readonly StreamShape[]): ParsedConfig<F> {
  const columns = knownSchema(inputs[0]);
  const validated = Object.entries(fields).map(([name, field]) => ({
    name,
    field,
    ...validateField(field, Object.hasOwn(raw, name) ? raw[name] : undefined, columns),
  }));
  const config: Readonly<Record<string, unknown>> = Object.fromEntries(validated.map(({ name, value }) => [name, value]));
  const problems = validated
    .filter(({ field }) => field.visibleWhen?.(config) ?? true)
    .flatMap(({ name, problems: ofField }) => ofField.map((problem): ConfigProblem => ({ severity: 'error', ...problem, field: name })));
  return { config: config as ConfigOf<F>, problems: [...problems, ...unknownSettings(fields, raw)] };
}

/** An input that is unconnected, or whose upstream is in error, has no fields yet: complaining about columns would only hide the cause. */
function knownSchema(input: StreamShape | undefined): Schema | null {
  return input === undefined || input.schema.fields.length === 0 ? null : input.schema;
}

function unknownSettings(fields: Fields, raw: RawConfig): readonly ConfigProblem[] {
  const names = Object.keys(fields);
  return Object.keys(raw)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => ({
      severity: 'warning',
      code: 'unknown-setting',
      message: `The setting "${name}" is not known here and has no effect.${didYouMean(name, names)}`,
    }));
}
