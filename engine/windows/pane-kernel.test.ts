import { describe, expect, test } from 'vitest';
import { Batch } from '../batch/batch.ts';
import { Column } from '../batch/column.ts';
import { Dictionary } from '../batch/dictionary.ts';
import type { FieldType, Schema } from '../batch/schema.ts';
import { LATENCY_MARKER, Marks, WATERMARK, WATERMARK_STATUS } from '../elements/marks.ts';
import type { MarkKind } from '../elements/marks.ts';
import type { OperatorContext } from '../operators/operator.ts';
import { planAggregates } from './aggregate-plan.ts';
import { TumblingWindows } from './assigners/tumbling-windows.ts';
import { LateRecords } from './late-records.ts';
import { PaneKernel } from './pane-kernel.ts';
import type { PaneKernelParts } from './pane-kernel.ts';
import { NumberKeys } from './panes/number-keys.ts';
import { StringKeys } from './panes/string-keys.ts';

interface Story {
  readonly kernel: PaneKernel;
  readonly emitted: Batch[];
}

function kernelOf(keyType: FieldType, changes: Partial<PaneKernelParts> = {}): Story {
  const inputSchema: Schema = {
    fields: [
      { name: 'k', type: keyType },
      { name: 'v', type: 'double' },
    ],
  };
  const emitted: Batch[] = [];
  const context = {
    output: { collectBatch: (batch: Batch) => emitted.push(batch) },
    report: () => undefined,
  } as unknown as OperatorContext;
  const outputSchema: Schema = {
    fields: [
      { name: 'k', type: keyType },
      { name: 'window_start', type: 'timestamp' },
      { name: 'window_end', type: 'timestamp' },
      { name: 'sum', type: 'double' },
    ],
  };
  const parts: PaneKernelParts = {
    windows: new TumblingWindows(10),
    allowedLatenessMs: 0,
    lateRecords: new LateRecords('drop', 0),
    plan: planAggregates([{ fn: 'sum', column: 'v', as: 'sum' }], inputSchema),
    inputSchema,
    outputSchema,
    keyColumnIndex: 0,
    keyOf: (record) => record['k'],
    newKeys: (users) => (keyType === 'string' ? new StringKeys(users) : new NumberKeys(users)),
    keyGroupOf: () => 0,
    uniqueName: 'kernel under test',
    ...changes,
  };
  return { kernel: new PaneKernel(parts, context), emitted };
}

type Mark = readonly [position: number, kind: MarkKind, value: number];

function batchOf(
  key: Column,
  timestamps: readonly number[],
  marks: readonly Mark[] = [],
  selection: readonly number[] | null = null,
): Batch {
  const list = new Marks();
  for (const [position, kind, value] of marks) list.push(position, kind, value, position);
  const rowCount = timestamps.length;
  const values = Column.ofF64(Float64Array.from(timestamps, () => 1));
  const origins = Float64Array.from(timestamps, (_, i) => i);
  const selected = selection === null ? null : Int32Array.from(selection);
  return new Batch(
    { fields: [] },
    rowCount,
    [key, values],
    Float64Array.from(timestamps),
    origins,
    list,
    selected,
    selection?.length ?? rowCount,
  );
}

function rowsOf(emitted: readonly Batch[]): string[] {
  return emitted.flatMap((batch) => {
    const rows = Array.from({ length: batch.selectedCount }, (_, j) => {
      const { k, window_start: start, sum } = batch.recordAt(batch.rowAt(j));
      return `${String(k)} ${sum} from ${start}`;
    });
    for (let m = batch.marks.count - 1; m >= 0; m--) {
      rows.splice(batch.marks.positions[m] as number, 0, `mark ${batch.marks.kinds[m]} ${batch.marks.values[m]}`);
    }
    return rows;
  });
}

function numbers(...keys: number[]): Column {
  return Column.ofF64(Float64Array.from(keys));
}

describe('marks', () => {
  test('a pane opened by the last row before a due mark can make an earlier mark due', () => {
    const { kernel, emitted } = kernelOf('int', { allowedLatenessMs: 4 });
    kernel.processBatch(batchOf(numbers(1), [35], [[1, WATERMARK, 10]]));
    // Late for [0, 10) by the watermark 10, but allowed; the window is cleaned up at 13, before [30, 40) is due at 39.
    kernel.processBatch(
      batchOf(
        numbers(2, 2, 2),
        [5, 6, 7],
        [
          [1, WATERMARK, 12],
          [2, WATERMARK, 13],
          [3, WATERMARK, 39],
        ],
      ),
    );
    expect(rowsOf(emitted)).toEqual(['mark 0 10', '2 1 from 0', 'mark 0 12', '2 2 from 0', 'mark 0 13', '1 1 from 30', 'mark 0 39']);
    expect(kernel.paneCount).toBe(1);
  });

  test('marks of all kinds pass in order, with the results where they belong', () => {
    const { kernel, emitted } = kernelOf('int');
    kernel.processBatch(
      batchOf(
        numbers(1, 2, 3, 4),
        [1, 99, 12, 13],
        [
          [0, LATENCY_MARKER, 1_000_000],
          [1, WATERMARK, 3],
          [2, WATERMARK_STATUS, 1],
          [2, WATERMARK_STATUS, 0],
          [2, WATERMARK, 9],
          [3, LATENCY_MARKER, 1_000_001],
          [4, WATERMARK, 19],
        ],
        [0, 2, 3],
      ),
    );
    expect(rowsOf(emitted)).toEqual([
      'mark 2 1000000',
      'mark 0 3',
      'mark 1 1',
      'mark 1 0',
      '1 1 from 0',
      'mark 0 9',
      'mark 2 1000001',
      '3 1 from 10',
      '4 1 from 10',
      'mark 0 19',
    ]);
  });

  test('marks that cause nothing go on without being copied', () => {
    const { kernel, emitted } = kernelOf('int');
    const batch = batchOf(
      numbers(1, 1),
      [50, 51],
      [
        [1, WATERMARK, 3],
        [2, WATERMARK, 4],
      ],
    );
    kernel.processBatch(batch);
    emitted.length = 0;
    kernel.processBatch(batch);
    expect(rowsOf(emitted)).toEqual(['mark 0 3', 'mark 0 4']);
    expect(emitted[0]?.marks.values).toBe(batch.marks.values);
  });

  test('results of one firing are cut into full batches', () => {
    const { kernel, emitted } = kernelOf('int');
    const keys = Float64Array.from({ length: 10_000 }, (_, i) => i);
    kernel.processBatch(
      batchOf(
        Column.ofF64(keys),
        Array.from(keys, () => 1),
        [[10_000, WATERMARK, 9]],
      ),
    );
    expect(emitted.map((batch) => [batch.rowCount, batch.marks.count])).toEqual([
      [4096, 0],
      [4096, 0],
      [1808, 1],
    ]);
  });
});

describe('memory', () => {
  const BATCH = 4000;

  /** One million keys, each seen once, 4000 to a window; two windows open at any time. */
  function feedOneOffKeys(story: Story, keyColumn: (first: number) => Column): number {
    let largest = 0;
    for (let first = 0, window = 0; first < 1_000_000; first += BATCH, window++) {
      const timestamps = Array.from({ length: BATCH }, () => window * 10 + 5);
      story.kernel.processBatch(batchOf(keyColumn(first), timestamps, [[BATCH, WATERMARK, window * 10 - 1]]));
      largest = Math.max(largest, story.kernel.keyCount);
    }
    expect(story.emitted.reduce((sum, batch) => sum + batch.rowCount, 0)).toBe(1_000_000 - BATCH);
    expect(story.kernel.paneCount).toBe(1);
    return largest;
  }

  test('of string keys follows the keys alive, with a new dictionary for every batch', () => {
    const dictionaries = new Set<Dictionary>();
    const story = kernelOf('string');
    const largest = feedOneOffKeys(story, (first) => {
      const dictionary = new Dictionary();
      return Column.ofCodes(
        Int32Array.from({ length: BATCH }, (_, i) => dictionary.encode(`one-off ${first + i}`)),
        dictionary,
      );
    });
    expect(largest).toBeLessThan(25_000);
    for (const batch of story.emitted) if (batch.rowCount > 0) dictionaries.add((batch.columns[0] as Column).dictionary);
    expect(Math.max(...[...dictionaries].map((dictionary) => dictionary.size))).toBeLessThan(25_000);
  });

  test('of numeric keys follows the keys alive', () => {
    const largest = feedOneOffKeys(kernelOf('long'), (first) =>
      Column.ofF64(Float64Array.from({ length: BATCH }, (_, i) => (first + i) * 97)),
    );
    expect(largest).toBeLessThan(25_000);
  });

  test('keys that come back after they were forgotten are found in their open windows', () => {
    const story = kernelOf('string');
    const stable = new Dictionary();
    const stay = Int32Array.from([stable.encode('stay'), stable.encode('stay'), stable.encode('other')]);
    story.kernel.processBatch(batchOf(Column.ofCodes(stay, stable), [1_000_001, 1_000_002, 1_000_003]));
    for (let first = 0; first < 40_000; first += BATCH) {
      const fresh = new Dictionary();
      const codes = Int32Array.from({ length: BATCH }, (_, i) => fresh.encode(`x${first + i}`));
      story.kernel.processBatch(
        batchOf(
          Column.ofCodes(codes, fresh),
          Array.from(codes, () => first),
          [[BATCH, WATERMARK, first + 9]],
        ),
      );
    }
    expect(story.kernel.keyCount).toBeLessThan(20_000);
    story.emitted.length = 0;
    story.kernel.processBatch(batchOf(Column.ofCodes(stay, stable), [1_000_004, 1_000_005, 1_000_006], [[3, WATERMARK, 2_000_000]]));
    expect(rowsOf(story.emitted)).toEqual(['stay 4 from 1000000', 'other 2 from 1000000', 'mark 0 2000000']);
  });
});

test('several dictionaries name the same keys', () => {
  const { kernel, emitted } = kernelOf('string');
  const a = new Dictionary();
  const b = new Dictionary();
  const ofA = Int32Array.from(['x', 'y', 'x'], (key) => a.encode(key));
  const ofB = Int32Array.from(['z', 'y', 'x'], (key) => b.encode(key));
  kernel.processBatch(batchOf(Column.ofCodes(ofA, a), [1, 2, 3]));
  kernel.processBatch(batchOf(Column.ofCodes(ofB, b), [1, 2, 3]));
  kernel.processBatch(batchOf(Column.ofCodes(Int32Array.of(0, 1, a.encode('z')), a), [1, 2, 3], [[3, WATERMARK, 9]]));
  expect(rowsOf(emitted)).toEqual(['x 4 from 0', 'y 3 from 0', 'z 2 from 0', 'mark 0 9']);
});

test('numeric keys: NaN is one key, -0 and 0 are one key', () => {
  const { kernel, emitted } = kernelOf('double');
  kernel.processBatch(batchOf(numbers(Number.NaN, -0, 0, Number.NaN, 0.5), [1, 1, 1, 1, 1], [[5, WATERMARK, 9]]));
  expect(rowsOf(emitted)).toEqual(['NaN 2 from 0', '0 2 from 0', '0.5 1 from 0', 'mark 0 9']);
});

describe('very many keys', () => {
  /** More accumulators than are kept by key slot. */
  const MANY = 70_000;
  const many = numbers(...Array.from({ length: MANY }, (_, key) => key));

  test('windows that are open keep their records and the order of their keys', () => {
    const { kernel, emitted } = kernelOf('int');
    kernel.processBatch(batchOf(numbers(7, 3), [1, 2]));
    kernel.processBatch(batchOf(many, new Array<number>(MANY).fill(3)));
    kernel.processBatch(batchOf(numbers(3, 12), [4, 15]));
    kernel.processBatch(batchOf(numbers(), [], [[0, WATERMARK, 19]]));
    const rows = rowsOf(emitted);
    expect(rows.slice(0, 4)).toEqual(['7 2 from 0', '3 3 from 0', '0 1 from 0', '1 1 from 0']);
    expect(rows.slice(-4)).toEqual(['69998 1 from 0', '69999 1 from 0', '12 1 from 10', 'mark 0 19']);
    expect(rows).toHaveLength(MANY + 2);
  });

  test('when most of them are gone, the few that are left are what they were', () => {
    const { kernel, emitted } = kernelOf('int');
    kernel.processBatch(batchOf(many, new Array<number>(MANY).fill(3)));
    kernel.processBatch(batchOf(numbers(5, 4), [11, 12], [[0, WATERMARK, 9]]));
    emitted.length = 0;
    // As many new keys again: those without state are forgotten.
    const others = Array.from({ length: MANY }, (_, i) => MANY + i);
    kernel.processBatch(batchOf(numbers(...others), new Array<number>(MANY).fill(25)));
    kernel.processBatch(batchOf(numbers(4, 9), [13, 14]));
    kernel.processBatch(batchOf(numbers(), [], [[0, WATERMARK, 19]]));
    expect(rowsOf(emitted)).toEqual(['5 1 from 10', '4 2 from 10', '9 1 from 10', 'mark 0 19']);
  });

  test('a saved window goes on, whether it is found by key or not', () => {
    const first = kernelOf('int');
    first.kernel.processBatch(batchOf(numbers(7, 3), [1, 2]));
    const { kernel, emitted } = kernelOf('int');
    kernel.restore(first.kernel.snapshot());
    kernel.processBatch(batchOf(numbers(3, 8), [4, 5]));
    kernel.processBatch(batchOf(many, new Array<number>(MANY).fill(6)));
    kernel.processBatch(batchOf(numbers(), [], [[0, WATERMARK, 9]]));
    expect(rowsOf(emitted).slice(0, 4)).toEqual(['7 2 from 0', '3 3 from 0', '8 2 from 0', '0 1 from 0']);
  });
});
