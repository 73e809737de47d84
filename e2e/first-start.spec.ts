import { expect, test } from './test.ts';

test('the first start shows a pipeline that runs at once', async ({ studio, page }) => {
  await studio.openFresh();

  expect(await page.evaluate(() => ({ isolated: crossOriginIsolated, shared: typeof SharedArrayBuffer }))).toEqual({
    isolated: true,
    shared: 'function',
  });
  for (const title of ['Sensor readings', 'Event time', 'Warm readings', 'Key by sensor', '10 second average', 'Averages'])
    await expect(studio.node(title)).toBeVisible();
  await expect(studio.edge('Key by sensor', '10 second average')).toBeAttached();
  await expect(studio.canvas.getByRole('button', { name: /^HASH/ })).toBeVisible();

  await expect(studio.results('Averages').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 });
  await expect(studio.node('Event time')).toContainText(/watermark\s*\d\d:\d\d:\d\d\.\d{3}/);
  await expect(studio.node('Sensor readings')).toContainText(/out [\d.]+K?\/s/);
  expect(await studio.problems()).toEqual([]);
});

test('late readings of the example are counted on the window, and listed with line and reason', async ({ studio }) => {
  await studio.openFresh();
  await studio.setSpeed('100×');

  await expect(studio.node('10 second average').getByRole('img', { name: /late records$/ })).toBeVisible({ timeout: 15_000 });
  await studio.stop();
  const [first] = await studio.skippedLines();
  expect(first).toEqual({
    kind: 'Late',
    operator: '10 second average',
    line: expect.any(Number),
    reason: expect.stringMatching(
      /^Timestamp .+ belongs to window \[.+\), which ended: the watermark was .+ and allowed lateness is 0 ms\.$/,
    ),
    record: expect.stringMatching(/^\{"id":"sensor_\d+","timestamp":\d+,"temperature":[\d.]+\}$/),
  });
});
