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
import { NO_SLOT } from '../panes/pane-keys.ts';
import { NOT_PENDING } from '../window-snapshot.ts';
import { DeadlineHeap } from './deadline-heap.ts';
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
  readonly #deadlines = new DeadlineHeap();
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

  /** Deadlines waited for: about one per session. */
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
    this.#orderTies(due);
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
      slab.end(next);
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

  /** The sessions that fire now, in order of their ends. What else was to be looked at is seen to. */
  #takeDue(watermark: number): number[] {
    const slab = this.#slab;
    const due: number[] = [];
    while (this.#deadlines.size > 0 && this.#deadlines.next <= watermark) {
      const time = this.#deadlines.next;
      const session = this.#deadlines.pop();
      slab.mentions[session] = (slab.mentions[session] as number) - 1;
      if (slab.slotOf[session] === NO_SLOT) slab.releaseIfUnmentioned(session);
      // Otherwise there was an earlier deadline, and it has been seen to.
      else if (slab.deadline[session] === time) {
        slab.deadline[session] = Number.POSITIVE_INFINITY;
        const deadline = this.#deadlineOf(session);
        if (deadline > time) this.#arm(session, deadline);
        else if (slab.pending[session] === 1) due.push(session);
        else slab.end(session);
      }
    }
    return due;
  }

  /** Sessions that end together fire in the order in which they came to end then. */
  #orderTies(due: number[]): void {
    const { cells, stride } = this.#slab;
    const endOf = (n: number): number => cells[(due[n] as number) * stride + END] as number;
    for (let from = 0, to = 1; from < due.length; from = to++) {
      const end = endOf(from);
      while (to < due.length && endOf(to) === end) to++;
      if (to - from === 1) continue;
      const tied = due.slice(from, to);
      tied.sort((a, b) => (cells[a * stride + ORDER] as number) - (cells[b * stride + ORDER] as number));
      for (let n = from; n < to; n++) due[n] = tied[n - from] as number;
    }
  }

  #keepOrEnd(session: number, watermark: number): void {
    const deadline = this.#deadlineOf(session);
    if (deadline <= watermark) this.#slab.end(session);
    else this.#arm(session, deadline);
  }

  /** Looks at the session no later than at its deadline. */
  #arm(session: number, deadline: number): void {
    const slab = this.#slab;
    if ((slab.deadline[session] as number) <= deadline) return;
    slab.deadline[session] = deadline;
    slab.mentions[session] = (slab.mentions[session] as number) + 1;
    this.#deadlines.push(deadline, session);
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
