import { GeneratorSource } from '../generator-source.ts';
import type { OperatorSetup, SourceOperator } from '../operator.ts';
import type { SensorSourceConfig } from './definition.ts';
import { SensorModel } from './sensor-model.ts';

export function create(config: SensorSourceConfig, setup: OperatorSetup): SourceOperator {
  const count = config.count === 0 ? Number.POSITIVE_INFINITY : config.count;
  return new GeneratorSource(new SensorModel(config, setup.seed), { ...config, count }, setup);
}
