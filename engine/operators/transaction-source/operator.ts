import { GeneratorSource } from '../generator-source.ts';
import type { OperatorSetup, SourceOperator } from '../operator.ts';
import type { TransactionSourceConfig } from './definition.ts';
import { TransactionModel } from './transaction-model.ts';

export function create(config: TransactionSourceConfig, setup: OperatorSetup): SourceOperator {
  const count = config.count === 0 ? Number.POSITIVE_INFINITY : config.count;
  return new GeneratorSource(new TransactionModel(config.startTime), { ...config, count }, setup);
}
