import type { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { Schema } from '../batch/schema.ts';
import { compileKernel, hoistColumns } from './kernel-code.ts';
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
  begin(batch: Batch): void;
  /** `highest` is the highest timestamp of the live rows `[from, to)` of the batch. */
  observe(highest: number, from: number, to: number): void;
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
  /** What the text calls by name. */
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Rows that go through all stages before the next ones do: their columns stay in the nearest cache. */
const CHUNK_ROWS = 512;
/** Below this a shared function takes longer to get going than it saves, and jobs of a few records need not compile one. */
const MIN_ROWS = 64;
/** Returned when a batch is not for this function. */
const REFUSED = -1;

type FusedLoop = (
  columns: readonly Column[],
  selection: Int32Array | null,
  count: number,
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
    if (batch.selectedCount < MIN_ROWS || (this.#time !== null && batch.marks.count > 0)) return false;
    for (let k = 0; k < this.#columns.length; k++) if (batch.columns[this.#columns[k] as number]?.nulls !== null) return false;
    return true;
  }

  /** False: something turned up that the function does not know; nothing has happened. */
  #loop(batch: Batch): boolean {
    const { columns, selection, selectedCount, rowCount } = batch;
    const version = selection === null ? 0 : 1;
    const loop = (this.#loops[version] ??= this.#generate(selection !== null));
    this.#time?.begin(batch);
    for (let k = 0; k < this.#selects.length; k++) this.#kept[k] = (this.#selects[k] as SelectStage).begin(selectedCount);
    const outputs = this.#project?.begin(rowCount) ?? [];
    try {
      if (loop(columns, selection, selectedCount, this.#time, this.#kept, this.#keptCounts, outputs, this.#enter) !== REFUSED) return true;
    } catch {
      // Whatever it was: the operators meet it again, and each knows what to do about its own errors.
    }
    this.#time?.undo();
    return false;
  }

  #generate(withSelection: boolean): FusedLoop {
    const codes = this.#stages.flatMap((stage) => (stage.kind === 'time' ? [] : [stage.code]));
    const globals = Object.assign({}, ...codes.map((code) => code.globals)) as Record<string, unknown>;
    const text = `return (columns, selection, count, time, kept, keptCounts, outputs, enter) => {
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

  /** One loop per stage over the rows of a chunk; time goes along with the first selection. */
  #phases(withSelection: boolean): string {
    const input: RowsText = { from: 'from', to: 'to', row: withSelection ? 'selection[j]' : 'j' };
    let rows = input;
    let time = this.#time === null ? null : timeCode(this.#time.column, input);
    let k = 0;
    const phases: string[] = [];
    for (const [s, stage] of this.#stages.entries()) {
      if (stage.kind === 'time') continue;
      phases.push(`  enter(${s});`);
      if (stage.kind === 'project') {
        if (time !== null) phases.push(loopOver(rows, time));
        if (stage.code.text !== '') phases.push(loopOver(rows, { before: '', body: stage.code.text, after: '' }));
      } else {
        const body = `k${k}[m${k}] = i; m${k} = (m${k} + ((${stage.code.text}) | 0)) | 0;`;
        phases.push(
          `  const b${k} = m${k};`,
          loopOver(rows, { before: time?.before ?? '', body: `${time?.body ?? ''}\n    ${body}`, after: time?.after ?? '' }),
        );
        rows = { from: `b${k}`, to: `m${k}`, row: `k${k}[j]` };
        k++;
      }
      time = null;
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
}

function loopOver({ from, to, row }: RowsText, { before, body, after }: LoopText): string {
  return `  ${before}
  for (let j = ${from}; j < ${to}; j++) {
    const i = ${row};
    ${body}
  }
  ${after}`;
}

/**
 * The highest timestamp of a chunk, as the distance from its first one: that takes integers only, which V8 compares without a branch. Refuses
 * values that are not whole, and such that are further apart than 2^30. With a first one above 2^32 every other is positive, and the
 * difference is exact.
 */
function timeCode(column: number, { from, row }: RowsText): LoopText {
  const refuse = `return ${REFUSED};`;
  return {
    before: `const base = c${column}[${row.replace('j', from)}];
  if (!(base > 4294967296 && base < 9007199254740992) || Math.floor(base) !== base) ${refuse}
  let highest = 0;`,
    body: `const ahead = c${column}[i] - base, whole = ahead | 0;
    if (whole !== ahead || ((whole + 1073741824) | 0) < 0) ${refuse}
    const below = (highest - whole) | 0;
    highest = (highest - (below & (below >> 31))) | 0;`,
    after: 'time.observe(base + highest, from, to);',
  };
}
