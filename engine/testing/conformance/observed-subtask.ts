import { BatchBuilder } from '../../batch/batch-builder.ts';
import { Batch } from '../../batch/batch.ts';
import type { Row } from '../../batch/schema.ts';
import { MIN_WATERMARK, Marks } from '../../elements/marks.ts';
import type { StreamShape } from '../../operators/definition.ts';
import type { Fields } from '../../operators/fields.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { OperatorTestHarness, RecordFailure } from '../operator-test-harness.ts';
import type { Emitted, HarnessOptions, ReportedProblem } from '../operator-test-harness.ts';
import { elementsOf } from '../rows.ts';
import type { Element } from '../rows.ts';

/** Everything that can be seen of an operator from outside. */
export interface Observation {
  /** What left, by port, in order; the watermarks are among the records of `out`. */
  readonly ports: Readonly<Record<string, readonly Emitted[]>>;
  readonly delivered: readonly Row[];
  readonly problems: readonly ReportedProblem[];
  /** Position of the record that failed the job; nothing else is comparable then. */
  readonly failedAt: number | null;
}

/** An operator instance whose outputs are collected over restarts, as a subtask's are. */
export class ObservedSubtask<F extends Fields> {
  readonly #options: HarnessOptions<F>;
  readonly #ports: Record<string, Emitted[]> = {};
  readonly #delivered: Row[] = [];
  readonly #problems: ReportedProblem[] = [];
  #harness: OperatorTestHarness<F> | null = null;
  #mode: 'row' | 'batch';
  #emittedWatermark = MIN_WATERMARK;
  #lastWatermark: { readonly watermark: number; readonly origin: number } | null = null;
  #failedAt: number | null = null;

  constructor(options: HarnessOptions<F>) {
    this.#options = options;
    this.#mode = options.mode ?? 'row';
  }

  async open(snapshot?: KeyedStateSnapshot): Promise<this> {
    this.#harness = await new OperatorTestHarness({ ...this.#options, mode: this.#mode }).open(snapshot);
    return this;
  }

  process(element: Element): void {
    this.#attempt((harness) => {
      if ('record' in element) {
        harness.processElement(element.record, element.timestamp ?? Number.NaN, element.origin, element.input);
        return;
      }
      this.#lastWatermark = element;
      harness.processWatermark(element.watermark, element.origin);
    });
  }

  /** Ends the batch here. */
  cut(): void {
    if (this.#mode === 'batch') this.#attempt((harness) => harness.flush());
  }

  /** A batch without rows and marks arrives. */
  emptyBatch(): void {
    this.cut();
    this.#attempt((harness) => {
      if (this.#mode === 'batch') harness.operator.processBatch?.(emptyBatch(must(this.#options.inputs?.[0], 'an input')), 0);
    });
  }

  /** The watermark is announced once more. */
  repeatWatermark(): void {
    const last = this.#lastWatermark;
    if (last !== null) this.#attempt((harness) => harness.processWatermark(last.watermark, last.origin));
  }

  snapshot(): KeyedStateSnapshot | null {
    let snapshot: KeyedStateSnapshot | null = null;
    this.#attempt((harness) => {
      snapshot = harness.snapshot();
    });
    return snapshot;
  }

  /** Stops, and goes on from a snapshot in a new instance, in the same mode or the other. */
  async restart(mode: 'row' | 'batch'): Promise<void> {
    const snapshot = this.snapshot();
    if (snapshot === null) return;
    this.stop();
    this.#mode = mode;
    await this.open(snapshot);
    // The watermark is not state; upstream announces it again.
    this.repeatWatermark();
  }

  /** Goes on from where others stopped: state and watermark. */
  async takeOver(snapshot: KeyedStateSnapshot, watermark: Element | undefined): Promise<void> {
    await this.open(snapshot);
    if (watermark !== undefined) this.process(watermark);
  }

  /** Closes without ending the input. */
  stop(): void {
    this.#collect();
    this.#harness?.close();
    this.#collect();
    this.#harness = null;
  }

  /** Ends the input; true when nothing was emitted after that. */
  finish(): boolean {
    this.#attempt((harness) => harness.finish());
    this.#collect();
    const before = this.#count();
    this.#harness?.close();
    this.#collect();
    return this.#count() === before;
  }

  observation(): Observation {
    return { ports: this.#ports, delivered: this.#delivered, problems: this.#problems, failedAt: this.#failedAt };
  }

  #attempt(action: (harness: OperatorTestHarness<F>) => void): void {
    if (this.#failedAt !== null) return;
    try {
      action(must(this.#harness, 'an open subtask'));
    } catch (error) {
      if (!(error instanceof RecordFailure)) throw error;
      this.#failedAt = error.position;
    }
  }

  #count(): number {
    return Object.values(this.#ports).reduce((sum, emitted) => sum + emitted.length, this.#delivered.length);
  }

  #collect(): void {
    if (this.#failedAt !== null) return;
    this.#attempt((harness) => {
      for (const emitted of harness.drain()) this.#collectOne(emitted);
      for (const element of elementsOf(harness.delivered.splice(0))) if ('record' in element) this.#delivered.push(element.record);
      this.#problems.push(...harness.problems.splice(0));
    });
  }

  #collectOne(emitted: Emitted): void {
    if (emitted.kind === 'watermark') {
      // A new instance announces its watermark again; downstream has seen it.
      if (emitted.watermark <= this.#emittedWatermark) return;
      this.#emittedWatermark = emitted.watermark;
    }
    const port = emitted.kind === 'record' ? emitted.port : 'out';
    (this.#ports[port] ??= []).push(emitted);
  }
}

function emptyBatch(input: StreamShape): Batch {
  const builder = new BatchBuilder(input.schema, () => new Marks());
  builder.mark(0, 0, 0);
  const { schema, columns, timestamps, origins } = builder.build();
  return new Batch(schema, 0, columns, timestamps, origins, new Marks(), null, 0);
}
