import type { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';
import { compileKernel, hoistColumns, loopThatLeaves } from './kernel-code.ts';
import type { LeaveCode } from './kernel-code.ts';
import type { OutputColumn } from './output-column.ts';

/**
 * What an operator does with the rows of a batch, in a form that several operators of a chain can share one generated function. It is
 * about batches that hold nothing special: no nulls in the columns that are used, no exception, whole timestamps. Whenever something else
 * turns up, everything is undone and the operators process the batch one after the other; so each of them remains its own specification.
 */
export type FusionStage = TimeStage | SelectStage | ProjectStage;

/** Assigns event time from a column of whole milliseconds and makes watermarks. Batches that bring marks are not for it. */
export interface TimeStage {
  readonly kind: 'time';
  readonly column: number;
  /** Returns the timestamp up to which (exclusively) nobody has to look at a row. */
  begin(batch: Batch): number;
  /**
   * Row `from` is the first of the live rows `[from, to)` of the batch that is not below that timestamp; those before it are positive and whole.
   * Rows are observed in order. Returns the timestamp that holds from now on; NaN: the batch is not for this stage.
   */
  observe(from: number, to: number): number;
  /** Forgets what it observed since `begin`. */
  undo(): void;
  /** The batch of `begin` with timestamps and watermarks. */
  result(): Batch;
}

/** Keeps some of the rows. */
export interface SelectStage {
  readonly kind: 'select';
  readonly code: StageCode;
  /** Room for the rows it will keep of a batch with `count` live rows. */
  begin(count: number): Int32Array;
  /** The batch that goes on, if any does: `kept`, from `begin`, holds `count` rows. */
  result(batch: Batch, kept: Int32Array, count: number): Batch | null;
}

/** Makes new columns: it is the last of its function. */
export interface ProjectStage {
  readonly kind: 'project';
  readonly code: StageCode;
  begin(rowCount: number): readonly OutputColumn[];
  result(batch: Batch): Batch;
}

/** Names as in `KernelInput`; the version for columns without nulls. */
export interface StageCode {
  /** Columns that the text reads. */
  readonly columns: readonly number[];
  /** Before the loops. */
  readonly hoisted: string;
  /** For row `i`: an expression that is 1 or 0 (select), or statements (project). */
  readonly text: string;
  /** What statements leave for a place outside of their loop. */
  readonly leave?: LeaveCode | null;
  /** What the text calls by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** The text may stand for rows that are not kept as well: it cannot throw, has no effect, and takes next to no time. */
  readonly isSpeculative: boolean;
}

/** Rows that go through all stages before the next ones do: their columns stay in the nearest cache. */
const CHUNK_ROWS = 512;
/** Below this a shared function takes longer to get going than it saves, and jobs of a few records need not compile one. */
export const MIN_FUSED_ROWS = 64;
/** Returned when a batch is not for this function. */
const REFUSED = -1;

type FusedLoop = (
  columns: readonly Column[],
  selection: Int32Array | null,
  count: number,
  due: number,
  time: TimeStage | null,
  kept: readonly Int32Array[],
  keptCounts: Int32Array,
  outputs: readonly OutputColumn[],
  enter: (stage: number) => void,
) => number;

/** Consecutive stages as one generated function over batches, kept for the life of the job. */
export class FusedKernel {
  readonly #stages: readonly FusionStage[];
  readonly #schema: Schema;
  readonly #time: TimeStage | null;
  readonly #selects: readonly SelectStage[];
  readonly #project: ProjectStage | null;
  readonly #columns: readonly number[];
  readonly #enter: (stage: number) => void;
  readonly #loops: (FusedLoop | null)[] = [null, null];
  readonly #keptCounts: Int32Array;
  readonly #kept: Int32Array[];

  /**
   * @param stages Time first and projection last, if they are there. `schema` is what all of them read.
   * @param enter Called before rows are processed by a stage, by its number.
   */
  constructor(stages: readonly FusionStage[], schema: Schema, enter: (stage: number) => void) {
    this.#stages = stages;
    this.#schema = schema;
    this.#time = stages.find((stage) => stage.kind === 'time') ?? null;
    this.#selects = stages.filter((stage) => stage.kind === 'select');
    this.#project = stages.find((stage) => stage.kind === 'project') ?? null;
    this.#columns = [...new Set(stages.flatMap((stage) => (stage.kind === 'time' ? [stage.column] : stage.code.columns)))];
    this.#enter = enter;
    this.#keptCounts = new Int32Array(this.#selects.length);
    this.#kept = this.#selects.map(() => new Int32Array(0));
  }

  /**
   * What each stage emits, as long as there is something to emit. Null: the batch is not for this function, and it is as if it had
   * not been here.
   */
  run(batch: Batch): readonly Batch[] | null {
    if (!this.#fits(batch) || !this.#loop(batch)) return null;
    const results: Batch[] = [];
    let last: Batch | null = batch;
    for (let s = 0, k = 0; s < this.#stages.length && last !== null; s++) {
      const stage = this.#stages[s] as FusionStage;
      if (stage.kind === 'time') last = stage.result();
      else if (stage.kind === 'project') last = stage.result(last);
      else {
        last = stage.result(last, this.#kept[k] as Int32Array, this.#keptCounts[k] as number);
        k++;
      }
      if (last !== null) results.push(last);
    }
    return results;
  }

  #fits(batch: Batch): boolean {
    if (batch.selectedCount < MIN_FUSED_ROWS || (this.#time !== null && batch.marks.count > 0)) return false;
    for (let k = 0; k < this.#columns.length; k++) if (batch.columns[this.#columns[k] as number]?.nulls !== null) return false;
    return true;
  }

  /** False: something turned up that the function does not know; nothing has happened. */
  #loop(batch: Batch): boolean {
    const { columns, selection, selectedCount, rowCount } = batch;
    const version = selection === null ? 0 : 1;
    const loop = (this.#loops[version] ??= this.#generate(selection !== null));
    const due = this.#time?.begin(batch) ?? 0;
    for (let k = 0; k < this.#selects.length; k++) this.#kept[k] = (this.#selects[k] as SelectStage).begin(selectedCount);
    const outputs = this.#project?.begin(rowCount) ?? [];
    try {
      if (loop(columns, selection, selectedCount, due, this.#time, this.#kept, this.#keptCounts, outputs, this.#enter) !== REFUSED)
        return true;
    } catch {
      // Whatever it was: the operators meet it again, and each knows what to do about its own errors.
    }
    this.#time?.undo();
    return false;
  }

  #generate(withSelection: boolean): FusedLoop {
    const codes = this.#stages.flatMap((stage) => (stage.kind === 'time' ? [] : [stage.code]));
    const globals = Object.assign({}, ...codes.map((code) => code.globals)) as Record<string, unknown>;
    const text = `return (columns, selection, count, due, time, kept, keptCounts, outputs, enter) => {
${hoistColumns({ schema: this.#schema, withNulls: false }, this.#columns)}
${codes.map(({ hoisted }) => hoisted).join('\n')}
${this.#selects.map((_, k) => `const k${k} = kept[${k}]; let m${k} = 0;`).join('\n')}
for (let from = 0; from < count; from += ${CHUNK_ROWS}) {
  const to = Math.min(count, from + ${CHUNK_ROWS});
${this.#phases(withSelection)}
}
${this.#selects.map((_, k) => `keptCounts[${k}] = m${k};`).join('\n')}
return count;
};`;
    return compileKernel<FusedLoop>(Object.keys(globals), text, Object.values(globals));
  }

  /**
   * One loop per stage over the rows of a chunk; time goes along with the first of them, and a projection that is cheap with the last selection: to
   * compute a value in vain costs less than to come back for it.
   */
  #phases(withSelection: boolean): string {
    let rows: RowsText = { from: 'from', to: 'to', row: withSelection ? 'selection[j]' : 'j' };
    let time = this.#time === null ? NO_LOOP : timeCode(this.#time.column);
    const along = this.#selects.length > 0 && this.#project?.code.isSpeculative === true ? this.#project.code.text : '';
    let k = 0;
    const phases: string[] = [];
    for (const [s, stage] of this.#stages.entries()) {
      if (stage.kind === 'time') continue;
      phases.push(`  enter(${s});`);
      if (stage.kind === 'project') {
        const body = along === '' ? stage.code.text : '';
        if (time !== NO_LOOP || body !== '')
          phases.push(loopOver(rows, { ...time, body: `${time.body}\n    ${body}`, leave: stage.code.leave ?? null }));
      } else {
        const isLast = k === this.#selects.length - 1;
        const select = `k${k}[m${k}] = i; m${k} = (m${k} + ((${stage.code.text}) | 0)) | 0;`;
        const body = [time.body, select, isLast ? along : ''].join('\n    ');
        phases.push(`  const b${k} = m${k};`, loopOver(rows, { ...time, body }));
        rows = { from: `b${k}`, to: `m${k}`, row: `k${k}[j]` };
        k++;
      }
      time = NO_LOOP;
    }
    return phases.join('\n');
  }
}

/** Live rows of a chunk: `row` is the `j`-th, for `j` in `[from, to)`. */
interface RowsText {
  readonly from: string;
  readonly to: string;
  readonly row: string;
}

interface LoopText {
  readonly before: string;
  readonly body: string;
  readonly after: string;
  readonly leave?: LeaveCode | null;
}

const NO_LOOP: LoopText = { before: '', body: '', after: '' };

function loopOver({ from, to, row }: RowsText, { before, body, after, leave = null }: LoopText): string {
  const loop =
    leave === null
      ? `for (let j = ${from}; j < ${to}; j++) {\n    const i = ${row};\n    ${body}\n  }`
      : `{\n    let i = 0, j = ${from};\n    ${loopThatLeaves(body, row, to, leave)}\n  }`;
  return `  ${before}\n  ${loop}\n  ${after}`;
}

/**
 * Finds the rows that have to be observed, and refuses those that are not whole or not after 1970: among them could be a -0, which is no timestamp.
 * Only for a first loop, whose rows are those of the batch.
 */
function timeCode(column: number): LoopText {
  return {
    before: 'let late = -1;',
    body: `const t = c${column}[i];
    if (!(t < due)) { if (late < 0) late = j; }
    else if (!(t > 0) || Math.floor(t) !== t) return ${REFUSED};`,
    after: `if (late >= 0) { due = time.observe(late, to); if (due !== due) return ${REFUSED}; }`,
  };
}
