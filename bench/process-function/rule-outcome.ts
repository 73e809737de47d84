import { instantiate, parsedObject } from '../../engine/functions/compile-object.ts';
import type { Outcome } from '../harness/suite.ts';
import type { ObjectPipeline } from '../objects/object-operator.ts';
import type { KeyedRecords } from '../records/keyed-records.ts';
import type { WatermarkSchedule } from '../records/watermark-schedule.ts';
import type { Emitted, UserRule, Transaction } from './object-rule.ts';
import { ObjectRule } from './object-rule.ts';
import type { Rule } from './rules.ts';

export function ruleFrom({ code }: Rule): UserRule {
  return instantiate(parsedObject(code)) as unknown as UserRule;
}

/** Runs a rule and adds its results up as the sink of a job does. */
export function ruleOutcome(
  run: (pipeline: ObjectPipeline<Transaction, Emitted>) => void,
  records: KeyedRecords,
  watermarks: WatermarkSchedule,
  rule: UserRule,
  summed: string,
): Outcome {
  const { base } = records.passes;
  let rows = 0;
  let total = 0;
  let times = 0;
  run({
    records,
    watermarks,
    newOperator: (emit) => new ObjectRule(rule, emit),
    newRecord: (id, timestamp, amount) => ({ id, timestamp, amount }),
    onResult: ({ record, timestamp }) => {
      const value = record[summed] as number;
      rows++;
      total += value;
      times += (timestamp - base) * value;
    },
  });
  return { rows, [summed]: total, times };
}
