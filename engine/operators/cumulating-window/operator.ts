import { CumulatingWindows } from '../../windows/assigners/cumulating-windows.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CumulatingWindowConfig } from './definition.ts';

export function create(config: CumulatingWindowConfig, setup: OperatorSetup): Operator {
  return createWindowOperator(config, setup, { assigner: new CumulatingWindows(config.maxSize, config.step, config.offset, config.time) });
}
