import { SlidingWindows } from '../../windows/assigners/sliding-windows.ts';
import { createPaneOperator, MAX_PANES_OF_RECORD } from '../../windows/config/create-pane-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { SlidingWindowConfig } from './definition.ts';

export function create(config: SlidingWindowConfig, setup: OperatorSetup): Operator {
  const assigner = new SlidingWindows(config.size, config.slide, config.offset, config.time);
  const columnar = config.size / config.slide <= MAX_PANES_OF_RECORD ? createPaneOperator(config, setup, assigner) : null;
  return columnar ?? createWindowOperator(config, setup, { assigner });
}
