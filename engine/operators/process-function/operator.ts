import { ProcessOperator } from '../../process/process-operator.ts';
import { PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { ProcessFunctionConfig } from './definition.ts';

export function create(config: ProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(PROCESS_FUNCTION, config, setup);
}
