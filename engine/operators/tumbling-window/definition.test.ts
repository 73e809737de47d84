import { describe, expect, test } from 'vitest';
import type { StreamShape } from '../definition.ts';
import { defaultConfig } from '../fields.ts';
import { tumblingWindow } from './definition.ts';
import type { TumblingWindowConfig } from './definition.ts';

const READINGS: StreamShape = {
  schema: {
    fields: [
      { name: 'sensor', type: 'string', nullable: true },
      { name: 'site', type: 'int', nullable: true },
      { name: 'count', type: 'long' },
      { name: 'temperature', type: 'double', nullable: true },
      { name: 'seen', type: 'timestamp' },
      { name: 'label', type: 'string' },
    ],
  },
  key: { kind: 'fields', fields: ['sensor'] },
  eventTime: true,
};

function config(changes: Partial<TumblingWindowConfig> = {}): TumblingWindowConfig {
  return { ...(defaultConfig(tumblingWindow.fields) as unknown as TumblingWindowConfig), ...changes };
}

describe('schema of the results', () => {
  test('key, window and the aggregates with their types', () => {
    const aggregates = [
      { fn: 'count', column: '', as: 'readings' },
      { fn: 'sum', column: 'count', as: 'total' },
      { fn: 'sum', column: 'temperature', as: 'heat' },
      { fn: 'avg', column: 'count', as: 'mean' },
      { fn: 'min', column: 'seen', as: 'first' },
      { fn: 'max', column: 'label', as: 'last' },
    ] as const;
    expect(tumblingWindow.shapes(config({ aggregates }), [READINGS])).toEqual({
      ports: {
        out: {
          schema: {
            fields: [
              { name: 'sensor', type: 'string' },
              { name: 'window_start', type: 'timestamp' },
              { name: 'window_end', type: 'timestamp' },
              { name: 'readings', type: 'long' },
              { name: 'total', type: 'long' },
              { name: 'heat', type: 'double', nullable: true },
              { name: 'mean', type: 'double' },
              { name: 'first', type: 'timestamp' },
              { name: 'last', type: 'string' },
            ],
          },
          key: null,
          eventTime: true,
        },
      },
      problems: [],
    });
  });

  test('keys of several fields keep their nulls; the key of a function is called key', () => {
    const names = (shape: StreamShape): unknown => tumblingWindow.shapes(config(), [shape]).ports['out']?.schema.fields.slice(0, -3);
    expect(names({ ...READINGS, key: { kind: 'fields', fields: ['sensor', 'site'] } })).toEqual([
      { name: 'sensor', type: 'string', nullable: true },
      { name: 'site', type: 'int', nullable: true },
    ]);
    expect(names({ ...READINGS, key: { kind: 'function', source: '(r) => r.site', type: 'int' } })).toEqual([{ name: 'key', type: 'int' }]);
  });

  test('the port for late records has the schema of the input', () => {
    const late = config({ lateData: 'side-output' });
    expect(tumblingWindow.outputs(late).map(({ name, side }) => ({ name, side }))).toEqual([
      { name: 'out', side: undefined },
      { name: 'late', side: true },
    ]);
    expect(tumblingWindow.shapes(late, [READINGS]).ports['late']).toEqual({ schema: READINGS.schema, key: null, eventTime: true });
    expect(tumblingWindow.outputs(config()).map(({ name }) => name)).toEqual(['out']);
  });

  test('an unconnected or unkeyed input, and aggregates of unknown fields, never throw', () => {
    const unknown = config({ aggregates: [{ fn: 'avg', column: 'nope', as: 'x' }] });
    expect(tumblingWindow.shapes(unknown, []).ports['out']?.schema.fields).toEqual([]);
    expect(tumblingWindow.shapes(unknown, [{ ...READINGS, key: null }]).ports['out']?.schema.fields.map(({ name }) => name)).toEqual([
      'window_start',
      'window_end',
    ]);
  });
});

describe('problems', () => {
  test.each([
    [10_000, 0, []],
    [10_000, -9999, []],
    [10_000, 10_000, ['offset: The offset must be smaller than the size of the window (10 s); it is 10 s.']],
    [10_000, -11_000, ['offset: The offset must be smaller than the size of the window (10 s); it is -11 s.']],
  ])('size %i, offset %i', (size, offset, expected) => {
    const { problems } = tumblingWindow.shapes(config({ size, offset }), [READINGS]);
    expect(problems.map(({ field, message }) => `${field}: ${message}`)).toEqual(expected);
  });

  test('names that are taken, and no aggregate at all', () => {
    const problemsOf = (aggregates: TumblingWindowConfig['aggregates'], shape = READINGS): unknown =>
      tumblingWindow.shapes(config({ aggregates }), [shape]).problems;
    const duplicate = (message: string): unknown => ({ severity: 'error', code: 'duplicate-name', message, field: 'aggregates' });
    expect(
      problemsOf([
        { fn: 'count', column: '', as: 'sensor' },
        { fn: 'avg', column: 'temperature', as: 'window_end' },
      ]),
    ).toEqual([
      duplicate('The result of count is named "sensor", but results have a field of that name already. Choose another.'),
      duplicate('The result of avg(temperature) is named "window_end", but results have a field of that name already. Choose another.'),
    ]);
    expect(problemsOf([])).toEqual([{ severity: 'error', code: 'required', message: 'Add at least one aggregate.', field: 'aggregates' }]);
    const windowKey: StreamShape = {
      schema: { fields: [{ name: 'window_start', type: 'timestamp' }] },
      key: { kind: 'fields', fields: ['window_start'] },
      eventTime: true,
    };
    expect(problemsOf([{ fn: 'count', column: '', as: 'n' }], windowKey)).toEqual([
      duplicate('A key field is named "window_start", like the field that tells the window. Rename it before the key is taken.'),
    ]);
  });
});

test.each([
  [config(), '10 s · count'],
  [config({ size: 5_400_000, aggregates: [{ fn: 'avg', column: 'temperature', as: 't' }] }), '90 min · avg(temperature)'],
  [config({ size: 1500 }), '1500 ms · count'],
])('face %#', (of, expected) => {
  expect(tumblingWindow.face(of)).toBe(expected);
});
