import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { averages, documentOf, TABLE } from './documents.ts';
import { averagesOf, writeSensorFile } from './sensor-file.ts';
import type { SensorFile } from './sensor-file.ts';
import type { ResultRow } from './studio.ts';
import { expect, test } from './test.ts';

const run = promisify(execFile);
const PROJECT = path.join(import.meta.dirname, '..');
const OUT_OF_ORDERNESS_MS = 5000;

/** Every record that cannot be averaged goes to a table of its own, and the averages go to a file besides. */
const DOCUMENT = documentOf('a million readings', [
  ...averages(
    { id: 'file', type: 'file-source', name: 'Readings', config: { onMalformed: 'side-output' } },
    { outOfOrdernessMs: OUT_OF_ORDERNESS_MS, lateData: 'side-output' },
  ),
  { id: 'export', type: 'file-sink', name: 'Export', config: { format: 'ndjson', fileName: 'averages' }, from: 'window', at: [2, 2] },
  { ...TABLE, id: 'late', name: 'Too late', from: 'window.late', at: [1, 2] },
  { ...TABLE, id: 'malformed', name: 'Malformed', from: 'file.malformed', at: [0, 2] },
]);

interface HeadlessRun {
  readonly summary: string;
  readonly lines: (sink: string) => Promise<readonly string[]>;
}

/** The same document on the command line. */
async function headless(documentPath: string, inputPath: string, folder: string, args: readonly string[]): Promise<HeadlessRun> {
  await mkdir(folder, { recursive: true });
  const outputOf = (sink: string) => path.join(folder, `${sink}.ndjson`);
  const outputs = ['table', 'export', 'late', 'malformed'].flatMap((sink) => ['--output', `${sink}=${outputOf(sink)}`]);
  const { stderr } = await run(
    'npm',
    ['run', '--silent', 'millrace', '--', 'run', documentPath, '--input', `file=${inputPath}`, ...outputs, '--quiet', ...args],
    { cwd: PROJECT, maxBuffer: 1 << 26 },
  );
  return { summary: stderr, lines: async (sink) => (await readFile(outputOf(sink), 'utf8')).trimEnd().split('\n') };
}

function hashesOf(summary: string): { readonly trace: string; readonly result: string } {
  const [, trace = '', result = ''] = /trace (\S+), result (\S+)/.exec(summary) ?? [];
  return { trace, result };
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Thread time in microseconds: what the task itself took, whatever else the machine had to do. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task of the page's thread between two calls, in milliseconds of its own time. */
async function watchLongestTask(browser: Browser, page: Page): Promise<() => Promise<number>> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
    const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
    const isOfPage = ({ pid, tid }: TraceEvent) => threads.some((thread) => thread.pid === pid && thread.tid === tid);
    const tasks = traceEvents.filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && isOfPage(event));
    expect(tasks.length).toBeGreaterThan(100);
    return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
  };
}

function parse(lines: readonly string[]): readonly ResultRow[] {
  return lines.map((line) => JSON.parse(line) as ResultRow);
}

function reading({ id, timestamp, temperature }: SensorFile['readings'][number]) {
  return { id, timestamp, temperature };
}

test('a million readings, dropped on the studio and on the command line, give exactly the averages of a plain loop', async ({
  studio,
  page,
  browser,
}, testInfo) => {
  test.setTimeout(180_000);
  const inputPath = testInfo.outputPath('readings.csv');
  await mkdir(path.dirname(inputPath), { recursive: true });
  const file = await writeSensorFile(inputPath, { count: 1_000_000, sensors: 100, seed: 42 });
  const expected = averagesOf(file.readings, { sizeMs: 10_000, outOfOrdernessMs: OUT_OF_ORDERNESS_MS, intervalMs: 200 });
  expect(expected.late.length).toBeGreaterThan(1000);

  await studio.openFresh();
  await studio.openDocument(DOCUMENT);
  const longestTask = await watchLongestTask(browser, page);
  await studio.dropFileFromDisk(inputPath, studio.node('Readings'));
  await expect(studio.node('Readings')).toContainText('CSV · 3 fields');
  await studio.setSpeed('Max');
  await studio.run();
  // The page answers while it runs at full speed.
  await studio.select('Window');
  await studio.showTab('Metrics');
  await studio.waitForStatus('Finished', 60_000);
  const longest = await longestTask();

  expect(await studio.summary()).toMatchObject({ recordsRead: file.readings.length });
  expect(await studio.metricsOf('Window')).toMatchObject({ in: file.readings.length, late: expected.late.length });
  expect(await studio.metricsOf('Readings')).toMatchObject({ malformed: file.malformed.length });
  await studio.showSink('Export');
  const exported = await studio.downloadSink('averages.ndjson');
  expectSameRows(parse(exported.trimEnd().split('\n')), expected.rows);
  await studio.showSink('Averages');
  expectSameRows(await studio.resultRows(), expected.rows);
  await studio.showSink('Too late');
  expectSameRows(await studio.resultRows(), expected.late.map(reading));
  await studio.showSink('Malformed');
  const malformed = await studio.resultRows();
  expect(malformed.map(({ line, raw }) => ({ line, raw }))).toEqual(file.malformed);
  expect(malformed.every(({ reason }) => typeof reason === 'string' && reason.length > 10)).toBe(true);

  // The first of them are listed, with line and reason.
  const listed = await studio.skippedLines();
  const lineOf = { Late: expected.late, Malformed: file.malformed };
  for (const { kind, line, reason } of listed) {
    expect(lineOf[kind as 'Late' | 'Malformed'].map((record) => record.line)).toContain(line);
    expect(reason).not.toBe('');
  }
  expect(await studio.skippedCounts()).toEqual([
    `Readings: ${file.malformed.length} malformed`,
    `Window: ${expected.late.length.toLocaleString('en-US')} late`,
  ]);
  expect(longest).toBeLessThan(100);

  const documentPath = testInfo.outputPath('document.json');
  await writeFile(documentPath, await studio.exportedText());
  const { traceHash, resultHash } = await studio.summary();
  const alone = await headless(documentPath, inputPath, testInfo.outputPath('alone'), []);
  expect(hashesOf(alone.summary)).toEqual({ trace: traceHash, result: resultHash });
  expect(alone.summary).toContain(`late ${expected.late.length}, malformed ${file.malformed.length}, failed 0`);
  expect((await alone.lines('export')).join('\n') === exported.trimEnd()).toBe(true);
  expectSameRows(parse(await alone.lines('late')), expected.late.map(reading));

  // In four subtasks the order between keys is another, the results are the same.
  const parallel = await headless(documentPath, inputPath, testInfo.outputPath('parallel'), ['--parallelism', '4']);
  expect(hashesOf(parallel.summary).result).toBe(resultHash);
  expect((await parallel.lines('export')).toSorted().join('\n') === (await alone.lines('export')).toSorted().join('\n')).toBe(true);
  await rm(inputPath);
});

test('fused, record by record, and stepped in the studio: the same trace', async ({ studio }, testInfo) => {
  test.setTimeout(90_000);
  const inputPath = testInfo.outputPath('readings.csv');
  await mkdir(path.dirname(inputPath), { recursive: true });
  const file = await writeSensorFile(inputPath, { count: 20_000, sensors: 20, seed: 7 });
  await studio.openFresh();
  await studio.openDocument(DOCUMENT);
  await studio.dropFileFromDisk(inputPath, studio.node('Readings'));
  await expect(studio.node('Readings')).toContainText('CSV · 3 fields');
  await studio.setSpeed('Max');
  // Some steps by hand first, then the rest at full speed.
  for (let i = 0; i < 12; i++) {
    await studio.step();
    await expect.poll(async () => (await studio.metricsOf('Readings')).out).toBe(i + 1);
  }
  await studio.resume();
  await studio.waitForStatus('Finished', 30_000);
  const stepped = await studio.summary();
  expect(stepped.recordsRead).toBe(file.readings.length);

  const documentPath = testInfo.outputPath('document.json');
  await writeFile(documentPath, await studio.exportedText());
  const fused = await headless(documentPath, inputPath, testInfo.outputPath('fused'), []);
  const unfused = await headless(documentPath, inputPath, testInfo.outputPath('unfused'), ['--unfused']);
  const expected = { trace: stepped.traceHash, result: stepped.resultHash };
  expect(hashesOf(fused.summary)).toEqual(expected);
  expect(hashesOf(unfused.summary)).toEqual(expected);
  const { rows } = averagesOf(file.readings, { sizeMs: 10_000, outOfOrdernessMs: OUT_OF_ORDERNESS_MS, intervalMs: 200 });
  expectSameRows(parse(await unfused.lines('export')), rows);
});

/** Row by row and in order, every number to the last bit. Names the first difference instead of printing all of them. */
function expectSameRows(actual: readonly ResultRow[], expected: readonly object[]): void {
  expect(actual.length).toBe(expected.length);
  const different = expected.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(actual[i]));
  expect(different === -1 ? null : { row: different, ...actual[different] }).toEqual(
    different === -1 ? null : { row: different, ...expected[different] },
  );
}
