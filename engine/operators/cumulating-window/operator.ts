import { CumulatingWindows } from '../../windows/assigners/cumulating-windows.ts';
import { createPaneOperator, MAX_PANES_OF_RECORD } from '../../windows/config/create-pane-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CumulatingWindowConfig } from './definition.ts';

export function create(config: CumulatingWindowConfig, setup: OperatorSetup): Operator {
  const assigner = new CumulatingWindows(config.maxSize, config.step, config.offset, config.time);
  const columnar = config.maxSize / config.step <= MAX_PANES_OF_RECORD ? createPaneOperator(config, setup, assigner) : null;
  return columnar ?? createWindowOperator(config, setup, { assigner });
}
