import { parquetWriteBuffer } from 'hyparquet-writer';
import { averages, documentOf, fileSource, FIVE_READINGS, TABLE } from './documents.ts';
import { expect, test } from './test.ts';
import type { Studio } from './studio.ts';

/** Readings of three sensors, one every 250 ms, in the order of their timestamps. */
const READINGS = Array.from({ length: 240 }, (_, i) => ({
  id: `s${i % 3}`,
  timestamp: 1_700_000_000_000 + i * 250,
  temperature: Math.round(2000 + 700 * Math.sin(i / 9)) / 100,
}));

/** The averages again, by a plain loop over the readings. */
function expectedAverages() {
  const windows = new Map<string, { id: string; window_start: number; window_end: number; count: number; sum: number }>();
  for (const { id, timestamp, temperature } of READINGS) {
    const start = timestamp - (timestamp % 10_000);
    const key = `${start} ${id}`;
    const window = windows.get(key) ?? { id, window_start: start, window_end: start + 10_000, count: 0, sum: 0 };
    window.count++;
    window.sum += temperature;
    windows.set(key, window);
  }
  return [...windows.values()].map(({ sum, ...rest }) => ({ ...rest, avg_temperature: sum / rest.count }));
}

/** From what the file's source has made of the file to averages, wired as a person would. */
async function buildAverages(studio: Studio, source: string): Promise<void> {
  await studio.select(source);
  await studio.addByClick('Timestamps & watermarks');
  await studio.choose('Timestamp field', 'timestamp');
  await studio.addByClick('Key by');
  await studio.choose('Key fields', 'id');
  await studio.addByClick('Tumbling window');
  await studio.inspector.getByRole('button', { name: 'Add aggregate' }).click();
  await studio.choose('Field of aggregate 2', 'temperature');
  await studio.addByClick('Table');
}

test('a dropped CSV file becomes a source with its types, and its averages are right', async ({ studio }) => {
  await studio.openEmpty();
  const lines = READINGS.map(({ id, timestamp, temperature }) => `${id},${new Date(timestamp).toISOString()},${temperature}`);
  await studio.dropFile({ name: 'readings.csv', text: `id,timestamp,temperature\n${lines.join('\n')}\n` });
  await expect(studio.node('readings.csv')).toContainText('CSV · 3 fields');
  expect((await studio.exported()).nodes[0]?.config).toMatchObject({
    format: 'csv',
    delimiter: ',',
    header: true,
    schema: [
      { name: 'id', type: 'string' },
      { name: 'timestamp', type: 'timestamp' },
      { name: 'temperature', type: 'double' },
    ],
  });

  await buildAverages(studio, 'readings.csv');
  await studio.runToEnd();
  expect(await studio.resultRows()).toEqual(expectedAverages());
  expect(await studio.summary()).toMatchObject({ recordsRead: 240, rows: expectedAverages().length });
});

test('a dropped NDJSON file gives the same averages', async ({ studio }) => {
  await studio.openEmpty();
  await studio.dropFile({ name: 'readings.ndjson', text: READINGS.map((reading) => `${JSON.stringify(reading)}\n`).join('') });
  await expect(studio.node('readings.ndjson')).toContainText('NDJSON · 3 fields');

  await buildAverages(studio, 'readings.ndjson');
  await studio.runToEnd();
  expect(await studio.resultRows()).toEqual(expectedAverages());
});

test('a dropped Parquet file brings its types along, and gives the same averages', async ({ studio, page }) => {
  await studio.openEmpty();
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: READINGS.map(({ id }) => id), type: 'STRING', nullable: false },
      { name: 'timestamp', data: READINGS.map(({ timestamp }) => new Date(timestamp)), type: 'TIMESTAMP', nullable: false },
      { name: 'temperature', data: READINGS.map(({ temperature }) => temperature), type: 'DOUBLE' },
    ],
    rowGroupSize: 100,
  });
  await studio.dropFile({ name: 'readings.parquet', bytes: [...new Uint8Array(file)] });
  await expect(studio.node('readings.parquet')).toContainText('Parquet · 3 fields');

  await studio.select('readings.parquet');
  await page.getByRole('button', { name: 'Infer fields again' }).click();
  expect((await studio.exported()).nodes[0]?.config).toMatchObject({
    format: 'parquet',
    schema: [
      { name: 'id', type: 'string' },
      { name: 'timestamp', type: 'timestamp' },
      { name: 'temperature', type: 'double' },
    ],
  });

  await buildAverages(studio, 'readings.parquet');
  await studio.runToEnd();
  expect(await studio.resultRows()).toEqual(expectedAverages());
});

test('a file dropped on the untouched example may take the place of the generator, in one undo step', async ({ studio }) => {
  await studio.openFresh();
  await studio.dropFile({ name: 'mine.csv', text: FIVE_READINGS });
  await studio.message('Use this file instead of Sensor readings?').getByRole('button', { name: 'Use mine.csv' }).click();
  await expect(studio.edge('mine.csv', 'Event time')).toBeAttached();
  await expect(studio.node('Sensor readings')).toHaveCount(0);

  await studio.undo();
  await expect(studio.edge('Sensor readings', 'Event time')).toBeAttached();
  await expect(studio.node('mine.csv')).toBeVisible();
  await studio.undo();
  await expect(studio.node('mine.csv')).toHaveCount(0);
});

test('inferred types can be changed, and the file can be exchanged in the inspector', async ({ studio, page }) => {
  await studio.openEmpty();
  await studio.dropFile({ name: 'codes.csv', text: 'code,amount\n007,1\n008,2\n' });
  await studio.select('codes.csv');
  await studio.choose('Type of field 2', 'double');
  await studio.addByClick('Table');
  await studio.runToEnd();
  expect(await studio.resultRows()).toEqual([
    { code: expect.anything(), amount: 1 },
    { code: expect.anything(), amount: 2 },
  ]);

  await studio.select('codes.csv');
  const chooser = page.waitForEvent('filechooser');
  await studio.inspector.getByRole('button', { name: 'Choose file…' }).click();
  await (await chooser).setFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('word\nhello\n') });
  await expect(studio.node('codes.csv')).toContainText('CSV · 1 field');
  await studio.run();
  await studio.waitForStatus('Finished');
  await expect.poll(() => studio.rowCount()).toBe(1);
  expect(await studio.resultRows()).toEqual([{ word: 'hello' }]);
});

test('a dropped file is still there after a reload', async ({ studio, page }) => {
  await studio.openEmpty();
  await studio.dropFile({ name: 'readings.csv', text: FIVE_READINGS });
  await studio.select('readings.csv');
  await expect(studio.inspector.getByText('kept in this browser')).toBeVisible();
  await studio.addByClick('Table');
  await page.reload();
  await studio.runToEnd();
  expect(await studio.resultRows()).toHaveLength(5);
});

const MALFORMED = `id,timestamp,temperature
north,1000,20
south,soon,30
north,3000
south,4000,50
"north,5000,60
south,6000,warm
`;

const MALFORMED_LINES = [
  { line: 3, record: 'south,soon,30' },
  { line: 4, record: 'north,3000' },
  { line: 6, record: '"north,5000,60' },
  { line: 7, record: 'south,6000,warm' },
];

const GOOD_ROWS = [
  { id: 'north', timestamp: 1000, temperature: 20 },
  { id: 'south', timestamp: 4000, temperature: 50 },
];

test('malformed lines are skipped, counted, and listed with line number and reason', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('skip', [fileSource(), TABLE], MALFORMED));
  await studio.runToEnd();

  expect(await studio.resultRows()).toEqual(GOOD_ROWS);
  expect(await studio.skippedCounts()).toEqual(['Readings: 4 malformed']);
  const lines = await studio.skippedLines();
  expect(lines.map(({ line, record }) => ({ line, record }))).toEqual(MALFORMED_LINES);
  expect(lines[0]).toMatchObject({ kind: 'Malformed', operator: 'Readings', reason: expect.stringContaining('"soon"') });
  await expect(studio.node('Readings').getByRole('img', { name: '4 skipped records' })).toBeVisible();
});

test('malformed lines go to a side output with line, reason and text', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'side output',
      [fileSource({ onMalformed: 'side-output' }), TABLE, { id: 'bad', type: 'table-sink', name: 'Bad lines', from: 'file.malformed' }],
      MALFORMED,
    ),
  );
  await studio.runToEnd();
  await studio.showSink('Bad lines');
  expect((await studio.resultRows()).map(({ line, raw }) => ({ line, record: raw }))).toEqual(MALFORMED_LINES);
  await studio.showSink('Table');
  expect(await studio.resultRows()).toEqual(GOOD_ROWS);
});

test('a malformed line stops the job where it shall, and says which line', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('fail', [fileSource({ onMalformed: 'fail' }), TABLE], MALFORMED));
  await studio.setSpeed('Max');
  await studio.run();
  await studio.waitForStatus('Failed');
  await expect(studio.error).toContainText('Readings');
  await expect(studio.error).toContainText('"soon"');
  await expect(studio.error).toContainText('south,soon,30');
  await expect(studio.error).toContainText('Record 3');
  // What was delivered before stays.
  expect(await studio.resultRows()).toEqual(GOOD_ROWS.slice(0, 1));
});

test('an empty file is refused when it is dropped, and the pipeline stays as it is', async ({ studio }) => {
  await studio.openEmpty();
  await studio.dropFile({ name: 'nothing.csv', text: '' });
  await expect(studio.message('nothing.csv is empty')).toContainText('Your pipeline is unchanged.');
  expect((await studio.exported()).nodes).toEqual([]);
});

test('a file with a header and no record ends at once, without rows', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('no record', [fileSource(), TABLE], 'id,timestamp,temperature\n'));
  await studio.runToEnd();
  await expect(page.getByText('The job finished and delivered no row to this sink. 0 records read.')).toBeVisible();
});

test('a picture that calls itself CSV is refused with what it is', async ({ studio }) => {
  await studio.openEmpty();
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0];
  await studio.dropFile({ name: 'picture.csv', bytes: png });
  await expect(studio.message('picture.csv could not be used')).toContainText('binary, not text');
  expect((await studio.exported()).nodes).toEqual([]);
});

const LATE = `id,timestamp,temperature
north,1000,20
north,12000,40
north,2000,99
north,13000,60
`;

test('late records are counted, and listed with line and reason', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('late', averages(fileSource()), LATE));
  await studio.runToEnd();
  expect(await studio.resultRows()).toEqual([
    { id: 'north', window_start: 0, window_end: 10_000, readings: 1, average: 20 },
    { id: 'north', window_start: 10_000, window_end: 20_000, readings: 2, average: 50 },
  ]);
  expect(await studio.metricsOf('Window')).toMatchObject({ in: 4, late: 1 });
  expect(await studio.skippedLines()).toEqual([
    {
      kind: 'Late',
      operator: 'Window',
      line: 4,
      reason: expect.stringContaining('which ended: the watermark was'),
      record: '{"id":"north","timestamp":2000,"temperature":99}',
    },
  ]);
});

test('late records go to a table of their own', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'late table',
      [
        ...averages(fileSource(), { lateData: 'side-output' }),
        { id: 'late', type: 'table-sink', name: 'Too late', from: 'window.late', at: [2, 1] },
      ],
      LATE,
    ),
  );
  await studio.runToEnd();
  await studio.showSink('Too late');
  expect(await studio.resultRows()).toEqual([{ id: 'north', timestamp: 2000, temperature: 99 }]);
});

test('a file sink offers what it has written for download', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'download',
      [
        fileSource(),
        { id: 'csv', type: 'file-sink', name: 'As CSV', config: { format: 'csv', fileName: 'warm' } },
        { id: 'ndjson', type: 'file-sink', name: 'As NDJSON', config: { format: 'ndjson', fileName: 'warm.jsonl' }, from: 'file' },
      ],
      FIVE_READINGS,
    ),
  );
  await studio.runToEnd();
  await studio.showSink('As CSV');
  await expect(page.getByText('5 rows')).toBeVisible();
  expect(await studio.downloadSink('warm.csv')).toBe(
    ['id,timestamp,temperature', 'north,1000,20', 'south,2000,30', 'north,3000,40', 'south,4000,50', 'north,5000,60', ''].join('\n'),
  );
  await studio.showSink('As NDJSON');
  expect((await studio.downloadSink('warm.jsonl')).split('\n')[0]).toBe('{"id":"north","timestamp":1000,"temperature":20}');
});
