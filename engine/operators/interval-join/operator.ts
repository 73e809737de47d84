import { BOOL, kindOf, OBJ, STR } from '../../batch/column.ts';
import type { FieldType } from '../../batch/schema.ts';
import { parsedObject } from '../../functions/compile-object.ts';
import { JoinKeys } from '../../joins/join-keys.ts';
import { joinerOf } from '../../joins/joined-record.ts';
import { must } from '../../util/assert.ts';
import { BooleanKeys } from '../../windows/panes/boolean-keys.ts';
import { NumberKeys } from '../../windows/panes/number-keys.ts';
import type { PaneKeys, SlotUsers } from '../../windows/panes/pane-keys.ts';
import { StringKeys } from '../../windows/panes/string-keys.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import { RESERVED_PORTS } from './definition.ts';
import type { IntervalJoinConfig } from './definition.ts';
import { IntervalBounds } from './interval-bounds.ts';
import { IntervalJoinKernel } from './interval-join-kernel.ts';
import { IntervalJoinOperator } from './interval-join-operator.ts';
import { PairProcess } from './pair-process.ts';
import { pairsPlan, withOneKey } from './pairs-plan.ts';
import { analyzePairMethod, usableTags } from './process-join.ts';
import { pairReaders } from './processed-pairs.ts';

export function create(config: IntervalJoinConfig, setup: OperatorSetup): Operator {
  const [left, right] = [must(setup.inputs[0], 'the left input').schema, must(setup.inputs[1], 'the right input').schema];
  const keys = new JoinKeys(setup.inputs, setup.maxParallelism);
  const outputSchema = setup.outputSchema('out');
  const schemas = [left, right] as const;
  const isProcess = config.result === 'process';
  const join = joinerOf(isProcess ? { ...config, combine: '' } : config, left, right, outputSchema);
  const parts = {
    schemas,
    bounds: new IntervalBounds(config),
    keys,
    join,
    process: isProcess ? new PairProcess(config.code, usableTags(config.sideOutputs, RESERVED_PORTS), setup) : null,
    lateData: config.lateData,
    onError: config.onError,
  };
  const [leftKey, rightKey] = keys.readers;
  const isColumnar = leftKey.columnIndex >= 0 && rightKey.columnIndex >= 0 && kindOf(leftKey.type as FieldType) !== OBJ;
  if (!setup.fused || !isColumnar) return new IntervalJoinOperator(parts);
  const keyColumns = [leftKey.columnIndex, rightKey.columnIndex] as const;
  return new IntervalJoinKernel({
    ...parts,
    plan: isProcess ? null : withOneKey(pairsPlan(config, schemas, outputSchema, join), schemas, keyColumns),
    readers: isProcess ? pairReaders(analyzePairMethod(parsedObject(config.code)), schemas) : null,
    keyColumns,
    newKeys: (users) => keysOf(leftKey.type as FieldType, users),
  });
}

function keysOf(type: FieldType, users: SlotUsers): PaneKeys {
  switch (kindOf(type)) {
    case STR:
      return new StringKeys(users);
    case BOOL:
      return new BooleanKeys();
    default:
      return new NumberKeys(users);
  }
}
