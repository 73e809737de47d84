import { JoinKeys } from '../../joins/join-keys.ts';
import { joinerOf } from '../../joins/joined-record.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { IntervalJoinConfig } from './definition.ts';
import { IntervalBounds } from './interval-bounds.ts';
import { IntervalJoinOperator } from './interval-join-operator.ts';

export function create(config: IntervalJoinConfig, setup: OperatorSetup): Operator {
  const [left, right] = setup.inputs;
  const schemas = [must(left, 'the left input').schema, must(right, 'the right input').schema] as const;
  return new IntervalJoinOperator({
    bounds: new IntervalBounds(config),
    keys: new JoinKeys(setup.inputs, setup.maxParallelism),
    join: joinerOf(config, schemas[0], schemas[1], setup.outputSchema('out')),
    lateData: config.lateData,
    onError: config.onError,
  });
}
