import { describe, expect, it } from 'vitest';
import { Batch } from '../../batch/batch.ts';
import { Column } from '../../batch/column.ts';
import { Dictionary } from '../../batch/dictionary.ts';
import { Leases } from '../../batch/leases.ts';
import type { Schema } from '../../batch/schema.ts';
import { Marks } from '../../elements/marks.ts';
import { originOf } from '../../elements/origin.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import type { OperatorContext, OperatorSetup } from '../operator.ts';
import { filter } from './definition.ts';
import { create } from './operator.ts';

const READINGS: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'temperature', type: 'double', nullable: true },
  ],
};
const INPUT = { schema: READINGS, key: { kind: 'fields', fields: ['id'] }, eventTime: true } as const;

describe.each(['row', 'batch'] as const)('filter, %s path', (mode) => {
  const harness = (config: Readonly<Record<string, unknown>>) =>
    new OperatorTestHarness({ definition: filter, config, inputs: [INPUT], mode }).open();

  it('keeps records with their timestamps, and watermarks between them', async () => {
    const h = await harness({ predicate: '(r) => r.temperature > 32' });
    h.processElement({ id: 'a', temperature: 40 }, 1000);
    h.processElement({ id: 'b', temperature: 20 }, 2000);
    h.processWatermark(1500);
    h.processElement({ id: 'c', temperature: null }, 3000);
    h.processElement({ id: 'd', temperature: 33 }, 4000);
    expect(h.drain()).toEqual([
      { kind: 'record', port: 'out', value: { id: 'a', temperature: 40 }, timestamp: 1000, origin: originOf(1, 0) },
      { kind: 'watermark', watermark: 1500, origin: originOf(2, 0) },
      { kind: 'record', port: 'out', value: { id: 'd', temperature: 33 }, timestamp: 4000, origin: originOf(4, 0) },
    ]);
  });

  it('passes watermarks on when no record is kept', async () => {
    const h = await harness({ predicate: '(r) => r.id === "nobody"' });
    h.processElement({ id: 'a', temperature: 1 }, 0);
    h.processWatermark(10);
    expect(h.drain()).toEqual([{ kind: 'watermark', watermark: 10, origin: originOf(1, 0) }]);
  });

  it('emits the record it got, whatever the predicate does to its own', async () => {
    const h = await harness({ predicate: '(r) => { r.id = "changed"; return true; }' });
    h.processElement({ id: 'a', temperature: 1 });
    expect(h.drainValues()).toEqual([{ id: 'a', temperature: 1 }]);
  });

  it('skips records on which the predicate throws, with place and reason', async () => {
    const h = await harness({ predicate: '(r) =>\n  r.temperature.toFixed(0) !== "1"', onError: 'skip' });
    h.processElement({ id: 'a', temperature: 1 });
    h.processElement({ id: 'b', temperature: null });
    h.processElement({ id: 'c', temperature: 2 });
    expect(h.drainValues()).toEqual([{ id: 'c', temperature: 2 }]);
    expect(h.problems).toEqual([
      {
        kind: 'failed',
        position: 2,
        reason: "The predicate threw TypeError: Cannot read properties of null (reading 'toFixed') (line 2, column 17).",
        content: { id: 'b', temperature: null },
      },
    ]);
  });

  it('fails the job at the record, after everything before it', async () => {
    const h = await harness({ predicate: '(r) => { if (r.id === "b") throw new Error("no b"); return true; }' });
    h.processElement({ id: 'a', temperature: 1 }, 1);
    h.processWatermark(1);
    const failure = (() => {
      try {
        h.processElement({ id: 'b', temperature: 2 }, 2);
        h.processElement({ id: 'c', temperature: 3 }, 3);
        h.processWatermark(3);
        h.flush();
      } catch (error) {
        return error as RecordFailure;
      }
      return null;
    })();
    expect(failure).toBeInstanceOf(RecordFailure);
    expect(failure).toMatchObject({
      message: 'The predicate threw Error: no b (line 1, column 34).',
      position: 2,
      content: { id: 'b', temperature: 2 },
      thrown: new Error('no b'),
    });
    expect(h.drain()).toEqual([
      { kind: 'record', port: 'out', value: { id: 'a', temperature: 1 }, timestamp: 1, origin: originOf(1, 0) },
      { kind: 'watermark', watermark: 1, origin: originOf(1, 0) },
    ]);
  });
});

describe('shapes of a filter', () => {
  const shapes = (predicate: string) => filter.shapes({ predicate, onError: 'fail' }, [INPUT]);

  it('keep the schema and the event time; the key is gone', () => {
    expect(shapes('(r) => r.temperature > 32')).toEqual({ ports: { out: { schema: READINGS, key: null, eventTime: true } }, problems: [] });
  });

  it('pin a misspelt field to the predicate', () => {
    expect(shapes('(r) => r.temprature > 32').problems).toEqual([
      {
        severity: 'error',
        code: 'field-unknown',
        message: 'Line 1, column 10: The record has no field "temprature". Did you mean "temperature"?',
        field: 'predicate',
      },
    ]);
  });

  it('say how to write a bare expression', () => {
    expect(shapes('temperature > 32').problems.map(({ code, message }) => [code, message])).toEqual([
      [
        'not-a-function',
        'Line 1, column 1: This is an expression, not a function. Write it as a function of the record: "(r) => r.temperature > 32".',
      ],
    ]);
  });

  it('wait for the input: an unconnected filter does not complain about fields', () => {
    expect(filter.shapes({ predicate: '(r) => r.x', onError: 'fail' }, []).problems).toEqual([]);
  });
});

it('gives the memory of a batch back of which it keeps nothing', () => {
  const operator = create({ predicate: '(r) => r.temperature > 32', onError: 'fail' }, { inputs: [INPUT] } as unknown as OperatorSetup);
  const emitted: Batch[] = [];
  operator.open({ output: { collectBatch: (batch: Batch) => void emitted.push(batch) } } as unknown as OperatorContext);
  const leases = new Leases<string>();
  const readings = (temperature: number, memory: string): Batch => {
    const numbers = Float64Array.of(temperature);
    const columns = [Column.ofCodes(new Int32Array(1), new Dictionary()), Column.ofF64(numbers)];
    return new Batch(READINGS, 1, columns, numbers, numbers, new Marks(), null, 1, leases.lend(memory, null));
  };
  operator.processBatch?.(readings(40, 'kept'), 0);
  expect([emitted.length, leases.takeReturned()]).toEqual([1, null]);
  operator.processBatch?.(readings(20, 'dropped'), 0);
  expect([emitted.length, leases.takeReturned()]).toEqual([1, 'dropped']);
});
