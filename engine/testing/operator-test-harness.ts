import { BatchBuilder } from '../batch/batch-builder.ts';
import type { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { MIN_WATERMARK, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import { originOf } from '../elements/origin.ts';
import { ArrivalClock } from '../elements/processing-time.ts';
import type { OperatorDefinition, StreamShape } from '../operators/definition.ts';
import { defaultConfig } from '../operators/fields.ts';
import type { Fields } from '../operators/fields.ts';
import type {
  ByteInput,
  Operator,
  OperatorContext,
  OperatorSetup,
  Output,
  PollLimit,
  PollStatus,
  RecordProblemKind,
  SourceOperator,
} from '../operators/operator.ts';
import type { OperatorStateSnapshot } from '../state/operator-state-backend.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { assert, must } from '../util/assert.ts';
import { poison } from './poison-returned-memory.ts';

export type Emitted =
  | { readonly kind: 'record'; readonly port: string; readonly value: Row; readonly timestamp: number; readonly origin: number }
  | { readonly kind: 'watermark'; readonly watermark: number; readonly origin: number };

export interface ReportedProblem {
  readonly kind: RecordProblemKind;
  readonly position: number;
  readonly reason: string;
  readonly content: unknown;
}

/** Thrown by `context.fail` in tests: carries what the runtime would put into the job's error. */
export class RecordFailure extends Error {
  readonly position: number;
  readonly content: unknown;
  readonly thrown: unknown;

  constructor(reason: string, position: number, content: unknown, thrown: unknown) {
    super(reason);
    this.name = 'RecordFailure';
    this.position = position;
    this.content = content;
    this.thrown = thrown;
  }
}

export interface HarnessOptions<F extends Fields> {
  readonly definition: OperatorDefinition<F>;
  /** Merged over the defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly StreamShape[];
  /** `row` drives the specification path, `batch` the columnar one (rows are buffered until `flush` or `drain`). */
  readonly mode?: 'row' | 'batch';
  readonly parallelism?: number;
  readonly subtaskIndex?: number;
  readonly maxParallelism?: number;
  readonly seed?: number;
  readonly autoWatermarkIntervalMs?: number;
  /** Processing time between two positions; 1 unless given. */
  readonly arrivalIntervalMs?: number;
  /** What `openInput` returns, by data id. */
  readonly data?: Readonly<Record<string, ByteInput>>;
}

/**
 * One operator instance, driven by hand, in the manner of Flink's `OneInputStreamOperatorTestHarness`: real operator, literal rows in,
 * everything that came out compared. Origins are the running number of the element (position 1, 2, 3 …) unless given.
 */
export class OperatorTestHarness<F extends Fields> {
  readonly problems: ReportedProblem[] = [];
  readonly delivered: Batch[] = [];
  /** Changes of the watermark status that were emitted, each with what came right before it. */
  readonly statuses: { readonly idle: boolean; readonly origin: number; readonly after: Emitted | null }[] = [];
  readonly #options: HarnessOptions<F>;
  readonly #outputs: Readonly<Record<string, Schema>>;
  #operator: Operator | SourceOperator | null = null;
  #emitted: Emitted[] = [];
  #watermark = MIN_WATERMARK;
  #isIdle = false;
  #position = 0;
  /** By input. */
  readonly #builders: BatchBuilder[] = [];
  /** The input that is being filled. */
  #input = 0;
  readonly #clock: ArrivalClock;
  #now = Number.NEGATIVE_INFINITY;

  constructor(options: HarnessOptions<F>) {
    this.#options = options;
    this.#clock = new ArrivalClock(options.arrivalIntervalMs ?? 1);
    const config = this.#config();
    const shapes = options.definition.shapes(config, options.inputs ?? []);
    const errors = shapes.problems.filter((problem) => problem.severity === 'error');
    assert(errors.length === 0, () => `the configuration under test is valid: ${errors.map((e) => e.message).join(' ')}`);
    this.#outputs = Object.fromEntries(Object.entries(shapes.ports).map(([port, shape]) => [port, shape.schema]));
  }

  async open(restoreFrom?: KeyedStateSnapshot): Promise<this> {
    const load = must(this.#options.definition.load, 'a runtime of the operator under test');
    const module = await load();
    const operator = module.create(this.#config(), this.#setup());
    if (restoreFrom !== undefined) must((operator as Operator).restore, 'restore').call(operator, restoreFrom);
    operator.open(this.#context());
    this.#operator = operator;
    return this;
  }

  /** `input` counts from 0. Batch mode: a batch holds elements of one input, so another input ends it. */
  processElement(record: Row, timestamp = Number.NaN, origin = originOf(++this.#position, 0), input = 0): this {
    if (this.#isBatched) {
      if (input !== this.#input) this.flush();
      this.#input = input;
      const builder = this.#builder();
      builder.append(record, timestamp, origin);
      if (builder.isFull) this.flush();
      return this;
    }
    this.#arrive(origin);
    this.operator.processElement(record, timestamp, origin, input);
    return this;
  }

  processWatermark(watermark: number, origin = originOf(this.#position, 0)): this {
    if (this.#isBatched) this.#builder().mark(WATERMARK, watermark, origin);
    else {
      this.#arrive(origin);
      this.#watermarkByRow(watermark, origin);
    }
    return this;
  }

  /** The processing-time clock rises to `time`, as if an element of `origin` were about to come. */
  processProcessingTime(time: number, origin = this.#clock.originAt(time)): this {
    this.#now = Math.max(time, this.#now);
    this.operator.processProcessingTime?.(this.#now, origin);
    return this;
  }

  /** Batch mode: sends what is buffered as one batch. A test calls it at random places. */
  flush(): this {
    const builder = this.#builders[this.#input];
    if (builder === undefined || builder.isEmpty) return this;
    const batch = builder.build();
    const operator = this.operator;
    assert(operator.processBatch !== undefined, 'an operator under test in batch mode has processBatch');
    operator.processBatch(batch, this.#input);
    if (operator.consumesBatches === true) poison([batch.columns, batch.timestamps, batch.origins, batch.marks]);
    return this;
  }

  poll(limit: Partial<PollLimit> = {}): PollStatus {
    return this.source.poll({
      endPosition: limit.endPosition ?? Number.POSITIVE_INFINITY,
      maxRecords: limit.maxRecords ?? Number.POSITIVE_INFINITY,
    });
  }

  finish(): this {
    this.flush();
    this.operator.finish?.();
    this.operator.flush?.();
    return this;
  }

  close(): void {
    this.#operator?.close?.();
    this.#operator = null;
  }

  snapshot(): KeyedStateSnapshot {
    this.flush();
    return structuredCloneOf(must(this.operator.snapshot, 'snapshot').call(this.operator));
  }

  /** Everything emitted since the last call, in order. */
  drain(): Emitted[] {
    this.flush();
    // A closed operator may still be asked for what it emitted before.
    if (this.#operator !== null && 'processElement' in this.#operator) this.#operator.flush?.();
    const emitted = this.#emitted;
    this.#emitted = [];
    return emitted;
  }

  /** The records of `drain`, values only, of one port. */
  drainValues(port = 'out'): Row[] {
    return this.drain().flatMap((e) => (e.kind === 'record' && e.port === port ? [e.value] : []));
  }

  get operator(): Operator {
    return must(this.#operator, 'an open operator') as Operator;
  }

  get source(): SourceOperator {
    return must(this.#operator, 'an open operator') as SourceOperator;
  }

  #watermarkByRow(watermark: number, origin: number): void {
    if (this.operator.processWatermark === undefined) this.#emitWatermark(watermark, origin);
    else this.operator.processWatermark(watermark, origin);
  }

  /** As in the runtime: an operator that follows processing time gets its elements one by one. */
  get #isBatched(): boolean {
    return this.#options.mode === 'batch' && this.operator.processProcessingTime === undefined;
  }

  #arrive(origin: number): void {
    if (this.operator.processProcessingTime !== undefined) this.processProcessingTime(this.#clock.at(origin), origin);
  }

  #builder(): BatchBuilder {
    const input = this.#input;
    return (this.#builders[input] ??= new BatchBuilder(must(this.#options.inputs?.[input], 'an input').schema, () => new Marks()));
  }

  #config(): never {
    return { ...defaultConfig(this.#options.definition.fields), ...this.#options.config } as never;
  }

  #setup(): OperatorSetup {
    const options = this.#options;
    return {
      nodeId: 'under-test',
      name: options.definition.title,
      subtaskIndex: options.subtaskIndex ?? 0,
      parallelism: options.parallelism ?? 1,
      maxParallelism: options.maxParallelism ?? 128,
      inputs: options.inputs ?? [],
      outputSchema: (port) => must(this.#outputs[port], `output port ${port}`),
      sourceIndex: options.subtaskIndex ?? 0,
      seed: options.seed ?? 1,
      processingTime: this.#clock,
      autoWatermarkIntervalMs: options.autoWatermarkIntervalMs ?? 200,
      openInput: (dataId) => must(options.data?.[dataId], `data ${dataId}`),
      fused: options.mode === 'batch',
    };
  }

  #context(): OperatorContext {
    const output: Output = {
      collect: (value, timestamp, origin) => this.#emitted.push({ kind: 'record', port: 'out', value, timestamp, origin }),
      collectBatch: (batch) => this.#emitBatch(batch),
      sideOutput: (port, value, timestamp, origin) => this.#emitted.push({ kind: 'record', port, value, timestamp, origin }),
      emitWatermark: (watermark, origin) => this.#emitWatermark(watermark, origin),
      emitWatermarkStatus: (idle, origin) => this.#emitStatus(idle, origin),
    };
    return {
      output,
      deliver: (batch) => {
        this.delivered.push(batch);
      },
      report: (kind, position, reason, content) => {
        this.problems.push({ kind, position, reason, content });
      },
      fail: (reason, position, content, cause) => {
        throw new RecordFailure(reason, position, content, cause);
      },
    };
  }

  #emitBatch(batch: Batch): void {
    let mark = 0;
    const marksUpTo = (row: number): void => {
      for (; mark < batch.marks.count && (batch.marks.positions[mark] as number) <= row; mark++) {
        const value = batch.marks.values[mark] as number;
        const origin = batch.marks.origins[mark] as number;
        if (batch.marks.kinds[mark] === WATERMARK) this.#emitWatermark(value, origin);
        else if (batch.marks.kinds[mark] === WATERMARK_STATUS) this.#emitStatus(value === 1, origin);
      }
    };
    for (let j = 0; j < batch.selectedCount; j++) {
      const i = batch.rowAt(j);
      marksUpTo(i);
      this.#emitted.push({
        kind: 'record',
        port: 'out',
        value: batch.recordAt(i),
        timestamp: batch.timestamps[i] as number,
        origin: batch.origins[i] as number,
      });
    }
    marksUpTo(Number.POSITIVE_INFINITY);
  }

  #emitWatermark(watermark: number, origin: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    this.#emitted.push({ kind: 'watermark', watermark, origin });
  }

  #emitStatus(idle: boolean, origin: number): void {
    if (idle === this.#isIdle) return;
    this.#isIdle = idle;
    this.statuses.push({ idle, origin, after: this.#emitted.at(-1) ?? null });
  }
}

/** A snapshot must survive what storage does to it; Maps are the only non-JSON thing in it. */
function structuredCloneOf(snapshot: KeyedStateSnapshot): KeyedStateSnapshot {
  const keyGroups = new Map<number, readonly unknown[]>();
  for (const [group, entries] of snapshot.keyGroups) keyGroups.set(group, clone(entries) as unknown[]);
  const operatorState =
    snapshot.operatorState === undefined ? {} : { operatorState: clone(snapshot.operatorState) as OperatorStateSnapshot };
  const copy = { version: snapshot.version, keyGroups, ...operatorState };
  return snapshot.operator === undefined ? copy : { ...copy, operator: clone(snapshot.operator) };
}

function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (value instanceof Float64Array) return value.slice();
  if (value instanceof Int32Array) return value.slice();
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [clone(k), clone(v)]));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, clone(v)]));
  return value;
}
