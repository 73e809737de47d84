import { describe, expect, it } from 'vitest';
import type { StreamShape } from './definition.ts';
import type { ChoiceField, Fields } from './fields.ts';
import { parseConfig } from './parse-config.ts';

const readings: StreamShape = {
  schema: {
    fields: [
      { name: 'id', type: 'string' },
      { name: 'timestamp', type: 'timestamp' },
      { name: 'temperature', type: 'double' },
    ],
  },
  key: null,
  eventTime: true,
};

const lateData: ChoiceField<'drop' | 'side-output'> = {
  kind: 'choice',
  label: 'Late data',
  default: 'drop',
  options: [
    { value: 'drop', label: 'Drop and count' },
    { value: 'side-output', label: 'Side output' },
  ],
};

const windowFields = {
  size: { kind: 'duration', label: 'Size', default: 10_000, minMs: 1, maxMs: 86_400_000 },
  aggregates: { kind: 'aggregates', label: 'Aggregates', default: [{ fn: 'count', column: '', as: 'count' }] },
  lateData,
} as const;

/** Problems of one field with one value, as `code: message`. */
function problemsOf(field: Fields[string], value: unknown): string[] {
  return parseConfig({ it: field }, { it: value }, [readings]).problems.map((p) => `${p.code}: ${p.message}`);
}

describe('parseConfig', () => {
  it('gives every field its default', () => {
    expect(parseConfig(windowFields, {}, [readings])).toEqual({
      config: { size: 10_000, aggregates: [{ fn: 'count', column: '', as: 'count' }], lateData: 'drop' },
      problems: [],
    });
  });

  it('takes the values of the document', () => {
    const raw = { size: 5_000, aggregates: [{ fn: 'avg', column: 'temperature', as: 'mean' }], lateData: 'side-output' };
    expect(parseConfig(windowFields, raw, [readings])).toEqual({ config: raw, problems: [] });
  });

  it('pins every complaint to its field', () => {
    expect(parseConfig(windowFields, { size: 0, lateData: 'shred' }, [readings]).problems).toEqual([
      { severity: 'error', code: 'out-of-range', field: 'size', message: '"Size" must be at least 1 ms; it is 0 ms.' },
      {
        severity: 'error',
        code: 'unknown-choice',
        field: 'lateData',
        message: '"Late data" is "shred"; choose "drop" or "side-output".',
      },
    ]);
  });

  it('replaces a value of the wrong type by the default, and keeps one that is only out of range', () => {
    expect(parseConfig(windowFields, { size: '10 s' }, [readings])).toEqual({
      config: { size: 10_000, aggregates: [{ fn: 'count', column: '', as: 'count' }], lateData: 'drop' },
      problems: [{ severity: 'error', code: 'wrong-type', field: 'size', message: '"Size" must be a duration in milliseconds.' }],
    });
    expect(parseConfig(windowFields, { size: -3 }, [readings]).config.size).toBe(-3);
  });

  it('leaves unknown settings out and says so', () => {
    const { config, problems } = parseConfig(windowFields, { sise: 5_000, constructor: 1 }, [readings]);
    expect(Object.keys(config)).toEqual(['size', 'aggregates', 'lateData']);
    expect(problems).toEqual([
      {
        severity: 'warning',
        code: 'unknown-setting',
        message: 'The setting "sise" is not known here and has no effect. Did you mean "size"?',
      },
      { severity: 'warning', code: 'unknown-setting', message: 'The setting "constructor" is not known here and has no effect.' },
    ]);
  });

  it('does not complain about hidden fields', () => {
    const fields = {
      mode: { kind: 'text', label: 'Mode', default: 'ascending' },
      delay: {
        kind: 'duration',
        label: 'Delay',
        default: 0,
        minMs: 0,
        visibleWhen: (config) => config['mode'] === 'bounded',
      },
    } as const satisfies Fields;
    expect(parseConfig(fields, { delay: -1 }, []).problems).toEqual([]);
    expect(parseConfig(fields, { mode: 'bounded', delay: -1 }, []).problems).toEqual([
      { severity: 'error', code: 'out-of-range', field: 'delay', message: '"Delay" must be at least 0 ms; it is -1 ms.' },
    ]);
  });

  it('survives any raw value', () => {
    for (const value of [
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      {},
      [],
      [null],
      [{}],
      'x',
      true,
      [{ fn: 'median', column: 'a', as: 'b' }],
    ]) {
      for (const field of Object.values(windowFields)) expect(() => problemsOf(field, value)).not.toThrow();
    }
  });
});

describe('kinds', () => {
  it('boolean', () => {
    expect(problemsOf({ kind: 'boolean', label: 'Header', default: true }, 'yes')).toEqual(['wrong-type: "Header" must be true or false.']);
  });

  it('number', () => {
    const field = { kind: 'number', label: 'Sensors', default: 10, min: 1, max: 1000, integer: true } as const;
    expect([500, 1.5, 0, 1001, Number.NaN].map((value) => problemsOf(field, value))).toEqual([
      [],
      ['out-of-range: "Sensors" must be a whole number; it is 1.5.'],
      ['out-of-range: "Sensors" must be at least 1; it is 0.'],
      ['out-of-range: "Sensors" must be at most 1000; it is 1001.'],
      ['wrong-type: "Sensors" must be a number.'],
    ]);
  });

  it('number with unit', () => {
    const field = { kind: 'number', label: 'Late', default: 0, max: 100, unit: '%' } as const;
    expect(problemsOf(field, 120)).toEqual(['out-of-range: "Late" must be at most 100 %; it is 120 %.']);
  });

  it('duration', () => {
    const field = { kind: 'duration', label: 'Size', default: 1, maxMs: 1000 } as const;
    expect([problemsOf(field, 0.5), problemsOf(field, 1001)]).toEqual([
      ['out-of-range: "Size" must be a whole number of milliseconds; it is 0.5 ms.'],
      ['out-of-range: "Size" must be at most 1000 ms; it is 1001 ms.'],
    ]);
  });

  it('text, function and data that are required', () => {
    expect(problemsOf({ kind: 'text', label: 'File name', default: '', required: true }, ' ')).toEqual(['required: Fill in "File name".']);
    expect(problemsOf({ kind: 'text', label: 'Title', default: '' }, '')).toEqual([]);
    expect(problemsOf({ kind: 'function', label: 'Predicate', default: '', returns: 'boolean', required: true }, '\n')).toEqual([
      'required: Write a function for "Predicate".',
    ]);
    expect(problemsOf({ kind: 'data', label: 'File', default: '', formats: ['csv'] }, '')).toEqual(['required: Choose a file for "File".']);
  });

  it('column', () => {
    const field = { kind: 'column', label: 'Timestamp', default: '', accepts: ['timestamp', 'long'], required: true } as const;
    expect(['timestamp', '', 'timestmap', 'when', 'id'].map((value) => problemsOf(field, value))).toEqual([
      [],
      ['required: Choose a field for "Timestamp".'],
      ['column-missing: "Timestamp" names the field "timestmap", which the input does not have. Did you mean "timestamp"?'],
      ['column-missing: "Timestamp" names the field "when", which the input does not have. Its fields are id, timestamp, temperature.'],
      ['column-type: "Timestamp" needs a field of type timestamp or long; "id" is string.'],
    ]);
  });

  it('column of an input whose fields are not known yet', () => {
    const unknown: StreamShape = { schema: { fields: [] }, key: null, eventTime: false };
    const field = { kind: 'column', label: 'Timestamp', default: '', required: true } as const;
    expect(parseConfig({ it: field }, { it: 'timestamp' }, [unknown]).problems).toEqual([]);
    expect(parseConfig({ it: field }, { it: 'timestamp' }, []).problems).toEqual([]);
  });

  it('columns', () => {
    const field = { kind: 'columns', label: 'Key', default: [], required: true } as const;
    expect([['id', 'timestamp'], [], ['id', 'id'], ['ID']].map((value) => problemsOf(field, value))).toEqual([
      [],
      ['required: Choose at least one field for "Key".'],
      ['duplicate-name: "Key" names the field "id" twice; remove one.'],
      ['column-missing: "Key" names the field "ID", which the input does not have. Did you mean "id"?'],
    ]);
  });

  it('aggregates', () => {
    const field = { kind: 'aggregates', label: 'Aggregates', default: [] } as const;
    expect(
      problemsOf(field, [
        { fn: 'count', column: '', as: 'n' },
        { fn: 'max', column: 'timestamp', as: 'last' },
        { fn: 'avg', column: 'temprature', as: 'mean' },
        { fn: 'sum', column: 'id', as: 'n' },
        { fn: 'min', column: '', as: ' ' },
      ]),
    ).toEqual([
      'column-missing: "avg(temprature)" names the field "temprature", which the input does not have. Did you mean "temperature"?',
      'column-type: "sum(id)" needs a field of type double, int or long; "id" is string.',
      'duplicate-name: Two aggregates are named "n"; give each its own name.',
      'required: Choose the field that min aggregates.',
      'required: Name the result of min().',
    ]);
  });

  it('schema', () => {
    const field = { kind: 'schema', label: 'Fields', default: [] } as const;
    expect(problemsOf(field, [])).toEqual(['required: "Fields" needs at least one field.']);
    expect(problemsOf({ ...field, optional: true }, [])).toEqual([]);
    expect(problemsOf(field, [{ name: 'a', type: 'number' }])).toEqual([
      'wrong-type: "Fields" must be a list of fields, each with "name" and "type".',
    ]);
    expect(
      problemsOf(field, [
        { name: 'a', type: 'int' },
        { name: 'a', type: 'string' },
        { name: '', type: 'string' },
        {
          name: 'place',
          type: 'row',
          fields: [
            { name: 'lat', type: 'double' },
            { name: 'lat', type: 'double' },
          ],
        },
        { name: 'b', type: 'int', fields: [] },
      ]),
    ).toEqual([
      'duplicate-name: "Fields" has two fields named "a"; rename one.',
      'required: Every field of "Fields" needs a name.',
      'duplicate-name: "Fields" has two fields named "place.lat"; rename one.',
      'wrong-type: "Fields": the field "b" is int; only a row has fields of its own.',
    ]);
  });
});
