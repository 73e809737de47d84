import { GeneratorSource } from '../generator-source.ts';
import type { OperatorSetup, SourceOperator } from '../operator.ts';
import type { WordSourceConfig } from './definition.ts';
import { WordModel } from './word-model.ts';

export function create(config: WordSourceConfig, setup: OperatorSetup): SourceOperator {
  const count = config.count === 0 ? Number.POSITIVE_INFINITY : config.count;
  return new GeneratorSource(new WordModel(config, setup.seed), { ...config, count }, setup);
}
