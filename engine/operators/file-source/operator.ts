import type { Batch } from '../../batch/batch.ts';
import { originOf } from '../../elements/origin.ts';
import { FormatError } from '../../formats/format-error.ts';
import type { Refusal } from '../../formats/line-reader.ts';
import { RecordReader } from '../../formats/record-reader.ts';
import type { ReadLimit, RecordSink } from '../../formats/record-reader.ts';
import { must } from '../../util/assert.ts';
import { ParquetReader } from '../../formats/parquet/parquet-reader.ts';
import type { ByteInput, OperatorContext, OperatorSetup, Output, PollLimit, PollStatus, SourceOperator } from '../operator.ts';
import { SourceWithoutSplit } from '../source-without-split.ts';
import { MALFORMED_PORT } from './definition.ts';
import type { FileSourceConfig } from './definition.ts';

export function create(config: FileSourceConfig, setup: OperatorSetup): SourceOperator {
  // A file is one split, and the first subtask reads it.
  return setup.subtaskIndex === 0 ? new FileSource(config, setup) : new SourceWithoutSplit('bytes');
}

class FileSource implements SourceOperator {
  readonly #onMalformed: FileSourceConfig['onMalformed'];
  readonly #sourceIndex: number;
  readonly #input: ByteInput;
  /** What messages about the whole file begin with. */
  readonly #fileName: string;
  readonly #reader: FileReader;
  /** What a record is in the words of the format. */
  readonly #unit: 'Line' | 'Row';
  #context!: OperatorContext;
  #output!: Output;

  constructor(config: FileSourceConfig, setup: OperatorSetup) {
    this.#onMalformed = config.onMalformed;
    this.#sourceIndex = setup.sourceIndex;
    this.#input = setup.openInput(config.data);
    // A node is named after its file unless somebody has named it.
    this.#fileName = this.#input.name === undefined || this.#input.name === setup.name ? '' : `${this.#input.name}: `;
    this.#reader = readerOf(config, setup, this.#input);
    this.#unit = config.format === 'parquet' ? 'Row' : 'Line';
  }

  get nextPosition(): number {
    return this.#reader.nextPosition;
  }

  get progress(): SourceOperator['progress'] {
    return { done: this.#reader.offset, total: this.#input.sizeBytes, unit: 'bytes' };
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#output = context.output;
  }

  poll(limit: PollLimit): PollStatus {
    try {
      return this.#reader.read(limit, this);
    } catch (error) {
      if (error instanceof FormatError) return this.#context.fail(`${this.#fileName}${error.message}`, error.line, error.content);
      throw error;
    }
  }

  /** The reader's next records. */
  batch(batch: Batch): void {
    this.#output.collectBatch(batch);
  }

  /** The reader met a record it cannot read. */
  malformed({ line, reason, raw }: Refusal): void {
    if (this.#onMalformed === 'fail') this.#context.fail(`${this.#unit} ${line} is malformed. ${reason}`, line, raw);
    this.#context.report('malformed', line, reason, raw);
    if (this.#onMalformed === 'side-output') {
      this.#output.sideOutput(MALFORMED_PORT, { line, reason, raw }, Number.NaN, originOf(line, this.#sourceIndex));
    }
  }

  snapshot(): unknown {
    return this.#reader.snapshot();
  }

  restore(state: unknown): void {
    this.#reader.restore(must(state, 'the reading position of a file'));
  }
}

/** What the two kinds of files have in common: records line by line, and row groups of columns. */
interface FileReader {
  readonly nextPosition: number;
  readonly offset: number;
  read(limit: ReadLimit, sink: RecordSink): PollStatus;
  snapshot(): unknown;
  restore(state: unknown): void;
}

function readerOf(config: FileSourceConfig, setup: OperatorSetup, input: ByteInput): FileReader {
  const { format, delimiter, header } = config;
  const options = { schema: setup.outputSchema('out'), sourceIndex: setup.sourceIndex, isOrdered: config.onMalformed !== 'skip' };
  return format === 'parquet' ? new ParquetReader(input, options) : new RecordReader(input, { ...options, format, delimiter, header });
}
