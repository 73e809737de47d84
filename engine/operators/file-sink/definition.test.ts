import { expect, test } from 'vitest';
import { fileSink } from './definition.ts';

test.each([
  ['csv', 'result', 'result.csv'],
  ['csv', ' averages.CSV ', 'averages.CSV'],
  ['ndjson', 'a.csv', 'a.csv.ndjson'],
  ['ndjson', 'a.jsonl', 'a.jsonl'],
] as const)('as %s, "%s" is written to "%s"', (format, fileName, expected) => {
  expect(fileSink.delivery?.({ format, fileName })).toEqual({ kind: 'file', format, fileName: expected });
});

test('a name that no file can have is refused', () => {
  expect(fileSink.shapes({ format: 'csv', fileName: '../x' }, []).problems).toEqual([
    { severity: 'error', code: 'file-name', message: 'A file name cannot hold "/". Remove it from "File name".', field: 'fileName' },
  ]);
});
