import { describe, expect, it } from 'vitest';
import type { Schema } from '../../batch/schema.ts';
import { originOf } from '../../elements/origin.ts';
import { OperatorTestHarness, RecordFailure } from '../../testing/operator-test-harness.ts';
import { map } from './definition.ts';

const READINGS: Schema = {
  fields: [
    { name: 'id', type: 'string' },
    { name: 'celsius', type: 'double', nullable: true },
    { name: 'at', type: 'timestamp' },
  ],
};
const INPUT = { schema: READINGS, key: { kind: 'fields', fields: ['id'] }, eventTime: true } as const;

describe.each(['row', 'batch'] as const)('map, %s path', (mode) => {
  const harness = (config: Readonly<Record<string, unknown>>) =>
    new OperatorTestHarness({ definition: map, config, inputs: [INPUT], mode }).open();

  it('makes new records at the timestamps of the old ones', async () => {
    const h = await harness({ mapper: '(r) => ({ ...r, fahrenheit: r.celsius * 9 / 5 + 32, hot: r.celsius > 30 })' });
    h.processElement({ id: 'a', celsius: 100, at: 1 }, 1000);
    h.processWatermark(1000);
    h.processElement({ id: 'b', celsius: null, at: 2 }, 2000);
    expect(h.drain()).toEqual([
      {
        kind: 'record',
        port: 'out',
        value: { id: 'a', celsius: 100, at: 1, fahrenheit: 212, hot: true },
        timestamp: 1000,
        origin: originOf(1, 0),
      },
      { kind: 'watermark', watermark: 1000, origin: originOf(1, 0) },
      {
        kind: 'record',
        port: 'out',
        value: { id: 'b', celsius: null, at: 2, fahrenheit: 32, hot: false },
        timestamp: 2000,
        origin: originOf(2, 0),
      },
    ]);
  });

  it('checks results against declared output fields and skips what does not fit', async () => {
    const h = await harness({
      mapper: '(r) => { const all = JSON.parse(r.id); all.celsius = r.celsius; return all; }',
      schema: [
        { name: 'name', type: 'string' },
        { name: 'celsius', type: 'double', nullable: true },
      ],
      onError: 'skip',
    });
    h.processElement({ id: '{"name":"x","more":1}', celsius: null, at: 1 });
    h.processElement({ id: '{"name":5}', celsius: 1, at: 2 });
    h.processElement({ id: 'not json', celsius: 1, at: 3 });
    h.processElement({ id: '{"name":"y"}', celsius: 2, at: 4 });
    expect(h.drainValues()).toEqual([
      { name: 'x', celsius: null },
      { name: 'y', celsius: 2 },
    ]);
    expect(h.problems.map(({ position, reason }) => [position, reason])).toEqual([
      [2, 'Field "name" is declared string, but the value is number 5.'],
      [3, `The function threw SyntaxError: Unexpected token 'o', "not json" is not valid JSON (line 1, column 27).`],
    ]);
  });

  it('fails the job when it does not get a record, after everything before it', async () => {
    const h = await harness({
      mapper: '(r) => { if (r.at < 2) return { id: r.id }; return null; }',
      schema: [{ name: 'id', type: 'string' }],
    });
    h.processElement({ id: 'a', celsius: 1, at: 1 });
    expect(() => {
      h.processElement({ id: 'b', celsius: 1, at: 2 });
      h.processElement({ id: 'c', celsius: 1, at: 1 });
      h.flush();
    }).toThrow(
      new RecordFailure(
        'The function returned null instead of a record. Return an object, for example "(r) => ({ ...r, doubled: r.value * 2 })".',
        2,
        { id: 'b', celsius: 1, at: 2 },
        undefined,
      ),
    );
    expect(h.drainValues()).toEqual([{ id: 'a' }]);
  });
});

describe('shapes of a map', () => {
  const shapes = (mapper: string, schema: Schema['fields'] = []) => map.shapes({ mapper, schema, onError: 'fail' }, [INPUT]);

  it('read the output fields from the function; the key is gone', () => {
    expect(
      shapes('({ id, celsius, at }) => ({ sensor: id, f: (celsius ?? 0) * 1.8, hour: at - (at % 3600000), label: `${id}!` })'),
    ).toEqual({
      ports: {
        out: {
          schema: {
            fields: [
              { name: 'sensor', type: 'string' },
              { name: 'f', type: 'double' },
              { name: 'hour', type: 'timestamp' },
              { name: 'label', type: 'string' },
            ],
          },
          key: null,
          eventTime: true,
        },
      },
      problems: [],
    });
  });

  it('ask for the output fields when they cannot be read', () => {
    expect(shapes('(r) => JSON.parse(r.id)').problems).toEqual([
      {
        severity: 'error',
        code: 'output-unknown',
        message:
          'The fields of the new record cannot be read from the function: not every return is an object written out with the same fields. Declare them under "Output fields".',
        field: 'schema',
      },
    ]);
    expect(shapes('(r) => ({ id: r.id, x: JSON.parse(r.id) })').problems[0]?.message).toBe(
      'The type of "x" cannot be read from the function. Declare all fields of the new record under "Output fields".',
    );
  });

  it('compare declared output fields with the function', () => {
    const { problems } = shapes('(r) => ({ id: r.id, f: r.celsius })', [
      { name: 'id', type: 'double' },
      { name: 'f', type: 'double', nullable: true },
      { name: 'g', type: 'double' },
    ]);
    expect(problems.map(({ code, message, field }) => [code, message, field])).toEqual([
      ['output-field-type', '"id" is declared double, but the function returns string. Change one of them.', 'schema'],
      [
        'output-field-missing',
        '"g" is declared, but the function does not return it. Return it, make it nullable, or remove it here.',
        'schema',
      ],
    ]);
  });
});
