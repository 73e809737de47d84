import { ProcessOperator } from '../../process/process-operator.ts';
import { BROADCAST_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { BroadcastProcessFunctionConfig } from './definition.ts';

export function create(config: BroadcastProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(BROADCAST_PROCESS_FUNCTION, config, setup);
}
