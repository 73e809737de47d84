import { TumblingWindows } from '../../windows/assigners/tumbling-windows.ts';
import { createPaneOperator } from '../../windows/config/create-pane-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { TumblingWindowConfig } from './definition.ts';

export function create(config: TumblingWindowConfig, setup: OperatorSetup): Operator {
  const assigner = new TumblingWindows(config.size, config.offset, config.time);
  return createPaneOperator(config, setup, assigner) ?? createWindowOperator(config, setup, { assigner });
}
