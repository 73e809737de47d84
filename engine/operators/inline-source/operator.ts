import type { Batch } from '../../batch/batch.ts';
import { InlineBytes, inlineRows } from '../../formats/inline-rows.ts';
import type { Refusal } from '../../formats/line-reader.ts';
import { RecordReader } from '../../formats/record-reader.ts';
import type { ReaderSnapshot } from '../../formats/record-reader.ts';
import { must } from '../../util/assert.ts';
import type { OperatorContext, OperatorSetup, PollLimit, PollStatus, SourceOperator } from '../operator.ts';
import { SourceWithoutSplit } from '../source-without-split.ts';
import type { InlineSourceConfig } from './definition.ts';

export function create(config: InlineSourceConfig, setup: OperatorSetup): SourceOperator {
  // As in Flink, a collection is read by one subtask.
  return setup.subtaskIndex === 0 ? new InlineSource(config, setup) : new SourceWithoutSplit('bytes');
}

/** Reads the rows like a file. */
class InlineSource implements SourceOperator {
  readonly #sizeBytes: number;
  readonly #reader: RecordReader;
  #context!: OperatorContext;

  constructor(config: InlineSourceConfig, setup: OperatorSetup) {
    const { bytes, format } = inlineRows(config.rows, config.format);
    this.#sizeBytes = bytes.length;
    const schema = setup.outputSchema('out');
    this.#reader = new RecordReader(new InlineBytes(bytes), { ...format, schema, sourceIndex: setup.sourceIndex, isOrdered: true });
  }

  get nextPosition(): number {
    return this.#reader.nextPosition;
  }

  get progress(): SourceOperator['progress'] {
    return { done: this.#reader.offset, total: this.#sizeBytes, unit: 'bytes' };
  }

  open(context: OperatorContext): void {
    this.#context = context;
  }

  poll(limit: PollLimit): PollStatus {
    return this.#reader.read(limit, this);
  }

  batch(batch: Batch): void {
    this.#context.output.collectBatch(batch);
  }

  /** The definition has read the rows before the run, so this does not happen to a document that was checked. */
  malformed({ line, reason, raw }: Refusal): void {
    this.#context.fail(`Row ${line} is malformed. ${reason}`, line, raw);
  }

  snapshot(): ReaderSnapshot {
    return this.#reader.snapshot();
  }

  restore(state: unknown): void {
    this.#reader.restore(must(state as ReaderSnapshot | null, 'the reading position of rows'));
  }
}
