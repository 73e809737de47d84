import { expect, test } from './test.ts';
import type { ExportedDocument, Studio } from './studio.ts';

/** What both ways of building must lead to. Ids and places are the studio's business. */
function pipelineOf({ nodes, edges }: ExportedDocument) {
  const nameOf = new Map(nodes.map((node) => [node.id, node.type]));
  return {
    nodes: nodes.map(({ type, name, config }) => ({ type, name, config })),
    edges: edges
      .map(({ source, sourcePort, target, targetPort }) => `${nameOf.get(source)}.${sourcePort} → ${nameOf.get(target)}.${targetPort}`)
      .toSorted(),
  };
}

/** What was set by hand, and nothing of what operators come with. */
const EXPECTED = {
  nodes: [
    { type: 'sensor-source', name: 'Sensor generator', config: { sensors: 3, count: 400 } },
    {
      type: 'timestamps-and-watermarks',
      name: 'Timestamps & watermarks',
      config: { timestampField: 'timestamp', maxOutOfOrdernessMs: 2000 },
    },
    { type: 'filter', name: 'Filter', config: { predicate: '(r) => r.temperature > 0' } },
    { type: 'map', name: 'Map', config: { mapper: '(r) => ({ ...r, fahrenheit: r.temperature * 9 / 5 + 32 })' } },
    { type: 'key-by', name: 'Key by', config: { columns: ['id'] } },
    {
      type: 'tumbling-window',
      name: 'Tumbling window',
      config: {
        size: 5000,
        aggregates: [
          { fn: 'count', column: '', as: 'count' },
          { fn: 'avg', column: 'fahrenheit', as: 'avg_fahrenheit' },
        ],
      },
    },
    { type: 'table-sink', name: 'Table', config: {} },
  ],
  edges: [
    'sensor-source.out → timestamps-and-watermarks.in',
    'timestamps-and-watermarks.out → filter.in',
    'filter.out → map.in',
    'map.out → key-by.in',
    'key-by.out → tumbling-window.in',
    'tumbling-window.out → table-sink.in',
  ].toSorted(),
};

async function expectItRuns(studio: Studio): Promise<void> {
  expect(await studio.problems()).toEqual([]);
  await studio.runToEnd();
  const rows = await studio.resultRows();
  expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'window_start', 'window_end', 'count', 'avg_fahrenheit']);
  const { late } = await studio.metricsOf('Tumbling window');
  expect(rows.reduce((sum, row) => sum + Number(row['count']), 0) + late).toBe(400);
}

test('the pipeline is built from an empty canvas with the mouse, and runs', async ({ studio }) => {
  await studio.openEmpty();

  await studio.addByDrag('Sensor generator', 0.14, 0.2);
  await studio.addByDrag('Timestamps & watermarks', 0.47, 0.2);
  await studio.addByDrag('Filter', 0.8, 0.2);
  await studio.addByDrag('Map', 0.14, 0.55);
  await studio.addByDrag('Key by', 0.47, 0.55);
  await studio.addByDrag('Tumbling window', 0.8, 0.55);
  await studio.addByDrag('Table', 0.5, 0.82);
  await studio.connectByMouse('Sensor generator', 'Timestamps & watermarks');
  await studio.connectByMouse('Timestamps & watermarks', 'Filter');
  await studio.connectByMouse('Filter', 'Map');
  await studio.connectByMouse('Map', 'Key by');
  await studio.connectByMouse('Key by', 'Tumbling window');
  await studio.connectByMouse('Tumbling window', 'Table');

  await studio.select('Sensor generator');
  await studio.setField('Sensors', '3');
  await studio.setField('Number of records', '400');
  await studio.select('Timestamps & watermarks');
  await studio.choose('Timestamp field', 'timestamp');
  await studio.setField('Maximum out-of-orderness', '2 s');
  await studio.select('Filter');
  await studio.setFunction('Keep a record when', '(r) => r.temperature > 0');
  await studio.select('Map');
  await studio.setFunction('Make from each record', '(r) => ({ ...r, fahrenheit: r.temperature * 9 / 5 + 32 })');
  await studio.select('Key by');
  await studio.choose('Key fields', 'id');
  await studio.select('Tumbling window');
  await studio.setField('Size', '5 s');
  await studio.inspector.getByRole('button', { name: 'Add aggregate' }).click();
  await studio.choose('Field of aggregate 2', 'fahrenheit');
  expect(pipelineOf(await studio.exported())).toMatchObject(EXPECTED);
  await expectItRuns(studio);
});

test('the same pipeline is built with the keyboard alone', async ({ studio, page }) => {
  await studio.openFresh();
  await page.evaluate(() => {
    // Presses that a button makes of Enter and Space are clicks without a pointer.
    const refuse = (event: Event) => {
      if (event.isTrusted && (event.type !== 'click' || (event as MouseEvent).detail > 0))
        throw new Error(`The mouse was used: ${event.type}`);
    };
    for (const type of ['mousedown', 'pointerdown', 'click']) {
      window.addEventListener(type, refuse, true);
      window.addEventListener('mouse-allowed', () => window.removeEventListener(type, refuse, true), { once: true });
    }
  });
  const { keyboard } = page;
  const command = async (name: string) => {
    await keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('textbox', { name: 'Search commands' })).toBeFocused();
    await keyboard.type(name);
    await expect(page.getByRole('dialog', { name: 'Commands' }).getByRole('button').first()).toContainText(name);
    await keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeHidden();
  };
  const add = async (title: string, query: string) => {
    await keyboard.press('/');
    const search = page.getByRole('combobox', { name: /^Add an operator/ });
    await expect(search).toBeFocused();
    await keyboard.type(query);
    await expect(page.getByRole('listbox', { name: /^Add an operator/ }).getByRole('option', { selected: true })).toContainText(title);
    await keyboard.press('Enter');
    await expect(studio.node(title)).toBeFocused();
  };
  const tabTo = async (label: string | RegExp, role: 'textbox' | 'combobox' | 'button' = 'textbox') => {
    const wanted = studio.inspector.getByRole(role, typeof label === 'string' ? { name: label, exact: true } : { name: label });
    await expect(wanted.first()).toBeVisible();
    await expect(async () => {
      await keyboard.press('Tab');
      await expect(wanted.first()).toBeFocused({ timeout: 100 });
    }).toPass({ intervals: [0] });
  };
  const expectOnlyOption = async (title: string) => {
    const options = page.getByRole('listbox').getByRole('option');
    await expect(options).toHaveCount(1);
    await expect(options).toContainText(title);
  };
  const openSettings = async () => {
    await keyboard.press('Enter');
    await keyboard.press('Enter');
  };
  const replace = async (text: string) => {
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(text);
  };

  await command('New pipeline');
  await expect(studio.canvas.getByRole('heading', { name: 'Start with a source' })).toBeVisible();
  await add('Sensor generator', 'sensor');
  await openSettings();
  await tabTo('Sensors');
  await replace('3');
  await tabTo('Number of records');
  await replace('400');
  await keyboard.press('F6');
  await expect(studio.node('Sensor generator')).toBeFocused();

  await add('Timestamps & watermarks', 'watermarks');
  await openSettings();
  await tabTo('Timestamp field', 'combobox');
  await keyboard.type('timestamp');
  await expectOnlyOption('timestamp');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await tabTo('Maximum out-of-orderness');
  await replace('2 s');
  await keyboard.press('F6');

  await add('Filter', 'filter');
  await openSettings();
  await tabTo(/^Keep a record when\. Press Escape/);
  await replace('(r) => r.temperature > 0');
  await keyboard.press('Escape');
  await keyboard.press('F6');

  await add('Map', 'map');
  await openSettings();
  await tabTo(/^Make from each record\. Press Escape/);
  await replace('(r) => ({ ...r, fahrenheit: r.temperature * 9 / 5 + 32 })');
  await keyboard.press('Escape');
  await keyboard.press('F6');

  await add('Key by', 'key by');
  await openSettings();
  await tabTo('Key fields', 'combobox');
  await keyboard.type('id');
  await expectOnlyOption('id');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await keyboard.press('Escape');
  await keyboard.press('F6');

  await add('Tumbling window', 'tumbling');
  await openSettings();
  await tabTo('Size');
  await replace('5 s');
  await tabTo('Add aggregate', 'button');
  await keyboard.press('Enter');
  await tabTo('Field of aggregate 2', 'combobox');
  await replace('fahr');
  await expectOnlyOption('fahrenheit');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await keyboard.press('F6');

  await add('Table', 'table');

  // Every operator came connected. Cut one wire and draw it again.
  await keyboard.press('Escape');
  for (const title of ['Tumbling window', 'Key by', 'Map', 'Filter']) {
    await keyboard.press('ArrowLeft');
    await expect(studio.node(title)).toBeFocused();
  }
  await keyboard.press('e');
  await keyboard.press('Delete');
  await expect(studio.edge('Filter', 'Map')).not.toBeAttached();
  await keyboard.press('F6');
  await expect(studio.node('Filter')).toBeFocused();
  await keyboard.press('c');
  await expect(page.getByRole('combobox', { name: 'Connect Filter to' })).toBeFocused();
  await keyboard.type('Map');
  await keyboard.press('Enter');
  await expect(studio.edge('Filter', 'Map')).toBeAttached();

  await studio.waitForStatus('Ready');
  await keyboard.press('ControlOrMeta+Enter');
  await studio.waitForStatus('Running');
  await keyboard.press('ControlOrMeta+Alt+Enter');
  await studio.waitForStatus('Stopped');
  await page.evaluate(() => window.dispatchEvent(new Event('mouse-allowed')));
  expect(pipelineOf(await studio.exported())).toMatchObject(EXPECTED);
  await expectItRuns(studio);
});
