import type { Row } from '../../batch/schema.ts';
import { positionOf } from '../../elements/origin.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import type { Joiner } from '../../joins/joined-record.ts';
import { finishHash, foldNumber } from '../../util/hash.ts';
import { SeededRandom } from '../../util/random.ts';
import type { OperatorContext } from '../operator.ts';
import type { AsyncClient, AsyncRequest, AsyncResponse } from './async-client.ts';
import type { AsyncLookupConfig } from './definition.ts';
import type { LookupTable } from './lookup-table.ts';

/** Answers out of a table, with the latency and the failures that are asked for: by chance, but the same for the same seed, record and attempt. */
export class LookupClient implements AsyncClient {
  readonly #config: AsyncLookupConfig;
  readonly #table: LookupTable;
  readonly #join: Joiner;
  readonly #seed: number;
  readonly #context: OperatorContext;
  readonly #failures: RecordFailures;

  constructor(config: AsyncLookupConfig, table: LookupTable, join: Joiner, seed: number, context: OperatorContext) {
    this.#config = config;
    this.#table = table;
    this.#join = join;
    this.#seed = seed;
    this.#context = context;
    this.#failures = new RecordFailures(context, config.onError, 'The function');
  }

  call({ record, origin, attempt, attemptAt }: AsyncRequest): AsyncResponse {
    const { latency, jitter, failures, lookupField } = this.#config;
    const random = new SeededRandom(finishHash(foldNumber(foldNumber(this.#seed, origin), attempt)));
    const at = attemptAt + latency + random.nextInt(jitter + 1);
    const isFailing = random.next() * 100 < failures;
    return { at, rows: isFailing ? null : this.#table.rowsOf(record[lookupField]) };
  }

  resultsOf(request: AsyncRequest, rows: readonly Row[]): readonly Row[] {
    if (rows.length === 0) return this.#config.missing === 'drop' ? [] : this.#joined(request, [null]);
    return this.#joined(request, rows);
  }

  failed(request: AsyncRequest): readonly Row[] {
    const attempts = request.attempt === 1 ? '' : `, also the last of ${request.attempt} attempts`;
    return this.#without(request, this.#config.onFailure, `The call failed${attempts}.`);
  }

  timedOut(request: AsyncRequest): readonly Row[] {
    const { onTimeout, timeout } = this.#config;
    const attempt = request.attempt === 1 ? '' : ` It was at attempt ${request.attempt}.`;
    return this.#without(request, onTimeout, `There was no answer within the timeout of ${timeout} ms.${attempt}`);
  }

  /** There will be no answer. */
  #without(request: AsyncRequest, outcome: AsyncLookupConfig['onTimeout'], reason: string): readonly Row[] {
    const position = positionOf(request.origin);
    if (outcome === 'fail') this.#context.fail(reason, position, request.record);
    this.#context.report('failed', position, reason, request.record);
    return outcome === 'drop' ? [] : this.resultsOf(request, []);
  }

  #joined(request: AsyncRequest, rows: readonly (Row | null)[]): readonly Row[] {
    const joined: Row[] = [];
    for (const row of rows) {
      try {
        joined.push(this.#join(request.record, row));
      } catch (error) {
        this.#failures.add(error, request.record, request.origin);
      }
    }
    return joined;
  }
}
