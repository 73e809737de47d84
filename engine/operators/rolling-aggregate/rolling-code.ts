import { F64, kindOf } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import type { CombineCode, SlotFieldCode } from '../../keyed/reduce-code.ts';
import { must } from '../../util/assert.ts';
import { isInt, NullValueError, replaces } from './combine.ts';
import type { Value } from './combine.ts';
import type { RollingAggregateConfig } from './definition.ts';

/** `combiner` as code over columns: fields come from the slot or from the row as they are, only sums are made. */
export function rollingCode(config: RollingAggregateConfig, schema: Schema): CombineCode {
  const at = schema.fields.findIndex(({ name }) => name === config.column);
  return {
    text: (fields) => (config.fn === 'sum' ? sumText(config, schema, at, fields) : choiceText(config, schema, at, fields)),
    globals: {
      replaces: (kept: Value, value: Value) => replaces(config, kept, value),
      refuseNull: () => {
        throw new NullValueError(config.column);
      },
    },
  };
}

function sumText({ column }: RollingAggregateConfig, schema: Schema, at: number, fields: readonly SlotFieldCode[]): string {
  const sum = isInt(schema, column) ? '(a + b) | 0' : 'a + b';
  return [valuesText(schema, at, fields), ...fields.map((field, c) => (c === at ? field.store(sum) : field.keep))].join('\n      ');
}

/** The smallest or largest value, or the record that has it. */
function choiceText({ fn }: RollingAggregateConfig, schema: Schema, at: number, fields: readonly SlotFieldCode[]): string {
  const takesWholeRecords = fn === 'minBy' || fn === 'maxBy';
  const taken = fields.map(({ keep, storeNext }, c) => (takesWholeRecords || c === at ? storeNext : keep));
  return `${valuesText(schema, at, fields)}
      if (${takesText(fn, schema, at)}) { ${taken.join(' ')} }
      else { ${fields.map(({ keep }) => keep).join(' ')} }`;
}

/** Both values, as `a` and `b`. */
function valuesText(schema: Schema, at: number, fields: readonly SlotFieldCode[]): string {
  const { readKept, readNext, kept, next } = must(fields[at], 'the aggregated field');
  const refusal = must(schema.fields[at], 'the aggregated field').nullable === true ? ' if (a === null || b === null) refuseNull();' : '';
  return `${readKept} ${readNext} const a = ${kept}, b = ${next};${refusal}`;
}

/** Numbers that are neither equal nor NaN need no function. */
function takesText(fn: RollingAggregateConfig['fn'], schema: Schema, at: number): string {
  if (kindOf(must(schema.fields[at], 'the aggregated field').type) !== F64) return 'replaces(a, b)';
  const [better, worse] = fn === 'min' || fn === 'minBy' ? ['<', '>'] : ['>', '<'];
  return `b ${better} a || (!(b ${worse} a) && replaces(a, b))`;
}
