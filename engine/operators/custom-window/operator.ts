import { must } from '../../util/assert.ts';
import { createWindowOperator } from '../../windows/config/create-window-operator.ts';
import { UserAssigner } from '../../windows/config/user-assigner.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { CustomWindowConfig } from './definition.ts';

export function create(config: CustomWindowConfig, setup: OperatorSetup): Operator {
  const { schema } = must(setup.inputs[0], 'the input of a window');
  return createWindowOperator(config, setup, { assigner: new UserAssigner(config.assigner, schema, config.time, config.merging) });
}
