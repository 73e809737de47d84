import { describe, expect, it } from 'vitest';
import { validateDocument } from '../graph/migrations.ts';
import type { PipelineDocument } from '../graph/document.ts';
import { definitionOf } from '../operators/registry.ts';
import { runOnMiniCluster } from './mini-cluster.ts';
import type { MiniClusterRun } from './mini-cluster.ts';
import { must } from '../util/assert.ts';

interface Settings {
  readonly parallelism: number;
  readonly mode: 'ordered' | 'unordered';
}

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;

/** 60 orders, and a payment for two of three of them, up to eight seconds later and out of order. */
const ORDERS = Array.from({ length: 60 }, (_, i) => ({
  id: `${IDS[i % 5]}${i}`,
  shop: IDS[(i * 3) % 5],
  at: i * 700 - ((i * 13) % 5) * 300,
}));
const PAYMENTS = ORDERS.filter((_, i) => i % 3 !== 0).map(({ id, shop, at }, i) => ({ id, by: shop, at: at + ((i * 1700) % 8000) }));

/** Two streams → interval join → lookup → table. */
function pipeline({ parallelism, mode }: Settings): PipelineDocument {
  const node = (id: string, type: string, config: Record<string, unknown> = {}): unknown => ({ id, type, config });
  const edge = (source: string, target: string, targetPort = 'in'): unknown => ({
    id: `${source}-${target}`,
    source,
    target,
    sourcePort: 'out',
    targetPort,
  });
  const lines = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
  return validateDocument({
    format: 'millrace/pipeline',
    version: 1,
    id: 'joined-job',
    job: { parallelism, autoWatermarkIntervalMs: 0 },
    nodes: [
      node('orders', 'inline-source', { rows: lines(ORDERS) }),
      node('order-time', 'timestamps-and-watermarks', { timestampField: 'at', maxOutOfOrdernessMs: 1500 }),
      node('order-key', 'key-by', { columns: ['id'] }),
      node('payments', 'inline-source', { rows: lines(PAYMENTS) }),
      node('payment-time', 'timestamps-and-watermarks', { timestampField: 'at', maxOutOfOrdernessMs: 8000 }),
      node('payment-key', 'key-by', { columns: ['id'] }),
      node('join', 'interval-join', {
        lowerBound: 0,
        upperBound: 5000,
        combine: '(order, payment) => ({ id: order.id, shop: order.shop, waited: payment.at - order.at })',
      }),
      node('city', 'async-lookup', {
        table: 'shop,city\na,Athens\nb,Bergen\nc,Cork\nd,Delft\n',
        lookupField: 'shop',
        mode,
        capacity: 3,
        latency: 150,
        jitter: 900,
        timeout: 0,
        failures: 20,
        retry: 'exponential',
        retryDelay: 50,
      }),
      // One subtask: its gate merges what comes from all.
      { id: 'table', type: 'table-sink', parallelism: 1 },
    ],
    edges: [
      edge('orders', 'order-time'),
      edge('order-time', 'order-key'),
      edge('order-key', 'join', 'in1'),
      edge('payments', 'payment-time'),
      edge('payment-time', 'payment-key'),
      edge('payment-key', 'join', 'in2'),
      edge('join', 'city'),
      edge('city', 'table'),
    ],
  });
}

const CITIES: Readonly<Record<string, string>> = { a: 'Athens', b: 'Bergen', c: 'Cork', d: 'Delft' };

/** Computed without the engine. */
function expectedRows(): string[] {
  return ORDERS.flatMap(({ id, shop, at }) =>
    PAYMENTS.filter((payment) => payment.id === id && payment.at - at <= 5000).map((payment) =>
      JSON.stringify({ id, shop, waited: payment.at - at, city: CITIES[String(shop)] ?? null }),
    ),
  );
}

async function rowsOf(settings: Settings, run: Partial<MiniClusterRun> = {}): Promise<string[]> {
  const result = await runOnMiniCluster({ document: pipeline(settings), lookup: definitionOf, ...run });
  expect([result.error, result.problems]).toEqual([null, []]);
  return (result.rows['table'] ?? []).map((row) => JSON.stringify(row));
}

describe.each(['ordered', 'unordered'] as const)('a job with an interval join and an %s lookup', (mode) => {
  it('gives the rows of a nested loop', async () => {
    expect((await rowsOf({ parallelism: 1, mode })).toSorted()).toEqual(expectedRows().toSorted());
  });

  it.each([1, 3])('gives the same rows in the same order fused, unfused and stepped, at parallelism %i', async (parallelism) => {
    const fused = await rowsOf({ parallelism, mode });
    expect(fused.toSorted()).toEqual(expectedRows().toSorted());
    expect(await rowsOf({ parallelism, mode }, { fused: false })).toEqual(fused);
    expect(await rowsOf({ parallelism, mode }, { stepRecords: 1 })).toEqual(fused);
    expect(await rowsOf({ parallelism, mode }, { stepRecords: 7 })).toEqual(fused);
  });

  it.each([
    [1, 1],
    [3, 3],
    [3, 2],
    [1, 3],
  ])('goes on from a snapshot taken anywhere, from parallelism %i to %i', async (before, after) => {
    const whole = await rowsOf({ parallelism: before, mode });
    for (const snapshotAfterRecords of [1, 20, 45, 70, 99]) {
      const { snapshot } = await runOnMiniCluster({
        document: pipeline({ parallelism: before, mode }),
        lookup: definitionOf,
        stepRecords: 1,
        snapshotAfterRecords,
      });
      const { state, rows } = must(snapshot, 'a snapshot');
      const first = (rows['table'] ?? []).map((row) => JSON.stringify(row));
      const rest = await rowsOf({ parallelism: after, mode }, { restoreFrom: state });
      if (before === after) expect([...first, ...rest]).toEqual(whole);
      else expect([...first, ...rest].toSorted()).toEqual(whole.toSorted());
    }
  });
});
