import type { CDPSession, Page } from '@playwright/test';
import { documentOf, TABLE } from './documents.ts';
import type { Step } from './documents.ts';
import type { Studio } from './studio.ts';
import { expect, test } from './test.ts';

/** Pipelines of ten operators side by side. */
const COLUMNS = 10;
const FEW_ROWS = 3;
const MANY_ROWS = 30;

function documentOfRows(rows: number) {
  const steps = Array.from({ length: rows }, (_, row) => rowOf(row)).flat();
  return documentOf(`${rows * COLUMNS} operators`, steps);
}

function rowOf(row: number): readonly Step[] {
  const at = (column: number) => [column, row] as const;
  const source: Step = {
    id: `s${row}`,
    type: 'sensor-source',
    name: `Sensors ${row}`,
    config: { recordsPerSecond: 20 },
    at: at(0),
    from: null,
  };
  const time: Step = {
    id: `t${row}`,
    type: 'timestamps-and-watermarks',
    name: `Time ${row}`,
    config: { timestampField: 'timestamp' },
    at: at(1),
  };
  const filters = Array.from(
    { length: COLUMNS - 3 },
    (_, i): Step => ({
      id: `f${row}-${i}`,
      type: 'filter',
      name: `Filter ${row} ${i}`,
      config: { predicate: `(r) => r.temperature > ${i}` },
      at: at(2 + i),
    }),
  );
  return [source, time, ...filters, { ...TABLE, id: `table${row}`, name: `Table ${row}`, at: at(COLUMNS - 1) }];
}

/** Processor time of the page's main thread while something is done, in ms: a busy machine does not count. */
async function cpuOf(page: Page, session: CDPSession, action: () => Promise<void>): Promise<number> {
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const settled = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await settled();
  const before = await read();
  await action();
  await settled();
  return (await read()) - before;
}

function middleOf(box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null) {
  return box === null ? { x: 0, y: 0 } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** What it costs to look at and edit the operators of a row, seen from far away. */
async function costsOf(studio: Studio, page: Page, session: CDPSession, row: number): Promise<Readonly<Record<string, number>>> {
  const cpu: Record<string, number> = {};
  const middle = middleOf(await studio.canvas.boundingBox());
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down({ button: 'middle' });
  const MOVES = 10;
  cpu['pan'] = (await cpuOf(page, session, () => page.mouse.move(middle.x + 100, middle.y + 60, { steps: MOVES }))) / MOVES;
  await page.mouse.up({ button: 'middle' });
  cpu['zoom'] = await cpuOf(page, session, () => page.mouse.wheel(0, -120));
  // The code editor is loaded once; that is not what is measured.
  await studio.select(`Filter ${row + 1} 3`);
  await expect(studio.editor('Keep a record when')).toBeVisible();
  // Where they are is asked before: finding them by role costs more than what is measured.
  const source = middleOf(await studio.node(`Sensors ${row}`).boundingBox());
  const filter = middleOf(await studio.node(`Filter ${row} 3`).boundingBox());
  cpu['select'] = await cpuOf(page, session, () => page.mouse.click(source.x, source.y));
  cpu['select with code'] = await cpuOf(page, session, () => page.mouse.click(filter.x, filter.y));
  const keys = 'named'.length;
  await page.getByRole('textbox', { name: 'Name', exact: true }).focus();
  cpu['type'] = (await cpuOf(page, session, () => page.keyboard.type('named'))) / keys;
  cpu['undo'] = await cpuOf(page, session, () => studio.undo());
  await studio.node(`Filter ${row} 3`).focus();
  cpu['move'] = await cpuOf(page, session, () => page.keyboard.press('ArrowRight'));
  return cpu;
}

test('a pipeline of three hundred operators can be looked at and edited', async ({ studio, page }) => {
  test.slow();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await studio.openFresh();
  await studio.stop();
  await studio.dropFile({ name: 'few.json', text: JSON.stringify(documentOfRows(FEW_ROWS)) });
  await expect(studio.node(`Table ${FEW_ROWS - 1}`)).toBeVisible();
  await page.keyboard.press('Shift+1');
  const few = await costsOf(studio, page, session, 1);
  await studio.dropFile({ name: 'many.json', text: JSON.stringify(documentOfRows(MANY_ROWS)) });
  await expect(studio.node(`Table ${MANY_ROWS - 1}`)).toBeVisible();
  await page.keyboard.press('Shift+1');
  // From far away a node is its name, and connections have no labels.
  await expect(studio.node('Filter 14 3')).toContainText('Filter 14 3');
  await expect(studio.node('Filter 14 3').locator('.mr-node-live')).toHaveCount(0);
  await expect(studio.canvas.locator('.mr-edge-label')).toHaveCount(0);
  const many = await costsOf(studio, page, session, 14);
  // Ten times as many operators: an action may cost ten times as much, and twice that where few of them cost next to nothing; not a hundred times.
  const ratios = Object.entries(many).map(([action, cost]) => [action, cost / (few[action] ?? 0)] as const);
  expect(ratios.filter(([, ratio]) => ratio > (2 * MANY_ROWS) / FEW_ROWS)).toEqual([]);
  await page.keyboard.press('Shift+2');
  await expect(studio.node('Filter 14 3').locator('.mr-node-live')).toBeVisible();
});
