import { expect, test } from 'vitest';
import { BatchBuilder } from '../batch/batch-builder.ts';
import { Batch } from '../batch/batch.ts';
import type { Row, Schema } from '../batch/schema.ts';
import { Marks } from '../elements/marks.ts';
import { RecordReader } from './record-reader.ts';
import { fileStart, writeRows } from './write.ts';

const SCHEMA: Schema = {
  fields: [
    { name: 's', type: 'string', nullable: true },
    { name: 'd', type: 'double', nullable: true },
    { name: 'b', type: 'boolean' },
    { name: 'a "list"', type: 'array' },
  ],
};
const ROWS: Row[] = [
  { s: 'plain', d: 0.1, b: true, 'a "list"': [1, { k: 'x' }] },
  { s: 'a "b", c\n', d: -0, b: false, 'a "list"': [] },
  { s: '', d: 5e-324, b: true, 'a "list"': ['"'] },
  { s: null, d: null, b: true, 'a "list"': [] },
  { s: ' ä ', d: 1.7976931348623157e308, b: true, 'a "list"': [] },
];

function batchOf(rows: readonly Row[], schema = SCHEMA): Batch {
  const builder = new BatchBuilder(schema, () => new Marks());
  for (const row of rows) builder.append(row, Number.NaN, 0);
  return builder.build();
}

test('CSV quotes what needs it', () => {
  expect(fileStart(SCHEMA, 'csv') + writeRows(batchOf(ROWS), 'csv')).toBe(
    's,d,b,"a ""list"""\nplain,0.1,true,"[1,{""k"":""x""}]"\n"a ""b"", c\n",-0,false,[]\n"",5e-324,true,"[""\\""""]"\n,,true,[]\n" ä ",1.7976931348623157e+308,true,[]\n',
  );
});

test('NDJSON has one object per line', () => {
  expect(fileStart(SCHEMA, 'ndjson') + writeRows(batchOf(ROWS.slice(0, 2)), 'ndjson')).toBe(
    '{"s":"plain","d":0.1,"b":true,"a \\"list\\"":[1,{"k":"x"}]}\n{"s":"a \\"b\\", c\\n","d":-0,"b":false,"a \\"list\\"":[]}\n',
  );
});

test.each(['csv', 'ndjson'] as const)('what is written as %s reads back as the same rows', (format) => {
  const bytes = new TextEncoder().encode(fileStart(SCHEMA, format) + writeRows(batchOf(ROWS), format));
  let isRead = false;
  const source = { next: () => (isRead ? null : ((isRead = true), bytes)), isEnded: true, seek: () => {} };
  const reader = new RecordReader(source, { format, delimiter: ',', header: true, schema: SCHEMA, sourceIndex: 0, isOrdered: false });
  const rows: Row[] = [];
  const sink = {
    batch: (batch: Batch) => {
      for (let i = 0; i < batch.rowCount; i++) rows.push(batch.recordAt(i));
    },
    malformed: ({ reason }: { readonly reason: string }) => expect.fail(reason),
  };
  while (reader.read({ endPosition: Infinity, maxRecords: Infinity }, sink) !== 'finished');
  expect(rows).toEqual(ROWS);
});

test('only live rows are written; a lone null is not a blank line', () => {
  const schema: Schema = { fields: [{ name: 'n', type: 'double', nullable: true }] };
  const all = batchOf([{ n: 1 }, { n: null }, { n: 3 }], schema);
  const { rowCount, columns, timestamps, origins, marks } = all;
  const live = new Batch(schema, rowCount, columns, timestamps, origins, marks, Int32Array.of(1, 2), 2);
  expect(writeRows(live, 'csv')).toBe('""\n3\n');
});
