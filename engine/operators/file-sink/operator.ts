import { must } from '../../util/assert.ts';
import { DeliveringSink } from '../delivering-sink.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { FileSinkConfig } from './definition.ts';

/** Formatting is the coordinator's work: it keeps the file, and task workers reach no storage. */
export function create(_config: FileSinkConfig, setup: OperatorSetup): Operator {
  return new DeliveringSink(must(setup.inputs[0], 'the input of a file sink').schema);
}
