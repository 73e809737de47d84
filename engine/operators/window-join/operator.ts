import { CoWindowOperator } from '../../joins/co-window-operator.ts';
import { JoinKeys } from '../../joins/join-keys.ts';
import { assignerOf, triggerFor } from '../../joins/join-windows.ts';
import { joinerOf } from '../../joins/joined-record.ts';
import { emitPairs } from '../../joins/pair-panes.ts';
import type { KeyValue } from '../../functions/key-selector.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { WindowJoinConfig } from './definition.ts';

export function create(config: WindowJoinConfig, setup: OperatorSetup): Operator {
  const [left, right] = setup.inputs;
  const join = joinerOf(config, must(left, 'the left input').schema, must(right, 'the right input').schema, setup.outputSchema('out'));
  const keys = new JoinKeys(setup.inputs, setup.maxParallelism);
  return new CoWindowOperator({
    assigner: assignerOf(config),
    trigger: triggerFor(config),
    emit: emitPairs(join),
    allowedLatenessMs: config.allowedLateness,
    lateData: config.lateData,
    keyOf: (record, input) => keys.keyOf(record, input),
    keyGroupOf: (key) => keys.keyGroupOf(key as KeyValue),
    processingTime: setup.processingTime,
  });
}
