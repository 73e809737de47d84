import { ProcessOperator } from '../../process/process-operator.ts';
import { KEYED_BROADCAST_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { KeyedBroadcastProcessFunctionConfig } from './definition.ts';

export function create(config: KeyedBroadcastProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(KEYED_BROADCAST_PROCESS_FUNCTION, config, setup);
}
