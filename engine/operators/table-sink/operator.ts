import { must } from '../../util/assert.ts';
import { DeliveringSink } from '../delivering-sink.ts';
import type { Operator, OperatorSetup } from '../operator.ts';

export function create(_config: unknown, setup: OperatorSetup): Operator {
  return new DeliveringSink(must(setup.inputs[0], 'the input of a table').schema);
}
