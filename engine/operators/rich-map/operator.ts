import { ProcessOperator } from '../../process/process-operator.ts';
import { RICH_MAP_FUNCTION } from '../../process/user-interface.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { RichMapConfig } from './definition.ts';

export function create(config: RichMapConfig, setup: OperatorSetup): Operator {
  return new ProcessOperator(RICH_MAP_FUNCTION, config, setup);
}
