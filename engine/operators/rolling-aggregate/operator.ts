import { positionOf } from '../../elements/origin.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import { KeyedReduceKernel } from '../../keyed/keyed-reduce-kernel.ts';
import { KeyedReduceOperator } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import { combiner } from './combine.ts';
import type { RollingAggregateConfig } from './definition.ts';
import { rollingCode } from './rolling-code.ts';

export function create(config: RollingAggregateConfig, setup: OperatorSetup): Operator {
  const { schema, key } = must(setup.inputs[0], 'the input of a rolling aggregate');
  const parts: KeyedReduceParts = {
    reader: new KeyReader(must(key, 'the key of a keyed input'), schema),
    schema,
    maxParallelism: setup.maxParallelism,
    reduce: combiner(config, schema),
    failOn: (context, error, record, origin) =>
      context.fail(error instanceof Error ? error.message : String(error), positionOf(origin), record),
  };
  if (!setup.fused) return new KeyedReduceOperator(parts);
  // The aggregate of a key is the key: none is smaller or larger; only sums change it.
  const keepsKey = config.fn !== 'sum' || schema.fields[parts.reader.columnIndex]?.name !== config.column;
  return new KeyedReduceKernel({ ...parts, combine: rollingCode(config, schema), keepsKey, takesOver: [] });
}
