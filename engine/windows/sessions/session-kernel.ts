import type { Batch } from '../../batch/batch.ts';
import type { Column } from '../../batch/column.ts';
import type { OperatorContext } from '../../operators/operator.ts';
import type { KeyedStateSnapshot } from '../../state/snapshot.ts';
import { must } from '../../util/assert.ts';
import { EventTimeCursor } from '../event-time-cursor.ts';
import type { StretchKernel } from '../event-time-cursor.ts';
import type { KernelParts } from '../kernel-parts.ts';
import { failWithoutTimestamp } from '../late-records.ts';
import { addRowToCells, mergeCells } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import type { PaneKeys } from '../panes/pane-keys.ts';
import { NOT_PENDING } from '../window-snapshot.ts';
import { DeadlineCalendar } from './deadline-calendar.ts';
import type { SessionLoop, SessionLoopInput } from './generate-session-loop.ts';
import { generateSessionLoop } from './generate-session-loop.ts';
import { SessionOutput } from './session-output.ts';
import { END, HEADER_CELLS, NO_SESSION, ORDER, SessionSlab, START } from './session-slab.ts';
import type { SessionSnapshot } from './session-snapshot.ts';
import { sessionsOf, SessionSnapshotWriter } from './session-snapshot.ts';

export interface SessionKernelParts extends KernelParts {
  /** Greater than 0. */
  readonly gapMs: number;
}

/** Sessions that are due come by the day, few at a time: so many moves each are worth it before they are sorted from scratch. */
const PATIENCE = 16;

/**
 * Sessions of event time over columns: the fast path beside `WindowOperator`, which is the specification. It serves a fixed gap, one key column, numeric
 * accumulators and the event-time trigger.
 *
 * A record within the open session of its key is added by a generated loop. All others (the first of a session, one that joins two, one behind, a late one) leave it
 * and are handled here. A session has no timer that moves with it: it is looked at when it would have ended as things stood, and again when it has grown since.
 */
export class SessionKernel implements StretchKernel {
  readonly #parts: SessionKernelParts;
  readonly #cells: readonly PlacedCell[];
  readonly #slab: SessionSlab;
  readonly #keys: PaneKeys;
  readonly #deadlines: DeadlineCalendar;
  readonly #loops = new Map<number, SessionLoop>();
  readonly #context: OperatorContext;
  readonly #output: SessionOutput;
  readonly #cursor: EventTimeCursor;
  #noNulls = new Uint8Array(0);
  /** Rank of the first live row of the batch in hand. */
  #order = 0;
  /** Of the batch in hand. */
  #loop: SessionLoop | null = null;
  #input: SessionLoopInput | null = null;

  constructor(parts: SessionKernelParts, context: OperatorContext) {
    const { cells, results } = parts.plan;
    this.#parts = parts;
    this.#cells = cells.map((cell) => ({ cell, columnIndex: parts.inputSchema.fields.findIndex((field) => field.name === cell.column) }));
    this.#slab = new SessionSlab(cells.map((cell) => must(cell.initial, 'the initial content of a numeric cell')));
    this.#deadlines = new DeadlineCalendar(parts.gapMs + parts.allowedLatenessMs);
    this.#keys = parts.newKeys(this.#slab);
    this.#context = context;
    this.#output = new SessionOutput(parts.outputSchema, results, this.#keys, context.output);
    this.#cursor = new EventTimeCursor(this.#output, context, parts.keyOf);
  }

  /** Key slots in use; some of their keys may have lost their state since. */
  get keyCount(): number {
    return this.#keys.slotCount;
  }

  get sessionCount(): number {
    return this.#slab.liveCount;
  }

  /** Deadlines waited for: one per session. */
  get deadlineCount(): number {
    return this.#deadlines.size;
  }

  get nextDeadline(): number {
    return this.#deadlines.next;
  }

  processBatch(batch: Batch): void {
    const keyColumn = must(batch.columns[this.#parts.keyColumnIndex], 'the key column');
    this.#keys.beginBatch(batch, keyColumn);
    this.#slab.reserve(this.#keys.slotCount);
    this.#loop = this.#loopFor(batch);
    this.#input = this.#loopInput(batch);
    this.#cursor.run(batch, keyColumn, this);
    this.#order += batch.selectedCount;
  }

  addRows(batch: Batch, from: number, to: number): number {
    const loop = must(this.#loop, 'the loop of the batch in hand');
    const input = must(this.#input, 'the input of the batch in hand');
    let j = from;
    while (j < to) {
      j = loop(this.#slab, batch, j, to, input);
      if (j >= to) break;
      const deadline = this.nextDeadline;
      this.#slowRow(batch, j++);
      if (this.nextDeadline < deadline) break;
    }
    return j;
  }

  fireDue(watermark: number, origin: number): void {
    const due = this.#takeDue(watermark);
    this.#putInOrder(due);
    this.#output.append(this.#slab, due, origin);
    for (const session of due) {
      this.#slab.pending[session] = 0;
      this.#slab.refreshOpen(this.#slab.slotOf[session] as number);
      this.#keepOrEnd(session, watermark);
    }
  }

  snapshot(): KeyedStateSnapshot {
    const slab = this.#slab;
    const writer = new SessionSnapshotWriter(this.#parts.allowedLatenessMs);
    for (let slot = 0; slot < slab.first.length; slot++) {
      const sessions: SessionSnapshot[] = [];
      for (let session = slab.first[slot] as number; session !== NO_SESSION; session = slab.previous[session] as number) {
        const at = session * slab.stride;
        sessions.unshift({
          start: slab.cells[at + START] as number,
          end: slab.cells[at + END] as number,
          order: slab.pending[session] === 1 ? (slab.cells[at + ORDER] as number) : NOT_PENDING,
          accumulator: Array.from(slab.cells.subarray(at + HEADER_CELLS, at + slab.stride)),
        });
      }
      if (sessions.length === 0) continue;
      const key = this.#keys.keyAt(slot);
      writer.add(this.#parts.keyGroupOf(key), key, sessions);
    }
    return writer.snapshot();
  }

  restore(snapshot: KeyedStateSnapshot): void {
    const slab = this.#slab;
    for (const { key, start, end, order, accumulator } of sessionsOf(snapshot)) {
      const slot = this.#keys.slotOfKey(key);
      slab.reserve(this.#keys.slotCount);
      const session = slab.begin(slot, start, end);
      slab.cells.set(accumulator, session * slab.stride + HEADER_CELLS);
      if (order !== NOT_PENDING) this.#await(session, this.#order++);
      slab.refreshOpen(slot);
      this.#arm(session, this.#deadlineOf(session));
    }
  }

  /** A row that is not within the open session of its key. */
  #slowRow(batch: Batch, j: number): void {
    const slab = this.#slab;
    const i = batch.rowAt(j);
    this.#cursor.forwardThrough(batch.marks, i);
    const timestamp = batch.timestamps[i] as number;
    if (Number.isNaN(timestamp)) {
      this.#output.flush();
      failWithoutTimestamp(this.#context, batch.recordAt(i), batch.origins[i] as number);
    }
    const slot = this.#keys.rowSlots[i] as number;
    const end = timestamp + this.#parts.gapMs;
    let session = this.#sessionMeeting(slot, timestamp, end);
    let isChanged = true;
    if (session !== NO_SESSION) isChanged = this.#grow(session, timestamp, end);
    else if (this.#isLate(end)) {
      this.#lateRow(batch, i, end);
      return;
    } else session = slab.begin(slot, timestamp, end);
    addRowToCells(slab.cells, session * slab.stride + HEADER_CELLS, this.#cells, batch, i);
    const isOver = (slab.cells[session * slab.stride + END] as number) - 1 <= this.#cursor.watermark;
    if (isOver) this.#output.append(slab, [session], batch.origins[i] as number);
    else if (isChanged || slab.pending[session] === 0) this.#await(session, this.#order + j);
    slab.refreshOpen(slot);
    this.#arm(session, this.#deadlineOf(session));
  }

  /** The earliest session of the key that overlaps or touches `[start, end)`; the next one may as well. */
  #sessionMeeting(slot: number, start: number, end: number): number {
    const { first, previous, cells, stride } = this.#slab;
    let met = NO_SESSION;
    for (let session = first[slot] as number; session !== NO_SESSION; session = previous[session] as number) {
      const at = session * stride;
      if ((cells[at + START] as number) <= end && (cells[at + END] as number) >= start) met = session;
      else if (met !== NO_SESSION) break;
    }
    return met;
  }

  /** Takes `[start, end)` into the session, and the sessions of its key that they then meet. False: it is as it was. */
  #grow(session: number, start: number, end: number): boolean {
    const slab = this.#slab;
    const { cells, stride } = slab;
    const at = session * stride;
    const formerStart = cells[at + START] as number;
    const formerEnd = cells[at + END] as number;
    cells[at + START] = Math.min(formerStart, start);
    cells[at + END] = Math.max(formerEnd, end);
    for (
      let next = this.#next(session);
      next !== NO_SESSION && (cells[next * stride + START] as number) <= end;
      next = this.#next(session)
    ) {
      cells[at + END] = Math.max(cells[at + END] as number, cells[next * stride + END] as number);
      mergeCells(cells, at + HEADER_CELLS, next * stride + HEADER_CELLS, this.#cells);
      this.#end(next);
    }
    return cells[at + START] !== formerStart || cells[at + END] !== formerEnd;
  }

  /** The session after it, of the same key. */
  #next(session: number): number {
    const { first, previous, slotOf } = this.#slab;
    let next = NO_SESSION;
    for (let at = first[slotOf[session] as number] as number; at !== session; at = previous[at] as number) next = at;
    return next;
  }

  /** From here on the session waits for its end. */
  #await(session: number, order: number): void {
    const slab = this.#slab;
    slab.cells[session * slab.stride + ORDER] = order;
    slab.pending[session] = 1;
  }

  #isLate(end: number): boolean {
    return end - 1 + this.#parts.allowedLatenessMs <= this.#cursor.watermark;
  }

  #lateRow(batch: Batch, i: number, end: number): void {
    const { lateRecords } = this.#parts;
    const timestamp = batch.timestamps[i] as number;
    if (lateRecords.leaveTrace) this.#output.flush();
    const window = { start: timestamp, end };
    lateRecords.handle(this.#context, batch.recordAt(i), timestamp, batch.origins[i] as number, window, this.#cursor.watermark);
  }

  /** The sessions that fire now, nearly in order. What else was to be looked at is seen to. */
  #takeDue(watermark: number): number[] {
    const slab = this.#slab;
    const due: number[] = [];
    this.#deadlines.takeUpTo(watermark, (session) => {
      const deadline = this.#deadlineOf(session);
      if (deadline > watermark) return deadline;
      if (slab.pending[session] === 1) due.push(session);
      else slab.end(session);
      return Number.POSITIVE_INFINITY;
    });
    return due;
  }

  /** By their ends; sessions that end together fire in the order in which they came to end then. */
  #putInOrder(due: number[]): void {
    const { cells, stride } = this.#slab;
    let patience = PATIENCE * due.length;
    for (let n = 1; n < due.length && patience > 0; n++) {
      const session = due[n] as number;
      let to = n;
      for (; to > 0 && isBefore(cells, session * stride, (due[to - 1] as number) * stride); to--) due[to] = due[to - 1] as number;
      due[to] = session;
      patience -= n - to;
    }
    if (patience <= 0) due.sort((a, b) => (isBefore(cells, a * stride, b * stride) ? -1 : 1));
  }

  #keepOrEnd(session: number, watermark: number): void {
    const deadline = this.#deadlineOf(session);
    if (deadline <= watermark) this.#end(session);
    else this.#arm(session, deadline);
  }

  /** Looks at the session no later than at its deadline. */
  #arm(session: number, deadline: number): void {
    this.#deadlines.ensure(this.#slab.capacity);
    if (this.#deadlines.timeOf(session) > deadline) this.#deadlines.set(session, deadline);
  }

  #end(session: number): void {
    this.#deadlines.remove(session);
    this.#slab.end(session);
  }

  /** When it fires; once it has, when it goes. */
  #deadlineOf(session: number): number {
    const { cells, stride, pending } = this.#slab;
    return (cells[session * stride + END] as number) - 1 + (pending[session] === 1 ? 0 : this.#parts.allowedLatenessMs);
  }

  #loopInput(batch: Batch): SessionLoopInput {
    if (this.#noNulls.length < batch.rowCount) this.#noNulls = new Uint8Array(batch.rowCount);
    return { rowSlots: this.#keys.rowSlots, noNulls: this.#noNulls, gapMs: this.#parts.gapMs, order: this.#order };
  }

  #loopFor(batch: Batch): SessionLoop {
    const selected = batch.selection !== null;
    const nulls = this.#cells.some(({ columnIndex }) => columnIndex >= 0 && (batch.columns[columnIndex] as Column).nulls !== null);
    const variant = (selected ? 1 : 0) + (nulls ? 2 : 0);
    let loop = this.#loops.get(variant);
    if (loop === undefined) {
      loop = generateSessionLoop(this.#cells, { selected, nulls }, `${this.#parts.uniqueName} sessions ${variant}`);
      this.#loops.set(variant, loop);
    }
    return loop;
  }
}

/** Which of two sessions, by the places of their cells, fires first. */
function isBefore(cells: Float64Array, a: number, b: number): boolean {
  const endA = cells[a + END] as number;
  const endB = cells[b + END] as number;
  return endA < endB || (endA === endB && (cells[a + ORDER] as number) < (cells[b + ORDER] as number));
}
