import type { Column } from '../../batch/column.ts';
import type { Schema } from '../../batch/schema.ts';
import { BATCH_CAPACITY } from '../../batch/batch.ts';
import { WATERMARK, WATERMARK_STATUS } from '../../elements/marks.ts';
import type { MarkKind } from '../../elements/marks.ts';
import type { PairAnalysis } from '../../functions/pair-function.ts';
import { compileRecordReader as compilePrunedReader } from '../../functions/read-record.ts';
import { compileRecordReader } from '../../functions/record-reader.ts';
import type { RecordReader } from '../../functions/record-reader.ts';
import type { Output } from '../operator.ts';
import type { JoinLog, SideRecords } from './join-log.ts';
import { PairBuffer } from './pair-buffer.ts';
import type { PairSink } from './pair-output.ts';
import type { PairProcess } from './pair-process.ts';

/** Makes literals with the fields that the function uses of either side. */
export type PairReaders = readonly [RecordReader, RecordReader];

/** @param analysis Null: it gets whole records. */
export function pairReaders(analysis: PairAnalysis | null, [left, right]: readonly [Schema, Schema]): PairReaders {
  if (analysis === null) return [compileRecordReader(left), compileRecordReader(right)];
  return [compilePrunedReader(analysis.first, left), compilePrunedReader(analysis.second, right)];
}

/** Pairs that a process function takes, one by one. */
export class ProcessedPairs implements PairSink {
  readonly callsFunction = true;
  pairs = new PairBuffer(BATCH_CAPACITY);
  readonly #process: PairProcess;
  readonly #readers: PairReaders;
  readonly #log: JoinLog;
  readonly #output: Output;

  constructor(process: PairProcess, readers: PairReaders, log: JoinLog, output: Output) {
    this.#process = process;
    this.#readers = readers;
    this.#log = log;
    this.#output = output;
  }

  mark(kind: MarkKind, value: number, origin: number): void {
    this.flush();
    if (kind === WATERMARK) this.#output.emitWatermark(value, origin);
    else if (kind === WATERMARK_STATUS) this.#output.emitWatermarkStatus(value === 1, origin);
  }

  flush(): void {
    const { rows, origins, count } = this.pairs;
    if (count === 0) return;
    this.pairs.count = 0;
    const [left, right] = this.#log.sides;
    const [leftAt, rightAt] = [this.#readers[0](columnsOf(left)), this.#readers[1](columnsOf(right))];
    for (let p = 0; p < count; p++) {
      const leftRow = rows[2 * p] as number;
      const rightRow = rows[2 * p + 1] as number;
      const content = (): unknown => ({ left: left.recordAt(leftRow), right: right.recordAt(rightRow) });
      const pairTimes = { left: this.#log.timestampOf(0, leftRow), right: this.#log.timestampOf(1, rightRow) };
      this.#process.process(leftAt(leftRow), rightAt(rightRow), pairTimes, origins[p] as number, content);
    }
  }

  grow(): void {
    this.pairs = new PairBuffer(this.pairs.capacity * 2);
  }
}

/** They have the arrays of columns under the same names. */
function columnsOf({ columns }: SideRecords): readonly Column[] {
  return columns;
}
