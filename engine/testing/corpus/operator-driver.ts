import type { Row } from '../../batch/schema.ts';
import { MIN_WATERMARK } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import type { Operator, OperatorContext, ProcessingTime } from '../../operators/operator.ts';
import { copyValue } from '../../state/copy-value.ts';
import { must } from '../../util/assert.ts';
import { elementsOf } from '../rows.ts';
import type { Actual, HarnessDriver } from './harness-script.ts';

export type OperatorFactory = (processingTime: ProcessingTime) => Operator | Promise<Operator>;

/**
 * Plays harness steps to an operator with one watermark: of its inputs the smallest, as the valve before it would give. Records that are
 * reported as late count as dropped unless they are also sent to a side output.
 */
export class OperatorDriver implements HarnessDriver {
  readonly #factory: OperatorFactory;
  /** Everything arrives when the steps say, whatever its origin. */
  readonly #processingTime: ProcessingTime = { at: () => this.#now, originAt: () => this.#origin() };
  #now = 0;
  readonly #inputWatermarks: number[];
  readonly #inputIsIdle: boolean[];
  #operator: Operator | null = null;
  #emitted: Actual[] = [];
  #watermark = MIN_WATERMARK;
  #position = 0;
  #late = 0;
  #lateSideOutputs = 0;

  constructor(factory: OperatorFactory, inputs = 1) {
    this.#factory = factory;
    this.#inputWatermarks = Array.from({ length: inputs }, () => MIN_WATERMARK);
    this.#inputIsIdle = Array.from({ length: inputs }, () => false);
  }

  async open(): Promise<this> {
    this.#operator = await this.#factory(this.#processingTime);
    this.#operator.open(this.#context());
    this.#announceTime();
    return this;
  }

  get operator(): Operator {
    return must(this.#operator, 'an open operator');
  }

  element(value: Row, timestamp: number, input: number): void {
    this.#position++;
    this.operator.processElement(value, timestamp, this.#origin(), input);
  }

  watermark(watermark: number, input: number): void {
    this.#inputWatermarks[input] = Math.max(watermark, this.#inputWatermarks[input] ?? MIN_WATERMARK);
    this.#inputIsIdle[input] = false;
    this.#advanceWatermark();
  }

  /** To the smallest of the inputs that are active. */
  #advanceWatermark(): void {
    const active = this.#inputWatermarks.filter((_, input) => this.#inputIsIdle[input] !== true);
    const combined = active.length === 0 ? MIN_WATERMARK : Math.min(...active);
    if (combined <= this.#watermark) return;
    this.#watermark = combined;
    if (this.operator.processWatermark === undefined) this.#emitted.push({ kind: 'watermark', watermark: combined });
    else this.operator.processWatermark(combined, this.#origin());
  }

  processingTime(time: number): void {
    this.#now = Math.max(this.#now, time);
    this.#announceTime();
  }

  async snapshotAndRestore(): Promise<void> {
    const snapshot = copyValue(must(this.operator.snapshot?.(), 'a snapshot'));
    this.operator.close?.();
    const operator = await this.#factory(this.#processingTime);
    must(operator.restore, 'restore').call(operator, snapshot);
    operator.open(this.#context());
    this.#operator = operator;
    this.#announceTime();
    this.#watermark = MIN_WATERMARK;
    this.#inputWatermarks.fill(MIN_WATERMARK);
    this.#inputIsIdle.fill(false);
  }

  status(status: string, input: number): void {
    const isIdle = status === 'IDLE';
    const wasIdle = this.#inputIsIdle.every(Boolean);
    this.#inputIsIdle[input] = isIdle;
    this.#advanceWatermark();
    // Of several inputs only what they are together passes; a single one is not asked again.
    if (this.#inputIsIdle.length > 1 && wasIdle === this.#inputIsIdle.every(Boolean)) return;
    if (this.operator.processWatermarkStatus === undefined) this.#emitted.push({ kind: 'status', status });
    else this.operator.processWatermarkStatus(isIdle, this.#origin());
  }

  endInput(): void {
    this.operator.finish?.();
  }

  lateRecordsDropped(): number {
    return this.#late - this.#lateSideOutputs;
  }

  drain(): readonly Actual[] {
    this.operator.flush?.();
    const emitted = this.#emitted;
    this.#emitted = [];
    return emitted;
  }

  #announceTime(): void {
    this.operator.processProcessingTime?.(this.#now, this.#origin());
  }

  #origin(): number {
    return originOf(this.#position, 0);
  }

  #context(): OperatorContext {
    return {
      output: {
        collect: (value, timestamp) => this.#emitted.push({ kind: 'record', port: 'out', value, timestamp }),
        collectBatch: (batch) => {
          for (const element of elementsOf([batch])) {
            if ('watermark' in element) this.#emitted.push({ kind: 'watermark', watermark: element.watermark });
            else this.#emitted.push({ kind: 'record', port: 'out', value: element.record, timestamp: element.timestamp ?? Number.NaN });
          }
        },
        sideOutput: (port, value, timestamp) => {
          if (port === 'late') this.#lateSideOutputs++;
          this.#emitted.push({ kind: 'record', port, value, timestamp });
        },
        emitWatermark: (watermark) => this.#emitted.push({ kind: 'watermark', watermark }),
        emitWatermarkStatus: (idle) => this.#emitted.push({ kind: 'status', status: idle ? 'IDLE' : 'ACTIVE' }),
      },
      deliver: () => {
        throw new Error('an operator under test is no sink');
      },
      report: (kind) => {
        if (kind === 'late') this.#late++;
      },
      fail: (reason) => {
        throw new Error(reason);
      },
    };
  }
}
