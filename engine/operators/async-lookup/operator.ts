import { joinerOf } from '../../joins/joined-record.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorSetup } from '../operator.ts';
import { AsyncWaitOperator } from './async-wait-operator.ts';
import type { AsyncLookupConfig } from './definition.ts';
import { lookedUpFields } from './definition.ts';
import { LookupClient } from './lookup-client.ts';
import { keyColumnOf, LookupTable, rowSchema, tableShape } from './lookup-table.ts';
import type { RetryStrategy } from './retry-strategy.ts';
import { ExponentialBackoffRetry, FixedDelayRetry } from './retry-strategy.ts';

export function create(config: AsyncLookupConfig, setup: OperatorSetup): Operator {
  const input = must(setup.inputs[0], 'the input of a lookup').schema;
  const { schema } = tableShape(config.table, config.format);
  const table = new LookupTable(config.table, config.format, schema, keyColumnOf(schema, config.tableKey));
  const row = rowSchema(schema, config.missing === 'nulls');
  const join = joinerOf(config, input, row, setup.outputSchema('out'), lookedUpFields(config, input, schema));
  return new AsyncWaitOperator({
    mode: config.mode,
    capacity: config.capacity,
    timeoutMs: config.timeout,
    subtask: `${setup.subtaskIndex}/${setup.parallelism}`,
    retry: retryOf(config),
    processingTime: setup.processingTime,
    clientOf: (context) => new LookupClient(config, table, join, setup.seed, context),
  });
}

function retryOf({ retry, maxRetries, retryDelay, retryOn, multiplier, maxRetryDelay }: AsyncLookupConfig): RetryStrategy | null {
  const retriesEmpty = retryOn === 'failure-or-empty';
  if (retry === 'none') return null;
  if (retry === 'fixed') return new FixedDelayRetry(maxRetries, retriesEmpty, retryDelay);
  return new ExponentialBackoffRetry(maxRetries, retriesEmpty, retryDelay, maxRetryDelay, multiplier);
}
