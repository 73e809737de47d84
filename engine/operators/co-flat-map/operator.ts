import { ProcessOperator } from '../../process/process-operator.ts';
import { CO_FLAT_MAP_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CoFlatMapConfig } from './definition.ts';

export function create(config: CoFlatMapConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(CO_FLAT_MAP_FUNCTION, config, setup);
}
