import { must } from '../../util/assert.ts';
import { SessionWindows } from '../../windows/assigners/session-windows.ts';
import { createSessionOperator } from '../../windows/config/create-session-operator.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { gapOf } from '../../windows/config/user-assigner.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { SessionWindowConfig } from './definition.ts';

export function create(config: SessionWindowConfig, setup: OperatorSetup): Operator {
  const columnar = config.gapKind === 'fixed' ? createSessionOperator(config, setup, config.gap) : null;
  const { schema } = must(setup.inputs[0], 'the input of a window');
  return columnar ?? createWindowOperator(config, setup, { assigner: new SessionWindows(gapOf(config, schema), config.time) });
}
