import { GlobalWindows } from '../../windows/assigners/global-windows.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { GlobalWindowConfig } from './definition.ts';

export function create(config: GlobalWindowConfig, setup: OperatorSetup): Operator {
  return createWindowOperator(config, setup, { assigner: new GlobalWindows() });
}
