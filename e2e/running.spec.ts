import { documentOf, fileSource, TABLE } from './documents.ts';
import { expect, test } from './test.ts';

/** One reading a second, for an hour of event time: at ×1 nobody waits for its end. */
function hourOfReadings(): string {
  const lines = Array.from({ length: 3600 }, (_, i) => `s${i % 2},${i * 1000},${i % 30}`);
  return `id,timestamp,temperature\n${lines.join('\n')}\n`;
}

const SENSORS = documentOf('sensors', [
  { id: 'sensors', type: 'sensor-source', name: 'Sensors', config: { recordsPerSecond: 100 }, from: null },
  { id: 'time', type: 'timestamps-and-watermarks', name: 'Event time', config: { timestampField: 'timestamp' } },
  TABLE,
]);

test('a job is run, paused, stepped record by record, resumed and stopped', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(SENSORS);
  await studio.waitForStatus('Ready');
  await studio.run();
  await studio.waitForStatus('Running');
  await expect.poll(async () => (await studio.metricsOf('Sensors')).out).toBeGreaterThan(5);

  await studio.pause();
  const paused = await studio.metricsOf('Sensors');
  await studio.step();
  await expect.poll(async () => (await studio.metricsOf('Sensors')).out).toBe(paused.out + 1);
  await studio.step();
  await expect.poll(async () => (await studio.metricsOf('Sensors')).out).toBe(paused.out + 2);
  await expect.poll(async () => (await studio.metricsOf('Table')).in).toBe(paused.out + 2);
  await studio.waitForStatus('Paused');

  await studio.resume();
  await studio.waitForStatus('Running');
  await expect.poll(async () => (await studio.metricsOf('Sensors')).out).toBeGreaterThan(paused.out + 2);
  await studio.stop();
  const stopped = await studio.metricsOf('Sensors');
  // What came of it stays, and every record that left the source has arrived.
  await studio.showTab('Results');
  expect(await studio.rowCount()).toBe(stopped.out);
  expect(await studio.resultRows()).toHaveLength(stopped.out);
});

test('rates are of the moment: a paused job says so, an ended one shows what came of it', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(SENSORS);
  await studio.run();
  await expect(studio.node('Sensors')).toContainText(/out [\d.]+K?\/s/);
  const edge = studio.canvas.locator('.mr-edge-numbers').first();
  const rates = studio.node('Sensors').locator('.mr-node-rates');
  await expect(edge).toContainText(/[\d.]+K?\/s/);
  await studio.pause();
  await expect(studio.node('Sensors')).toContainText('Paused');
  await expect(rates).not.toContainText('/s');
  await expect(edge).toContainText('paused');
  await studio.showTab('Metrics');
  const row = page.getByRole('region', { name: 'Metrics of operators' }).getByRole('row').filter({ hasText: 'Sensors' });
  expect((await row.getByRole('cell').allTextContents()).slice(2, 4)).toEqual(['paused', 'paused']);
  await studio.stop();
  const { out } = await studio.metricsOf('Sensors');
  expect((await row.getByRole('cell').allTextContents()).slice(2, 4)).toEqual(['–', '–']);
  await expect(studio.node('Sensors').getByTitle(`${out.toLocaleString('en-US')} records emitted`)).toBeVisible();
  await expect(rates).not.toContainText('/s');
  await expect(edge).toContainText('records');
});

test('stepping from the start delivers the first records one by one', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('step', [fileSource(), TABLE], hourOfReadings()));
  await studio.step();
  await studio.waitForStatus('Paused');
  await expect.poll(async () => studio.rowCount()).toBe(1);
  await studio.page.keyboard.press('F10');
  await expect.poll(async () => studio.rowCount()).toBe(2);
  expect(await studio.resultRows()).toEqual([
    { id: 's0', timestamp: 0, temperature: 0 },
    { id: 's1', timestamp: 1000, temperature: 1 },
  ]);
});

test('stepped, paused or at full speed, a run is the same to the last record', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf('same', [
      { id: 'sensors', type: 'sensor-source', name: 'Sensors', config: { count: 3000, recordsPerSecond: 100 }, from: null },
      { id: 'time', type: 'timestamps-and-watermarks', name: 'Event time', config: { timestampField: 'timestamp' } },
      { id: 'key', type: 'key-by', name: 'Key', config: { columns: ['id'] } },
      {
        id: 'window',
        type: 'tumbling-window',
        name: 'Window',
        config: { size: 5000, aggregates: [{ fn: 'avg', column: 'temperature', as: 'average' }] },
      },
      TABLE,
    ]),
  );
  await studio.runToEnd();
  const fast = { summary: await studio.summary(), rows: await studio.resultRows() };
  expect(fast.summary).toMatchObject({ recordsRead: 3000, rows: fast.rows.length });

  for (let i = 0; i < 5; i++) await studio.step();
  await studio.waitForStatus('Paused');
  await expect.poll(async () => (await studio.metricsOf('Sensors')).out).toBe(5);
  await studio.resume();
  await studio.waitForStatus('Finished');
  expect({ summary: await studio.summary(), rows: await studio.resultRows() }).toEqual(fast);
});

test('the speed can be changed while a job runs, and progress is shown', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'speed',
      [fileSource(), { id: 'time', type: 'timestamps-and-watermarks', name: 'Event time', config: { timestampField: 'timestamp' } }, TABLE],
      hourOfReadings(),
    ),
  );
  await studio.setSpeed('1×');
  await studio.run();
  await studio.waitForStatus('Running');
  await expect(page.getByRole('progressbar', { name: 'Input read' })).toBeVisible();
  await expect.poll(async () => (await studio.metricsOf('Readings')).out).toBeGreaterThan(0);
  // An hour is not read in the time of this test.
  expect((await studio.metricsOf('Readings')).out).toBeLessThan(3600);
  await studio.setSpeed('Max');
  await studio.waitForStatus('Finished');
  expect(await studio.metricsOf('Table')).toMatchObject({ in: 3600 });
});

test('changes while a job runs are marked, and a restart applies them', async ({ studio, page }) => {
  await studio.openFresh();
  await expect(page.getByText('Changed since start')).toHaveCount(0);
  await studio.select('Warm readings');
  await studio.setFunction('Keep a record when', '(r) => r.temperature > 1000');
  await expect(page.getByText('Changed since start')).toBeVisible();
  await page.getByRole('button', { name: 'Restart' }).click();
  await expect(page.getByText('Changed since start')).toHaveCount(0);
  await studio.waitForStatus('Running');
  await expect.poll(async () => (await studio.metricsOf('Warm readings')).in).toBeGreaterThan(0);
  expect((await studio.metricsOf('Warm readings')).out).toBe(0);
  await studio.showTab('Results');
  await expect(page.getByText(/No record has reached|No window has fired yet/)).toBeVisible();
});

test('a changed name or place is no reason to restart', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.moveByMouse('Averages', 0, 30);
  await studio.select('Averages');
  await studio.inspector.getByRole('textbox', { name: 'Name' }).fill('Renamed');
  await expect(studio.results('Renamed').or(page.getByText('No window has fired yet'))).toBeVisible();
  await expect(page.getByText('Changed since start')).toHaveCount(0);
});

test('results are found, read and copied with the keyboard', async ({ studio, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await studio.openFresh();
  await studio.openDocument(documentOf('copy', [fileSource(), TABLE], 'id,timestamp,temperature\nnorth,1000,20\nsouth,2000,30.5\n'));
  await studio.runToEnd();
  await studio.results('Table').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(studio.results('Table').getByRole('gridcell', { selected: true })).toHaveText('30.5');
  await page.getByRole('button', { name: 'Copy or save' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Copy as CSV' }).press('Enter');
  await expect(studio.message('2 rows were copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    'id,timestamp,temperature\r\nnorth,1970-01-01T00:00:01.000Z,20\r\nsouth,1970-01-01T00:00:02.000Z,30.5\r\n',
  );
});

test('queryable state is looked up after every step, found by key, and stays to be seen when the job was stopped', async ({ studio }) => {
  const rows = ['{"id":"a","n":1}', '{"id":"b","n":2}', '{"id":"a","n":3}', '{"id":"b","n":4}'].join('\n');
  const schema = [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'long' },
  ];
  await studio.openFresh();
  await studio.openDocument(
    documentOf('latest', [
      { id: 'rows', type: 'inline-source', name: 'Rows', config: { format: 'json', rows, schema }, from: null },
      { id: 'by-id', type: 'key-by', name: 'By id', config: { columns: ['id'] } },
      { id: 'latest', type: 'queryable-state', name: 'Latest', config: { stateName: 'latest' } },
    ]),
  );
  await studio.showTab('State');
  await expect(studio.page.getByText('State can be looked up only while the job runs')).toBeVisible();
  await studio.step();
  const entries = studio.page.getByRole('region', { name: 'Latest record by key of latest' }).getByRole('row');
  await expect(entries).toHaveText(['Keyidn', 'aa1']);
  await studio.step();
  await expect(entries).toHaveText(['Keyidn', 'aa1', 'bb2']);
  await studio.step();
  await expect(entries).toHaveText(['Keyidn', 'aa3', 'bb2']);
  await studio.page.getByRole('textbox', { name: 'Find a key' }).fill('B');
  await expect(entries).toHaveText(['Keyidn', 'bb2']);
  await expect(studio.page.getByText('1 of 2 keys')).toBeVisible();
  await studio.stop();
  await expect(entries).toHaveText(['Keyidn', 'bb2']);
  await expect(studio.page.getByText('as they were when last looked up')).toBeVisible();
});
