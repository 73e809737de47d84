import { GeneratorSource } from '../generator-source.ts';
import type { OperatorSetup, SourceOperator } from '../operator.ts';
import type { ClickSourceConfig } from './definition.ts';
import { ClickModel } from './click-model.ts';

export function create(config: ClickSourceConfig, setup: OperatorSetup): SourceOperator {
  const count = config.count === 0 ? Number.POSITIVE_INFINITY : config.count;
  return new GeneratorSource(new ClickModel(config.startTime), { ...config, count }, setup);
}
