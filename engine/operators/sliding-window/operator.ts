import { SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { createSlidingOperator } from '../../windows/config/create-sliding-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { SlidingWindowConfig } from './definition.ts';

export function create(config: SlidingWindowConfig, setup: OperatorSetup): Operator {
  const assigner = new SlidingWindows(config.size, config.slide, config.offset, config.time);
  return createSlidingOperator(config, setup, assigner) ?? createWindowOperator(config, setup, { assigner });
}
