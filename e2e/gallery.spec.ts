import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResultRow, Studio } from './studio.ts';
import { expect, test } from './test.ts';

interface ExampleFile {
  readonly job: { readonly name: string };
  readonly nodes: readonly { readonly id: string; readonly name: string }[];
}

const FOLDER = path.join(import.meta.dirname, '../examples');
/** One of each group, and what is special: several inputs and sinks, data of its own, more than one subtask. */
const HANDFUL = [
  'sensor-averages',
  'e10-fire-alarm',
  'e11-parallelism',
  'e17-reading-filter',
  'e27-late-readings',
  'e25-every-second-trigger',
  'e31-updatable-thresholds',
  'e36b-clicks-and-purchases',
  'e51-fraud-with-timers',
];

function read<T>(example: string, file: string): T {
  return JSON.parse(readFileSync(path.join(FOLDER, example, file), 'utf8')) as T;
}

async function openExample(studio: Studio, title: string): Promise<void> {
  await studio.menu('File', 'Examples');
  const gallery = studio.page.getByRole('dialog', { name: 'Examples' });
  await gallery.getByRole('combobox', { name: 'Search examples' }).fill(title);
  await gallery.getByRole('option', { name: title }).first().click();
  await gallery.getByRole('region', { name: title, exact: true }).getByRole('button', { name: 'Open', exact: true }).click();
  await studio.dismissMessage(`Opened ${title}`);
}

test('worked examples of every kind open from the gallery and deliver the rows they promise', async ({ studio }) => {
  test.slow();
  await studio.openFresh();
  for (const example of HANDFUL) {
    await test.step(example, async () => {
      const document = read<ExampleFile>(example, 'pipeline.json');
      const expected = read<Readonly<Record<string, readonly ResultRow[]>>>(example, 'expected.json');
      await openExample(studio, document.job.name);
      expect(await studio.problems()).toEqual([]);
      await studio.runToEnd();
      const sinks = Object.keys(expected);
      for (const sink of sinks) {
        const name = document.nodes.find((node) => node.id === sink)?.name ?? sink;
        if (sinks.length > 1) await studio.showSink(name);
        else await studio.showTab('Results');
        await expect(studio.results(name)).toBeVisible();
        expect(await studio.resultRows()).toEqual(expected[sink]);
      }
    });
  }
});

test('an example is found and opened with the keyboard alone; undo and the version history keep the work before it', async ({
  studio,
  page,
}) => {
  await studio.openFresh();
  await studio.stop();
  await studio.select('Warm readings');
  await studio.setField('Name', 'My own filter');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('textbox', { name: 'Search commands' })).toBeFocused();
  await page.keyboard.type('examples');
  await expect(page.getByRole('dialog', { name: 'Commands' }).getByRole('button').first()).toContainText('Examples…');
  await page.keyboard.press('Enter');
  const search = page.getByRole('combobox', { name: 'Search examples' });
  await expect(search).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option', { name: 'Word count', exact: true })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.type('fire');
  await expect(page.getByRole('img', { name: /^8 operators: .*Smoke/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Examples' })).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Name of the pipeline' })).toHaveValue('Fire alarm');
  await studio.dismissMessage('Opened Fire alarm');

  await studio.undo();
  await expect(studio.node('My own filter')).toBeVisible();
  await studio.redo();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Name of the pipeline' })).toHaveValue('Fire alarm');
  await studio.menu('File', 'Version history');
  await page
    .getByRole('button', { name: /^Restore Sensor averages/ })
    .first()
    .click();
  await expect(studio.node('My own filter')).toBeVisible();
});

test('the gallery is loaded when it is opened, not before', async ({ studio, page }) => {
  const loaded: string[] = [];
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  await studio.openFresh();
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((file) => /gallery|pipeline/i.test(file) && file.endsWith('.js'))).toEqual([]);
  await studio.menu('File', 'Examples');
  await expect(page.getByRole('option', { name: 'Word count', exact: true })).toBeVisible();
  expect(loaded.filter((file) => /Gallery-[^/]*\.js$/.test(file))).toHaveLength(1);
  // One document: that of the example which is shown.
  await expect(page.getByRole('img', { name: /^7 operators: / })).toBeVisible();
  expect(loaded.filter((file) => /pipeline-[^/]*\.js$/.test(file))).toHaveLength(1);
});
