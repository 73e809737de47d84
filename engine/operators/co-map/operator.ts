import { ProcessOperator } from '../../process/process-operator.ts';
import { CO_MAP_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CoMapConfig } from './definition.ts';

export function create(config: CoMapConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(CO_MAP_FUNCTION, config, setup);
}
