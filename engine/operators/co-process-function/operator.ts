import { ProcessOperator } from '../../process/process-operator.ts';
import { CO_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CoProcessFunctionConfig } from './definition.ts';

export function create(config: CoProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(CO_PROCESS_FUNCTION, config, setup);
}
