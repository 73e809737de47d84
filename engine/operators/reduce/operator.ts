import type { Row } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import { conformRecord } from '../../functions/conform-record.ts';
import { KeyReader } from '../../functions/key-selector.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { KeyedReduceKernel } from '../../keyed/keyed-reduce-kernel.ts';
import { KeyedReduceOperator } from '../../keyed/keyed-reduce-operator.ts';
import type { KeyedReduceParts } from '../../keyed/keyed-reduce-operator.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import type { ReduceConfig } from './definition.ts';
import { reducerCode } from './reduce-code.ts';
import type { ReduceFunction } from './reduce-code.ts';

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
  return new KeyedReduceKernel({ ...parts, ...reducerCode(parsed, schema, parts.reader.columnIndex) });
}
