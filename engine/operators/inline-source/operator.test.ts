import { describe, expect, test } from 'vitest';
import { OperatorTestHarness } from '../../testing/operator-test-harness.ts';
import { defaultConfig } from '../fields.ts';
import { inlineSource } from './definition.ts';

async function values(config: Record<string, unknown>): Promise<unknown[]> {
  const harness = await new OperatorTestHarness({ definition: inlineSource, config }).open();
  while (harness.poll() !== 'finished');
  return harness.drainValues();
}

function shapesOf(config: Record<string, unknown>) {
  const { ports, problems } = inlineSource.shapes({ ...defaultConfig(inlineSource.fields), ...config } as never, []);
  const fields = ports['out']?.schema.fields.map(({ name, type, nullable }) => `${name}: ${type}${nullable === true ? '?' : ''}`);
  return { fields, problems: problems.map(({ code, message, field }) => [field, code, message]) };
}

describe('JSON', () => {
  test('values that are no objects become records of one field', async () => {
    expect(await values({ rows: '[1, 2,\n 3]' })).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }]);
    expect(await values({ rows: '"to be"\n"or not"' })).toEqual([{ value: 'to be' }, { value: 'or not' }]);
    expect(shapesOf({ rows: '[1, 2.5, null]' })).toEqual({ fields: ['value: double?'], problems: [] });
  });

  test('one object is one record', async () => {
    expect(await values({ rows: '{\n  "a": true\n}' })).toEqual([{ a: true }]);
  });

  test('what is no JSON is shown with its line', () => {
    expect(shapesOf({ rows: '{"a": 1}\n{"a": }' }).problems).toEqual([
      [
        'rows',
        'rows-unreadable',
        'Line 2 is not valid JSON. Write one JSON value per line, for example {"id": "a", "value": 1}, or one array of them.',
      ],
    ]);
    expect(shapesOf({ rows: '[1, 2' }).problems).toEqual([
      ['rows', 'rows-unreadable', 'This is not a JSON array. Check brackets, commas and quotes.'],
    ]);
    expect(shapesOf({ rows: '[]' }).problems).toEqual([['rows', 'no-fields', 'The rows have no fields. Write at least one value.']]);
  });
});

describe('CSV', () => {
  test('delimiter, header and types are found out', async () => {
    const rows = 'id;temperature\na;1.5\nb;\n';
    expect(shapesOf({ format: 'csv', rows })).toEqual({ fields: ['id: string', 'temperature: double?'], problems: [] });
    expect(await values({ format: 'csv', rows })).toEqual([
      { id: 'a', temperature: 1.5 },
      { id: 'b', temperature: null },
    ]);
  });

  test('a line that does not fit the declared fields is shown before the run', () => {
    const schema = [
      { name: 'id', type: 'string' },
      { name: 'n', type: 'int' },
    ];
    expect(shapesOf({ format: 'csv', rows: 'id,n\na,1\nb,two', schema }).problems).toEqual([
      ['rows', 'row-malformed', 'Line 3: Field "n" is declared int, but the value is "two".'],
    ]);
    expect(shapesOf({ format: 'csv', rows: 'id,m\na,1', schema }).problems[0]?.[2]).toContain('The file has no column "n".');
  });
});

test('only the first subtask has rows', async () => {
  const second = await new OperatorTestHarness({ definition: inlineSource, parallelism: 2, subtaskIndex: 1 }).open();
  expect([second.poll(), second.drain(), second.source.nextPosition]).toEqual(['finished', [], 0]);
});
