import type { Row } from '../batch/schema.ts';
import type { Operator, OperatorContext, ProcessingTime } from '../operators/operator.ts';
import type { KeyedStateSnapshot } from '../state/snapshot.ts';
import { EMPTY_SCHEMA } from '../batch/schema.ts';
import type { WindowAssigner } from '../windows/assigners/window-assigner.ts';
import type { Evictor } from '../windows/evictors/evictor.ts';
import { LateRecords } from '../windows/late-records.ts';
import type { LateDataHandling } from '../windows/late-records.ts';
import { ListPanes } from '../windows/list-panes.ts';
import type { FiringPane, PaneFunction } from '../windows/pane-function.ts';
import type { Trigger } from '../windows/triggers/trigger.ts';
import { WindowOperator } from '../windows/window-operator.ts';
import { LATE_PORTS } from './join-windows.ts';

/** What a window of both streams holds, each side in order of arrival. */
export interface CoContents {
  readonly left: Row[];
  readonly right: Row[];
}

/** What is emitted for a window of both streams; one of the sides may be empty. */
export type CoFunction = (contents: CoContents, pane: FiringPane) => void;

export interface CoWindowParts {
  readonly assigner: WindowAssigner;
  readonly trigger: Trigger;
  /** Takes out records of either side, as if both were one stream. */
  readonly evictor: Evictor | null;
  readonly emit: CoFunction;
  readonly allowedLatenessMs: number;
  readonly lateData: LateDataHandling;
  readonly keyOf: (record: Row, input: number) => unknown;
  readonly keyGroupOf: (key: unknown) => number;
  readonly processingTime: ProcessingTime;
}

/** A record with its side, on its way through the windows. */
interface Tagged extends Row {
  readonly side: number;
  readonly record: Row;
}

/**
 * Two keyed streams in common windows, as Flink's `CoGroupedStreams`: records get the tag of their side and go through one window operator,
 * whose windows hold both.
 */
export class CoWindowOperator implements Operator {
  /** Only there when the windows follow processing time. */
  readonly processProcessingTime?: (time: number, origin: number) => void;
  readonly #windows: WindowOperator<unknown>;

  constructor(parts: CoWindowParts) {
    const { assigner, allowedLatenessMs, keyGroupOf, processingTime } = parts;
    const panes: PaneFunction<unknown> = parts.evictor === null ? new CoPanes(parts.emit) : listPanesOf(parts.emit, parts.evictor);
    const windows = new WindowOperator<unknown>({
      assigner,
      trigger: parts.trigger,
      panes,
      allowedLatenessMs: assigner.isEventTime ? allowedLatenessMs : 0,
      lateRecords: new LateRecords(parts.lateData, allowedLatenessMs),
      keyOf: (tagged) => parts.keyOf((tagged as Tagged).record, (tagged as Tagged).side),
      keyGroupOf,
      // Only batches need it, and this operator takes none.
      outputSchema: EMPTY_SCHEMA,
      processingTime,
    });
    this.#windows = windows;
    if (windows.processProcessingTime !== undefined) {
      this.processProcessingTime = (time, origin) => windows.processProcessingTime?.(time, origin);
    }
  }

  open(context: OperatorContext): void {
    this.#windows.open(withoutTags(context));
  }

  /** Keys that have state of any kind, and timers: for tests of memory. */
  get keyCount(): number {
    return this.#windows.keyCount;
  }

  get timerCount(): number {
    return this.#windows.timerCount;
  }

  processElement(record: Row, timestamp: number, origin: number, input: number): void {
    const tagged: Tagged = { side: input, record };
    this.#windows.processElement(tagged, timestamp, origin);
  }

  processWatermark(watermark: number, origin: number): void {
    this.#windows.processWatermark(watermark, origin);
  }

  snapshot(): KeyedStateSnapshot {
    return this.#windows.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    this.#windows.restore(snapshot);
  }
}

class CoPanes implements PaneFunction<CoContents> {
  readonly #emit: CoFunction;

  constructor(emit: CoFunction) {
    this.#emit = emit;
  }

  add(contents: CoContents | null, tagged: Row): CoContents {
    const { side, record } = tagged as Tagged;
    const held = contents ?? { left: [], right: [] };
    (side === 0 ? held.left : held.right).push(record);
    return held;
  }

  merge(into: CoContents, from: CoContents): CoContents {
    for (const record of from.left) into.left.push(record);
    for (const record of from.right) into.right.push(record);
    return into;
  }

  fire(contents: CoContents, pane: FiringPane): CoContents {
    this.#emit(contents, pane);
    return contents;
  }
}

/** With an evictor the records of both sides stay in one list, in order of arrival (Flink: a list of `TaggedUnion`). */
function listPanesOf(emit: CoFunction, evictor: Evictor): ListPanes {
  const process = (elements: readonly Row[], pane: FiringPane): void => {
    const ofSide = (side: number): Row[] =>
      elements.flatMap((tagged) => ((tagged as Tagged).side === side ? [(tagged as Tagged).record] : []));
    emit({ left: ofSide(0), right: ofSide(1) }, pane);
  };
  return new ListPanes({ process }, evictor);
}

/** Outside nobody knows of tags: problems show the record, and late records leave by the output of their side. */
function withoutTags(context: OperatorContext): OperatorContext {
  const { output } = context;
  return {
    output: {
      collect: (record, timestamp, origin) => output.collect(record, timestamp, origin),
      collectBatch: (batch) => output.collectBatch(batch),
      sideOutput: (_, tagged, timestamp, origin) => {
        const { side, record } = tagged as Tagged;
        output.sideOutput(side === 0 ? LATE_PORTS[0] : LATE_PORTS[1], record, timestamp, origin);
      },
      emitWatermark: (watermark, origin) => output.emitWatermark(watermark, origin),
      emitWatermarkStatus: (idle, origin) => output.emitWatermarkStatus(idle, origin),
    },
    deliver: (batch) => context.deliver(batch),
    report: (kind, position, reason, content) => context.report(kind, position, reason, untagged(content)),
    fail: (reason, position, content, cause, key) => context.fail(reason, position, untagged(content), cause, key),
  };
}

/** Undefined where no record is to blame. */
function untagged(content: unknown): unknown {
  return content === undefined ? undefined : (content as Tagged).record;
}
