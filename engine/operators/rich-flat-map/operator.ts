import { ProcessOperator } from '../../process/process-operator.ts';
import { RICH_FLAT_MAP_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { RichFlatMapConfig } from './definition.ts';

export function create(config: RichFlatMapConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(RICH_FLAT_MAP_FUNCTION, config, setup);
}
