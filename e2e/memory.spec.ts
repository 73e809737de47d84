import { readFile, readdir } from 'node:fs/promises';
import { setInterval } from 'node:timers/promises';
import { averages, documentOf } from './documents.ts';
import { expect, test } from './test.ts';

const MIB = 1 << 20;
const SIZE_MB = 1000;
/** Of the idle tab, which holds the studio and its workers already. */
const ALLOWED_MB = 400;

/** Resident memory of the processes that draw the studio and run its workers, in MB. */
async function residentMegabytes(pids: readonly number[]): Promise<number> {
  let pages = 0;
  for (const pid of pids) {
    // A process that has ended uses none.
    const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0');
    pages += Number(statm.split(' ')[1]);
  }
  return (pages * 4096) / MIB;
}

test('a file of 1 GB streams through with flat memory', async ({ studio, page, browser }) => {
  test.skip(process.platform !== 'linux', 'memory is read from /proc');
  test.setTimeout(180_000);
  await studio.openFresh();
  await studio.openDocument(
    documentOf('large', averages({ id: 'file', type: 'file-source', name: 'Readings' }, { outOfOrdernessMs: 86_400_000 })),
  );
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(pids.length).toBeGreaterThan(0);
  expect(await readdir(`/proc/${pids[0]}`)).toContain('statm');
  await page.requestGC();
  const idle = await residentMegabytes(pids);

  // One part of a few MB, many times: the browser keeps it once, the application sees a file of its full size. Its times begin anew with
  // each part, so the watermark stays a day behind and no window fires before the end.
  await studio.node('Readings').evaluate((element, sizeMb) => {
    const lines: string[] = [];
    for (let i = 0; i < 100_000; i++) lines.push(`sensor_${i % 50},${1_700_000_000_000 + i * 100},${20 + (i % 100) / 10}\n`);
    const part = new Blob([lines.join('')]);
    const parts = Array.from({ length: Math.ceil((sizeMb * 1e6) / part.size) }, () => part);
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Blob(['id,timestamp,temperature\n']), ...parts], 'large.csv'));
    for (const type of ['dragenter', 'dragover', 'drop'])
      element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }, SIZE_MB);

  let peak = 0;
  const over = new AbortController();
  const sampling = (async () => {
    for await (const _ of setInterval(50, null, { signal: over.signal })) peak = Math.max(peak, await residentMegabytes(pids));
  })().catch((error: Error) => expect(error.name).toBe('AbortError'));
  await expect(studio.node('Readings')).toContainText('CSV · 3 fields', { timeout: 60_000 });
  await studio.runToEnd(120_000);
  over.abort();
  await sampling;
  const { recordsRead } = await studio.summary();
  expect(recordsRead).toBeGreaterThan(SIZE_MB * 25_000);
  expect((await studio.metricsOf('Window')).late).toBe(0);
  expect(peak - idle).toBeGreaterThan(0);
  expect(peak - idle).toBeLessThan(ALLOWED_MB);
});
