import { ProcessOperator } from '../../process/process-operator.ts';
import { KEYED_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { KeyedProcessFunctionConfig } from './definition.ts';

export function create(config: KeyedProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(KEYED_PROCESS_FUNCTION, config, setup);
}
