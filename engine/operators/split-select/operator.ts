import type { Row, Schema } from '../../batch/schema.ts';
import { compileFunction, parsedFunction } from '../../functions/compile-function.ts';
import type { UserFunction } from '../../functions/compile-function.ts';
import { copyOfRecord, NotARecordError } from '../../functions/conform-record.ts';
import { RecordFailures } from '../../functions/record-failures.ts';
import { must } from '../../util/assert.ts';
import type { Operator, OperatorContext, OperatorSetup, Output } from '../operator.ts';
import { outputNames } from './definition.ts';
import type { SplitSelectConfig } from './definition.ts';

export function create(config: SplitSelectConfig, setup: OperatorSetup): Operator {
  return new SplitSelectOperator(config, must(setup.inputs[0], 'the input of a split').schema);
}

class SplitSelectOperator implements Operator {
  readonly #schema: Schema;
  readonly #select: UserFunction;
  readonly #outputs: readonly string[];
  readonly #onError: SplitSelectConfig['onError'];
  #output!: Output;
  #failures!: RecordFailures;

  constructor(config: SplitSelectConfig, schema: Schema) {
    this.#schema = schema;
    this.#select = compileFunction(parsedFunction(config.selector));
    this.#outputs = outputNames(config);
    this.#onError = config.onError;
  }

  open(context: OperatorContext): void {
    this.#output = context.output;
    this.#failures = new RecordFailures(context, this.#onError, 'The function');
  }

  processElement(record: Row, timestamp: number, origin: number): void {
    let selected: readonly string[];
    try {
      selected = namesOf(this.#select(copyOfRecord(this.#schema, record)));
    } catch (error) {
      this.#failures.add(error, record, origin);
      return;
    }
    // By output, not by name: a name that is returned twice selects once (Flink: `DirectedOutput`).
    for (const name of this.#outputs) if (selected.includes(name)) this.#output.sideOutput(name, record, timestamp, origin);
  }
}

function namesOf(returned: unknown): readonly string[] {
  if (returned === null || returned === undefined) return [];
  const names: unknown[] = Array.isArray(returned) ? returned : [returned];
  if (!names.every((name) => typeof name === 'string')) throw new NotNamesError(returned);
  return names;
}

/** A function that has to name outputs returned something else. */
class NotNamesError extends NotARecordError {
  constructor(value: unknown) {
    super(value);
    const what = Array.isArray(value)
      ? 'a list with other things than texts'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`;
    this.message = `The function returned ${what} instead of names of outputs. Return a list of them: "(r) => ['first']".`;
  }
}
