import { BatchBuilder } from '../../batch/batch-builder.ts';
import { Marks } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import type { UserFunction } from '../../functions/compile-function.ts';
import { conformRecord } from '../../functions/conform-record.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { SeededRandom } from '../../util/random.ts';
import { NumberedSource } from '../generator-source.ts';
import type { OperatorContext, OperatorSetup, Output, SourceOperator } from '../operator.ts';
import type { CustomSourceConfig } from './definition.ts';
import { TimedCall } from './timed-call.ts';

export function create(config: CustomSourceConfig, setup: OperatorSetup): SourceOperator {
  return new CustomSource(config, setup);
}

const TWO_TO_32 = 4_294_967_296;

/** Every record has a random generator of its own, so it does not matter which were made before it, by whom, or after which restart. */
class CustomSource extends NumberedSource {
  readonly #generate: UserFunction;
  readonly #splits: number;
  readonly #seed: number;
  readonly #onError: CustomSourceConfig['onError'];
  readonly #builder: BatchBuilder;
  readonly #isTimed: boolean;

  constructor(config: CustomSourceConfig, setup: OperatorSetup) {
    super({ ...config, count: config.count === 0 ? Number.POSITIVE_INFINITY : config.count }, setup);
    this.#generate = compileFunction(parsedFunction(config.generator));
    this.#splits = config.splits;
    this.#seed = setup.seed;
    this.#onError = config.onError;
    this.#isTimed = config.eventTime === 'own';
    this.#builder = new BatchBuilder(this.schema, () => new Marks());
  }

  protected emit(positions: Float64Array, context: OperatorContext): void {
    if (this.#isTimed) this.#emitTimed(positions, context);
    else this.#emitRecords(positions, context);
  }

  #emitRecords(positions: Float64Array, context: OperatorContext): void {
    const failures = new RecordFailures(context, this.#onError, 'The function');
    for (let row = 0; row < positions.length; row++) {
      const n = positions[row] as number;
      const origin = originOf(n, this.sourceIndex);
      try {
        const made = this.#generate(this.#contextOf(n));
        if (made !== null && made !== undefined) this.#builder.append(conformRecord(this.schema, made), Number.NaN, origin);
      } catch (error) {
        // What came before the failing record belongs to the user.
        if (this.#onError === 'fail') this.#flush(context.output);
        failures.add(error, { n, split: n % this.#splits }, origin);
      }
    }
    this.#flush(context.output);
  }

  /** What a call causes happens when it has returned, so that one that throws has done nothing. */
  #emitTimed(positions: Float64Array, context: OperatorContext): void {
    const failures = new RecordFailures(context, this.#onError, 'The function');
    for (const n of positions) {
      const origin = originOf(n, this.sourceIndex);
      const call = new TimedCall((record) => conformRecord(this.schema, record));
      try {
        const made = this.#generate({ ...this.#contextOf(n), ...call.methods() });
        if (made !== null && made !== undefined) call.collect(made, Number.NaN);
      } catch (error) {
        failures.add(error, { n, split: n % this.#splits }, origin);
        continue;
      }
      call.play(context.output, origin);
    }
  }

  #contextOf(n: number): Record<string, unknown> {
    const random = new SeededRandom(this.#seed ^ Math.imul(n | 0, 0x9e3779b1) ^ Math.imul(Math.floor(n / TWO_TO_32), 0x165667b1));
    return { n, split: n % this.#splits, random: () => random.next(), gaussian: () => random.nextGaussian() };
  }

  #flush(output: Output): void {
    if (!this.#builder.isEmpty) output.collectBatch(this.#builder.build());
  }
}
