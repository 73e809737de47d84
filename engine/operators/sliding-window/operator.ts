import { SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { SlidingWindowConfig } from './definition.ts';

export function create(config: SlidingWindowConfig, setup: OperatorSetup): Operator {
  return createWindowOperator(config, setup, { assigner: new SlidingWindows(config.size, config.slide, config.offset, config.time) });
}
