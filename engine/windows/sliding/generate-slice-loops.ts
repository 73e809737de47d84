import type { Batch } from '../../batch/batch.ts';
import { updateCode } from '../panes/cell-code.ts';
import type { PlacedCell } from '../panes/generate-pane-loop.ts';
import type { RingStore } from './ring-store.ts';
import type { SliceStore } from './slice-store.ts';

/** Everything one call of the loop over rows needs besides store and batch. */
export interface SliceLoopInput {
  /** Key slot by physical row. */
  readonly rowSlots: Int32Array | Uint8Array;
  /** Zeros for the rows of a batch: null mask of a column without nulls. */
  readonly noNulls: Uint8Array;
  readonly slideMs: number;
  readonly offsetMs: number;
  /** Number of slice 0, counted from the offset. */
  readonly base: number;
}

/**
 * Adds live rows `[from, to)` of the batch to their slices and their keys to their windows, and returns how far it came: it stops at the first row whose slice is not
 * open or has fired, or whose key comes to be in a window before those that it is known to be in. Lists have room for all rows, and for every slot.
 */
export type WindowLoop<S> = (store: S, batch: Batch, from: number, to: number, input: SliceLoopInput) => number;

export interface SliceLoopVariant {
  /** The batch has a selection vector. */
  readonly selected: boolean;
  /** Some aggregated column of the batch has nulls. */
  readonly nulls: boolean;
}

/**
 * The first cell counts the records, so that 0 says that the key has none in the slice. No call and no slow path, see `generatePaneLoop`.
 *
 * Rows that follow one another in one slice are added first; then the keys that are new in the slice come to its windows. Whether a row's key is new is as good as
 * random where keys are many, so it is no branch. A key whose highest window is that which the slice is the first of has been in the slice.
 */
export function generateSliceLoop(cells: readonly PlacedCell[], variant: SliceLoopVariant, uniqueName: string): WindowLoop<SliceStore> {
  const { update, read, hoisted } = cellTexts(cells, variant);
  return loopOf<SliceStore>(uniqueName, 'slices', variant, {
    hoisted,
    slice: `const cells = store.slices[place], slots = store.touched[place];
    if (cells.length === 0) break;
    const before = store.touchedCounts[place], begin = j;`,
    row: `const at = ${cells.length === 1 ? 'slot' : `Math.imul(slot, ${cells.length})`};
      ${read}
      ${cells.map((placed, c) => update(placed, `cells[at + ${c}]`)).join('\n      ')}`,
    isNewBehind: `+(cells[Math.imul(slot, ${cells.length})] === 0)`,
    end: `store.touchedCounts[place] = count;
    store.recordCounts[place] += j - begin;`,
  });
}

/** As `generateSliceLoop`, with accumulators for every window: the row goes into all those of its key, which are one stretch of memory or two. */
export function generateRingLoop(cells: readonly PlacedCell[], variant: SliceLoopVariant, uniqueName: string): WindowLoop<RingStore> {
  const { update, read, hoisted } = cellTexts(cells, variant);
  const stride = cells.length;
  const addTo = (from: string, to: string): string => `for (let at = ${from}, stop = ${to}; at < stop; at += ${stride}) {
        ${cells.map((placed, c) => update(placed, `cells[at + ${c}]`)).join('\n        ')}
      }`;
  return loopOf<RingStore>(uniqueName, 'ring', variant, {
    hoisted: `${hoisted}\n  const cells = store.ring, slots = store.fresh, ringStride = (mask + 1) * ${stride};`,
    slice: `if (store.opened[place] === 0) break;
    const before = 0;
    const upTo = Math.min(place + span, mask + 1), rest = place + span - upTo;`,
    row: `const ring = Math.imul(slot, ringStride);
      ${read}
      ${addTo(`ring + place * ${stride}`, `ring + upTo * ${stride}`)}
      ${addTo('ring', `ring + rest * ${stride}`)}`,
    isNewBehind: '0',
    end: '',
  });
}

interface CellTexts {
  readonly update: (placed: PlacedCell, target: string) => string;
  readonly read: string;
  readonly hoisted: string;
}

function cellTexts(cells: readonly PlacedCell[], variant: SliceLoopVariant): CellTexts {
  const columns = [...new Set(cells.map(({ columnIndex }) => columnIndex).filter((index) => index >= 0))];
  const nullable = new Set(variant.nulls ? cells.filter(({ cell }) => cell.nullable).map(({ columnIndex }) => columnIndex) : []);
  return {
    update: ({ cell, columnIndex }, target) => {
      const guard = nullable.has(columnIndex) ? `if (n${columnIndex}[i] === 0) ` : '';
      return guard + updateCode(cell.kind, target, `x${columnIndex}`);
    },
    read: columns.map((c) => `const x${c} = v${c}[i];`).join(' '),
    hoisted: [
      ...columns.map((c) => `const v${c} = batch.columns[${c}].f64;`),
      ...[...nullable].map((c) => `const n${c} = batch.columns[${c}].nulls || input.noNulls;`),
    ].join('\n  '),
  };
}

/** What the loops of the two stores differ in. */
interface LoopParts {
  readonly hoisted: string;
  /** Leaves the loop unless `slice` is open; says `slots`, where new keys are collected, from `before` on. */
  readonly slice: string;
  /** Adds row `i` of `slot`. */
  readonly row: string;
  /** 1 when a key that is known in later windows has to be collected as well, before the row is added. */
  readonly isNewBehind: string;
  readonly end: string;
}

/** Below so many keys their windows are gone through key by key. */
const FEW_KEYS = 4;

/**
 * The keys `slots[before…count)` come to the windows from behind `former` up to `top`. How many those are is as good as random, so they are gone through window by window,
 * from the last one down, and keys that are in the next one already are left behind without a branch.
 */
const LISTING = `let window = top, waitingCount = count - before;
    if (waitingCount > ${FEW_KEYS}) {
      const at = window & mask;
      let end = ends[at];
      waitingCount = 0;
      for (let n = before; n < count; n++) {
        const slot = slots[n], known = former[n];
        order[end] = slot;
        end += +(known < window);
        waiting[waitingCount] = slot;
        former[waitingCount] = known;
        waitingCount += +(known < window - 1);
      }
      ends[at] = end;
      window--;
    } else {
      for (let n = 0; n < waitingCount; n++) {
        waiting[n] = slots[before + n];
        former[n] = former[before + n];
      }
    }
    for (; waitingCount > ${FEW_KEYS} && window >= slice; window--) {
      const at = window & mask;
      let end = ends[at], left = 0;
      for (let n = 0; n < waitingCount; n++) {
        const slot = waiting[n], known = former[n];
        order[end++] = slot;
        waiting[left] = slot;
        former[left] = known;
        left += +(known < window - 1);
      }
      ends[at] = end;
      waitingCount = left;
    }
    for (let n = 0; n < waitingCount; n++) {
      const slot = waiting[n];
      let from = former[n] + 1;
      if (from < slice) {
        from = slice;
        connected[slot] = slice;
      }
      for (; from <= window; from++) {
        const at = from & mask, end = ends[at];
        order[end] = slot;
        ends[at] = end + 1;
      }
    }`;

function loopOf<S>(uniqueName: string, what: string, variant: SliceLoopVariant, parts: LoopParts): WindowLoop<S> {
  const row = variant.selected ? 'selection[j]' : 'j';
  const body = `
'use strict';
/* ${uniqueName.replaceAll(/[^\w -]/g, '_')}, ${what} */
return function addRows(store, batch, from, to, input) {
  const highest = store.highest, connected = store.connected, mask = store.mask, first = store.fired + 1, span = store.span;
  const order = store.order, ends = store.ends, former = store.former, waiting = store.waiting;
  const rowSlots = input.rowSlots, slide = input.slideMs, offset = input.offsetMs, base = input.base, timestamps = batch.timestamps;
  ${variant.selected ? 'const selection = batch.selection;' : ''}
  ${parts.hoisted}
  let j = from;
  let goesOn = true;
  while (goesOn && j < to) {
    const number = Math.floor((timestamps[${row}] - offset) / slide);
    // Numbers of what is very late do not fit into 32 bits.
    if (!(number - base >= first)) break;
    const slice = number - base | 0, place = slice & mask, top = slice + span - 1;
    const start = number * slide + offset, end = start + slide;
    ${parts.slice}
    let count = before;
    for (; j < to; j++) {
      const i = ${row};
      const t = timestamps[i];
      if (!(t >= start && t < end)) break;
      const slot = rowSlots[i], known = highest[slot];
      slots[count] = slot;
      if (known > top) {
        if (slice < connected[slot]) {
          goesOn = false;
          break;
        }
        former[count] = top;
        count += ${parts.isNewBehind};
      } else {
        former[count] = known;
        count += +(known < top);
        highest[slot] = top;
      }
      ${parts.row}
    }
    ${parts.end}
    ${LISTING}
  }
  return j;
};`;
  return new Function(body)() as WindowLoop<S>;
}
