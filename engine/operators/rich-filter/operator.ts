import { ProcessOperator } from '../../process/process-operator.ts';
import { RICH_FILTER_FUNCTION } from '../../process/user-interface.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { RichFilterConfig } from './definition.ts';

export function create(config: RichFilterConfig, setup: OperatorSetup): Operator {
  const { fields } = must(setup.inputs[0], 'the input of a filter').schema;
  return new ProcessOperator(RICH_FILTER_FUNCTION, { ...config, schema: fields }, setup);
}
