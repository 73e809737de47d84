import type { Row } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { conformRecord } from '../../functions/conform-record.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { KeyedReduceOperator } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { ReduceConfig } from './definition.ts';
import { withoutSpreads } from '../../functions/expand-spreads.ts';
import { ReduceKernel } from './reduce-kernel.ts';
import type { ReduceFunction } from './reduce-loop.ts';

export function create(config: ReduceConfig, setup: OperatorSetup): Operator {
  const { schema, key } = must(setup.inputs[0], 'the input of a reduce');
  const parsed = parsedFunction(config.reducer);
  // A user function is compiled as it stands, whatever its parameters.
  const reducer = compileFunction(parsed) as ReduceFunction;
  const parts: KeyedReduceParts = {
    reader: new KeyReader(must(key, 'the key of a keyed input'), schema),
    schema,
    maxParallelism: setup.maxParallelism,
    reduce: (accumulated: Row, record: Row) => conformRecord(schema, reducer(accumulated, record)),
    failOn: (context, error, record, origin) => {
      new RecordFailures(context, 'fail', 'The function').add(error, record, origin);
      throw new Error('Invariant violated: a failing record ends the job');
    },
  };
  if (!setup.fused) return new KeyedReduceOperator(parts);
  const quick = withoutSpreads(parsed, schema);
  return new ReduceKernel(quick === null ? reducer : compileFunction(quick), parts);
}
