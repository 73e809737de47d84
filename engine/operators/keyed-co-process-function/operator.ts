import { ProcessOperator } from '../../process/process-operator.ts';
import { KEYED_CO_PROCESS_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { KeyedCoProcessFunctionConfig } from './definition.ts';

export function create(config: KeyedCoProcessFunctionConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(KEYED_CO_PROCESS_FUNCTION, config, setup);
}
