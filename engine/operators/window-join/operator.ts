import { CoWindowOperator } from '../../joins/co-window-operator.ts';
import { JoinKeys } from '../../joins/join-keys.ts';
import { joinWindowParts } from '../../joins/join-window-parts.ts';
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
    ...joinWindowParts(config),
    emit: emitPairs(join),
    keyOf: (record, input) => keys.keyOf(record, input),
    keyGroupOf: (key) => keys.keyGroupOf(key as KeyValue),
    processingTime: setup.processingTime,
  });
}
