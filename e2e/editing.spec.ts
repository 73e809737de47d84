import { documentOf, fileSource, filtered, FIVE_READINGS, TABLE } from './documents.ts';
import { expect, test } from './test.ts';
import type { ExportedDocument, Studio } from './studio.ts';

/** Everything of a document but what an undo may leave as it is: ids of the pipeline and the view. */
function content({ nodes, edges, job, data }: ExportedDocument) {
  return { nodes, edges, job, data };
}

/** One edit is one undo step: undone it never happened, redone it is back. */
async function expectOneUndoStep(studio: Studio, edit: () => Promise<void>): Promise<void> {
  const before = content(await studio.exported());
  await edit();
  const after = content(await studio.exported());
  expect(after).not.toEqual(before);
  await studio.undo();
  expect(content(await studio.exported())).toEqual(before);
  await studio.redo();
  expect(content(await studio.exported())).toEqual(after);
}

test.describe('undo and redo', () => {
  test.beforeEach(async ({ studio }) => {
    await studio.openFresh();
    await studio.openDocument(documentOf('edits', filtered('(r) => r.temperature > 25'), FIVE_READINGS));
  });

  test('of an operator that is added, connected on the way', async ({ studio }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => studio.addByClick('Map'));
    await expect(studio.edge('Warm', 'Map')).toBeAttached();
  });

  test('of an operator inserted into a connection', async ({ studio, page }) => {
    await expectOneUndoStep(studio, async () => {
      await studio.clickEdge('Readings', 'Warm', 'right');
      await page.getByRole('menuitem', { name: 'Insert an operator…' }).click();
      await page.getByRole('option', { name: /^Map/ }).click();
      await expect(studio.edge('Map', 'Warm')).toBeAttached();
    });
  });

  test('of a connection', async ({ studio }) => {
    await studio.clickEdge('Readings', 'Warm');
    await expectOneUndoStep(studio, async () => studio.page.keyboard.press('Delete'));
    await expect(studio.edge('Readings', 'Warm')).not.toBeAttached();
    await expectOneUndoStep(studio, async () => studio.connectByMouse('Readings', 'Warm'));
  });

  test('of what is typed into a field, as one step', async ({ studio }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => {
      await studio.inspector.getByRole('textbox', { name: 'Name' }).press('End');
      await studio.inspector.getByRole('textbox', { name: 'Name' }).pressSequentially(' ones');
      await studio.inspector.getByRole('textbox', { name: 'Name' }).blur();
    });
    await expect(studio.node('Warm ones')).toBeVisible();
  });

  test('of a function', async ({ studio }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => studio.setFunction('Keep a record when', '(r) => r.temperature < 25'));
    await expect(studio.node('Warm')).toContainText('(r) => r.temperature < 25');
  });

  test('of a choice and of a setting of the job', async ({ studio }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => studio.choose('When the function throws', 'Skip the record'));
    await studio.selectNothing();
    await expectOneUndoStep(studio, async () => studio.setField('Parallelism', '4'));
  });

  test('of a move with the mouse, and of one with the keyboard', async ({ studio }) => {
    await expectOneUndoStep(studio, async () => studio.moveByMouse('Table', -40, 120));
    await studio.select('Table');
    await expectOneUndoStep(studio, async () => {
      for (let i = 0; i < 5; i++) await studio.node('Table').press('ArrowDown');
    });
  });

  test('of a deleted operator, with its connections', async ({ studio }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => studio.page.keyboard.press('Delete'));
    await expect(studio.node('Warm')).toHaveCount(0);
    await studio.undo();
    await expect(studio.edge('Warm', 'Table')).toBeAttached();
  });

  test('of a duplicate, of everything selected, of a new pipeline', async ({ studio, page }) => {
    await studio.select('Warm');
    await expectOneUndoStep(studio, async () => page.keyboard.press('ControlOrMeta+d'));
    await expectOneUndoStep(studio, async () => {
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Backspace');
    });
    await expect(studio.canvas.getByRole('heading', { name: 'Start with a source' })).toBeVisible();
    await studio.undo();
    await studio.menu('File', 'New pipeline');
    await studio.undo();
    await expect(studio.edge('Warm', 'Table')).toBeAttached();
  });

  test('keys that delete or move do nothing to the pipeline while somebody types', async ({ studio, page }) => {
    await studio.select('Warm');
    const name = studio.inspector.getByRole('textbox', { name: 'Name' });
    await name.focus();
    await page.keyboard.press('End');
    for (const key of ['Backspace', 'ArrowLeft', 'Delete', 'c', '/', '?']) await page.keyboard.press(key);
    await expect(name).toHaveValue('Wac/?');
    await expect(studio.node('Wac/?')).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('a copied part is pasted with its connections', async ({ studio, page }) => {
    await studio.select('Warm');
    await studio.node('Table').click({ modifiers: ['ControlOrMeta'] });
    await page.keyboard.press('ControlOrMeta+c');
    await page.keyboard.press('ControlOrMeta+v');
    await expect.poll(async () => (await studio.exported()).edges.length).toBe(3);
    expect((await studio.exported()).nodes.map((node) => node.type)).toEqual([
      'file-source',
      'filter',
      'table-sink',
      'filter',
      'table-sink',
    ]);
  });
});

test('a wire dropped on nothing offers what fits, and it comes connected', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('wire', [fileSource()], FIVE_READINGS));
  const port = await studio.output('Readings').boundingBox();
  if (port === null) throw new Error('The source is not on the screen.');
  await page.mouse.move(port.x + 4, port.y + 4);
  await page.mouse.down();
  await page.mouse.move(port.x + 60, port.y + 150, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByRole('listbox').getByRole('option', { name: /^Sensor generator/ })).toHaveCount(0);
  await page.getByRole('combobox', { name: 'Connect Readings to a new operator' }).fill('table');
  await page.keyboard.press('Enter');
  await expect(studio.edge('Readings', 'Table')).toBeAttached();
});

test('a double-click on the empty canvas searches operators', async ({ studio, page }) => {
  await studio.openEmpty();
  await studio.canvas.getByRole('application').dblclick({ position: { x: 60, y: 60 } });
  await page.getByRole('combobox', { name: 'Add an operator' }).fill('csv');
  await page.getByRole('option', { name: /^File source Reads/ }).click();
  await expect(studio.node('File source')).toBeVisible();
});

test('a cyclic connection is refused with its reason', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'cycle',
      [
        { id: 'a', type: 'filter', name: 'First', from: null },
        { id: 'b', type: 'filter', name: 'Second', at: [1, 1] },
      ],
      FIVE_READINGS,
    ),
  );
  await studio.dragWire(studio.output('Second'), studio.input('First'));
  await expect(page.getByText('This would close a cycle: what leaves Second would come back to it.').first()).toBeVisible();
  expect((await studio.exported()).edges).toHaveLength(1);

  await studio.node('Second').press('c');
  await expect(page.getByRole('option', { name: /First/ })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('option', { name: /First/ })).toContainText('close a cycle');
});

test('what is missing is said on the operator it belongs to', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'incomplete',
      [
        fileSource(),
        { id: 'time', type: 'timestamps-and-watermarks', name: 'Time', config: { timestampField: 'timestamp' } },
        { id: 'unkeyed', type: 'tumbling-window', name: 'Without key' },
        { ...TABLE, name: 'Rows' },
        { id: 'key', type: 'key-by', name: 'By sensor', config: { columns: ['id'] }, from: 'file' },
        { id: 'timeless', type: 'tumbling-window', name: 'Without time' },
        { ...TABLE, id: 'more', name: 'More rows' },
        { id: 'lonely', type: 'filter', name: 'Lonely', from: null },
      ],
      FIVE_READINGS,
    ),
  );
  await expect(studio.node('Without key').getByRole('button', { name: /^1 error.*must be keyed/ })).toBeVisible();
  await expect(
    studio.node('Without time').getByRole('button', { name: /^1 error.*event time.*timestamps and watermarks/is }),
  ).toBeVisible();
  await expect(studio.node('Lonely').getByRole('button', { name: /1 error.*: Nothing is connected to the input/ })).toBeVisible();
  const run = page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Run' });
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await expect(run).toHaveAccessibleDescription(/./);

  // From the list to where it is caused.
  await studio.showTab('Problems');
  await page
    .getByRole('list', { name: 'Problems' })
    .getByRole('button', { name: /Lonely.*Nothing is connected/ })
    .click();
  await expect(studio.inspector.getByRole('region', { name: 'Operator Lonely' })).toContainText('Nothing is connected to the input.');
});

test('a setting that cannot be is said at its field, and what was typed stays', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('wrong', [{ id: 's', type: 'sensor-source', name: 'Sensors', from: null }, TABLE]));
  await studio.select('Sensors');
  await studio.setField('Sensors', 'many');
  await expect(studio.field('Sensors')).toHaveValue('many');
  await expect(studio.field('Sensors')).toHaveAttribute('aria-invalid', 'true');
  await expect(studio.field('Sensors')).toHaveAccessibleDescription(/number/);
  await studio.setField('Disorder', '5');
  await expect(studio.field('Disorder')).toHaveAccessibleDescription(/Write a number with a unit/);
});
