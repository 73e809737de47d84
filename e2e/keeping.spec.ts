import { documentOf, fileSource, filtered, FIVE_READINGS, TABLE } from './documents.ts';
import { Studio } from './studio.ts';
import { expect, test } from './test.ts';

test('a reload in the middle of an edit loses nothing of what was typed', async ({ studio, page }) => {
  await studio.openEmpty();
  await studio.addByClick('Filter');
  await studio.editor('Keep a record when').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('(r) => r.temperature > 4');
  await page.reload();

  await studio.select('Filter');
  await expect(studio.node('Filter')).toContainText('(r) => r.temperature > 4');
  expect((await studio.exported()).nodes[0]?.config['predicate']).toBe('(r) => r.temperature > 4');
});

test('a reload in the middle of a run keeps the pipeline, and says honestly that nothing runs', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.setSpeed('100×');
  await expect(studio.results('Averages').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 });
  const before = await studio.exported();
  await page.reload();

  await studio.waitForStatus('Ready');
  await expect(page.getByText('Nothing has run yet. Run the pipeline to see its results here.')).toBeVisible();
  expect((await studio.exported()).nodes).toEqual(before.nodes);
  await studio.run();
  await studio.waitForStatus('Running');
});

test('undo and redo go on after a reload', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.stop();
  await studio.addByClick('Map');
  await studio.select('Warm readings');
  await studio.setField('Name', 'Hot readings');
  await studio.addByClick('Union');
  await studio.undo();
  await page.reload();
  await expect(studio.node('Hot readings')).toBeVisible();
  await studio.redo();
  await expect(studio.node('Union')).toBeVisible();
  await studio.undo();
  await studio.undo();
  await expect(studio.node('Warm readings')).toBeVisible();
  await studio.undo();
  await expect(studio.node('Map')).toHaveCount(0);
});

test('the viewport is remembered', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.canvas.getByRole('button', { name: 'Zoom out' }).click();
  await studio.canvas.getByRole('button', { name: 'Zoom out' }).click();
  const zoom = await studio.canvas.getByRole('button', { name: /^Zoom \d+ %/ }).textContent();
  await expect.poll(async () => `${Math.round(((await studio.exported()).view?.zoom ?? 0) * 100)} %`).toBe(zoom);
  await page.reload();
  await expect(studio.canvas.getByRole('button', { name: /^Zoom \d+ %/ })).toHaveText(zoom ?? '');
});

test('a tab that crashes keeps the last edit', async ({ studio, page, context }) => {
  await studio.openEmpty();
  await studio.addByClick('Map');
  await studio.inspector.getByRole('textbox', { name: 'Name' }).fill('The last thing I did');
  await expect(studio.node('The last thing I did')).toBeVisible();
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  session.send('Page.crash').catch(() => undefined);
  await crashed;

  const next = new Studio(await context.newPage());
  await next.open();
  await expect(next.node('The last thing I did')).toBeVisible();
  next.expectNoConsoleErrors();
});

test('the same pipeline in two tabs is warned about, in both, until one is closed', async ({ studio, page, context }) => {
  await studio.openFresh();
  const second = new Studio(await context.newPage());
  await second.open();
  const warning = 'This pipeline is also open in another tab.';
  await expect(second.page.getByRole('alert').filter({ hasText: warning })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: warning })).toBeVisible();
  await second.page.close({ runBeforeUnload: false });
  await expect(page.getByRole('alert').filter({ hasText: warning })).toHaveCount(0);
});

test('an exported document comes back the same', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('round trip', filtered('(r) => r.temperature > 25'), FIVE_READINGS));
  const exported = await studio.exportedText();
  await studio.menu('File', 'New pipeline');
  await expect(studio.canvas.getByRole('heading', { name: 'Start with a source' })).toBeVisible();
  await studio.dropFile({ name: 'round-trip.json', text: exported });
  await expect(studio.node('Warm')).toBeVisible();
  const { view: _, ...again } = JSON.parse(await studio.exportedText()) as Record<string, unknown>;
  const { view: __, ...before } = JSON.parse(exported) as Record<string, unknown>;
  expect(again).toEqual(before);
});

test('a document opens from the file menu; it does not run by itself, and opening can be undone', async ({ studio, page }) => {
  await studio.openFresh();
  const chooser = page.waitForEvent('filechooser');
  await studio.menu('File', 'Open from file…');
  const document = documentOf('from a friend', filtered('(r) => true'), FIVE_READINGS);
  await (await chooser).setFiles({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) });

  await expect(studio.node('Warm')).toBeVisible();
  await expect(studio.message('Opened from a friend')).toContainText('It is not running yet.');
  await studio.waitForStatus('Ready');
  await studio.undo();
  await expect(studio.node('10 second average')).toBeVisible();
});

const BROKEN = [
  ['no JSON', '{ "format": "millrace/pipe'],
  ['another format', '{\n  "hello": "world"\n}\n'],
  ['a newer version', JSON.stringify({ ...documentOf('newer', []), version: 99 })],
  ['an operator without an id', JSON.stringify({ ...documentOf('no id', []), nodes: [{ type: 'filter' }] })],
  ['two operators with one id', JSON.stringify(documentOf('twins', [fileSource(), fileSource(), TABLE]))],
] as const;

for (const [what, text] of BROKEN) {
  test(`a document that is broken (${what}) is refused, and the work stays as it is`, async ({ studio, page }) => {
    await studio.openFresh();
    const before = await studio.exported();
    const chooser = page.waitForEvent('filechooser');
    await studio.menu('File', 'Open from file…');
    await (await chooser).setFiles({ name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await expect(studio.message('broken.json could not be opened')).toContainText('Your pipeline is unchanged.');
    expect(await studio.exported()).toEqual(before);
    await studio.waitForStatus('Running');
  });
}

test('a connection that leads nowhere is kept and said, and nothing runs', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('nowhere', [fileSource(), { ...TABLE, from: 'gone' }], FIVE_READINGS));
  expect(await studio.problems()).toContainEqual(expect.stringContaining('gone'));
});

test('an operator that this build does not know is kept, shown, and said', async ({ studio, page }) => {
  await studio.openFresh();
  const document = documentOf(
    'unknown',
    [fileSource(), { id: 'x', type: 'cep-pattern', name: 'Pattern', config: { pattern: 'A B+' } }, TABLE],
    FIVE_READINGS,
  );
  await studio.openDocument(document);
  await expect(studio.node('Pattern')).toContainText('Unknown operator: cep-pattern');
  await studio.select('Pattern');
  await expect(studio.inspector).toContainText('"pattern": "A B+"');
  await expect(page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Run' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  expect((await studio.exported()).nodes[1]).toMatchObject({ type: 'cep-pattern', config: { pattern: 'A B+' } });
});

test('an earlier state is found in the version history', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.menu('File', 'New pipeline');
  await expect(studio.canvas.getByRole('heading', { name: 'Start with a source' })).toBeVisible();
  await studio.menu('File', 'Version history…');
  await page
    .getByRole('button', { name: /^Restore Sensor averages/ })
    .first()
    .click();
  await expect(studio.node('10 second average')).toBeVisible();
});

test('results of one pipeline are not shown as those of another', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.setSpeed('100×');
  await expect(studio.results('Averages').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 });
  await studio.menu('File', 'New pipeline');
  // The same id as the example's table.
  await studio.addByClick('Table');
  await expect(studio.results('Table')).toHaveCount(0);
  await expect(page.getByRole('tabpanel', { name: 'Results' })).toContainText('0 rows');
});
