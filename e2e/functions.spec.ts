import { averages, documentOf, fileSource, filtered, FIVE_READINGS, TABLE } from './documents.ts';
import { expect, test } from './test.ts';

const PREDICATE = 'Keep a record when';

test('the editor knows the fields of the record', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('completion', filtered('(r) => true'), FIVE_READINGS));
  await studio.select('Warm');
  await studio.editor(PREDICATE).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('(r) => r.temp');
  await expect(page.getByRole('option', { name: /^temperature/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.type(' > 25');
  await expect(studio.node('Warm')).toContainText('(r) => r.temperature > 25');
});

test('a type error is marked in the text, said under the field, and counted on the operator', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('types', filtered('(r) => true'), FIVE_READINGS));
  await studio.select('Warm');
  await studio.setFunction(PREDICATE, '(r) => {\n  return r.temperature.toUpperCase() === "A";\n}');
  await expect(studio.inspector.getByText(/^Line 2: .*toUpperCase.* does not exist on type 'number'/)).toBeVisible({ timeout: 20_000 });
  await expect(studio.node('Warm').getByRole('button', { name: /1 warning: Line 2: .*toUpperCase/ })).toBeVisible();

  await studio.setFunction(PREDICATE, '(r) => r.temperature > 25');
  await expect(studio.inspector.getByText(/^Line 2:/)).toHaveCount(0);
  await expect(studio.node('Warm').getByRole('button', { name: /warning/ })).toHaveCount(0);
});

test('a field that the record does not have is an error on the operator, and is not run', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('no field', filtered('(r) => r.humidity > 25'), FIVE_READINGS));
  await expect(studio.node('Warm').getByRole('button', { name: /humidity/ })).toBeVisible();
  expect(await studio.problems()).toContainEqual(expect.stringMatching(/Warm.*humidity/s));
});

test('a text that is no function says where it breaks off', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('syntax', filtered('(r) => {\n  return r.temperature >'), FIVE_READINGS));
  await expect(studio.node('Warm').getByRole('button', { name: /1 error.*line 2/i })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Run' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

test('a function that throws stops the job and names operator, record and line; results stay', async ({ studio, page }) => {
  const source = "(r) => {\n  if (r.temperature > 35) throw new RangeError('too hot: ' + r.id);\n  return true;\n}";
  await studio.openFresh();
  await studio.openDocument(documentOf('throws', filtered(source), FIVE_READINGS));
  await studio.setSpeed('Max');
  await studio.run();
  await studio.waitForStatus('Failed');

  await expect(studio.error).toContainText('The job needs a change in Warm');
  await expect(studio.error).toContainText('too hot: north');
  await expect(studio.error).toContainText('(line 2');
  await expect(studio.error.getByText("if (r.temperature > 35) throw new RangeError('too hot: ' + r.id);")).toBeVisible();
  await expect(studio.error).toContainText('Record 4');
  await expect(studio.error).toContainText('{"id":"north","timestamp":3000,"temperature":40}');
  await expect(studio.node('Warm')).toContainText('Failed here');
  expect(await studio.resultRows()).toEqual([
    { id: 'north', timestamp: 1000, temperature: 20 },
    { id: 'south', timestamp: 2000, temperature: 30 },
  ]);

  // To the place, corrected, and run again.
  await studio.error.getByRole('button', { name: 'Warm' }).click();
  await expect(studio.editor(PREDICATE)).toBeFocused();
  await studio.setFunction(PREDICATE, '(r) => r.temperature > 35');
  await page.keyboard.press('ControlOrMeta+Enter');
  await studio.waitForStatus('Finished');
  await expect(studio.error).toHaveCount(0);
  expect(await studio.resultRows()).toHaveLength(3);
});

test('code with state and windows that throws is named with subtask, key, record and line, and the cursor goes there', async ({
  studio,
  page,
}) => {
  const aggregator = [
    '({',
    '  createAccumulator: () => 0,',
    '  add(r, sum) {',
    "    if (r.temperature > 45) throw new RangeError('too hot: ' + r.id);",
    '    return sum + r.temperature;',
    '  },',
    '  getResult: (sum) => ({ sum }),',
    '})',
  ].join('\n');
  const steps = averages(fileSource()).map((step) =>
    step.id === 'window'
      ? { ...step, config: { size: 10_000, function: 'aggregate', aggregator, schema: [{ name: 'sum', type: 'double' }] } }
      : step,
  );
  await studio.openFresh();
  await studio.openDocument(documentOf('keyed', steps, FIVE_READINGS, { parallelism: 2 }));
  await studio.setSpeed('Max');
  await studio.run();
  await studio.waitForStatus('Failed');
  await expect(studio.error).toContainText(/The job needs a change in Window, subtask [12]/);
  await expect(studio.error).toContainText('Line 4 of “Aggregate function”');
  await expect(studio.error).toContainText("if (r.temperature > 45) throw new RangeError('too hot: ' + r.id);");
  await expect(studio.error.getByRole('definition').filter({ hasText: /^south$/ })).toBeVisible();
  await expect(studio.error).toContainText('{"id":"south","timestamp":4000,"temperature":50}');

  await studio.error.getByRole('button', { name: 'Window' }).click();
  await expect(studio.editor('Aggregate function')).toBeFocused();
  await page.keyboard.type('/**/');
  await expect(studio.editor('Aggregate function')).toHaveValue(/\n {4}if \(r\.temperature > 45\) throw \/\*\*\/new RangeError/);
});

test('a key function that throws is named as code of the operator that keys', async ({ studio }) => {
  const selector = "(r) => {\n  if (r.temperature > 45) throw new RangeError('no key');\n  return r.id;\n}";
  const steps = averages(fileSource()).map((step) => (step.id === 'key' ? { ...step, config: { mode: 'function', selector } } : step));
  await studio.openFresh();
  await studio.openDocument(documentOf('key function', steps, FIVE_READINGS));
  await studio.setSpeed('Max');
  await studio.run();
  await studio.waitForStatus('Failed');
  await expect(studio.error).toContainText('The job needs a change in By sensor');
  await expect(studio.error).toContainText("if (r.temperature > 45) throw new RangeError('no key');");
  await studio.error.getByRole('button', { name: 'By sensor' }).click();
  await expect(studio.editor('Key function')).toBeFocused();
});

test('records for which a function throws may be skipped: counted, and listed with the reason', async ({ studio }) => {
  const source = "(r) => {\n  if (r.id === 'south') throw new Error('no ' + r.id);\n  return true;\n}";
  await studio.openFresh();
  await studio.openDocument(documentOf('skips', filtered(source, { onError: 'skip' }), FIVE_READINGS));
  await studio.runToEnd();
  expect(await studio.resultRows()).toHaveLength(3);
  expect(await studio.skippedCounts()).toEqual(['Warm: 2 failed']);
  const lines = await studio.skippedLines();
  expect(lines.map(({ kind, operator, line, record }) => ({ kind, operator, line, record }))).toEqual([
    { kind: 'Failed', operator: 'Warm', line: 3, record: '{"id":"south","timestamp":2000,"temperature":30}' },
    { kind: 'Failed', operator: 'Warm', line: 5, record: '{"id":"south","timestamp":4000,"temperature":50}' },
  ]);
  expect(lines[0]?.reason).toContain('no south');
});

test('a function that never returns is stopped and named, and the page stays alive meanwhile', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('never', filtered('(r) => {\n  while (r.temperature > 0) {}\n  return true;\n}'), FIVE_READINGS));
  await studio.run();
  await studio.waitForStatus('Running');
  // While it hangs: the page answers to the mouse and to the keyboard.
  await studio.select('Table');
  await studio.inspector.getByRole('textbox', { name: 'Name' }).fill('Still here');
  await expect(studio.node('Still here')).toBeVisible();

  await studio.waitForStatus('Failed', 30_000);
  await expect(studio.error).toContainText('Warm: the function did not return');
  await expect(studio.node('Warm')).toContainText('Failed here');

  await studio.select('Warm');
  await studio.setFunction(PREDICATE, '(r) => true');
  await studio.setSpeed('Max');
  await page.keyboard.press('ControlOrMeta+Enter');
  await studio.waitForStatus('Finished');
  expect(await studio.resultRows()).toHaveLength(5);
});

test('a job that hangs in a function can be stopped at once', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(documentOf('never', filtered('(r) => {\n  while (r.temperature > 0) {}\n  return true;\n}'), FIVE_READINGS));
  await studio.run();
  await studio.waitForStatus('Running');
  await studio.stop();
  await expect(studio.error).toHaveCount(0);
});

test('TypeScript is accepted, and a map makes new fields with their types', async ({ studio }) => {
  await studio.openFresh();
  await studio.openDocument(
    documentOf(
      'map',
      [
        fileSource(),
        {
          id: 'map',
          type: 'map',
          name: 'Convert',
          config: {
            mapper: '(r) => {\n  const f: number = (r.temperature * 9) / 5 + 32;\n  return { id: r.id as string, f, hot: f > 100 };\n}',
          },
        },
        TABLE,
      ],
      FIVE_READINGS,
    ),
  );
  await studio.select('Convert');
  await studio.inspector.getByRole('tab', { name: 'Data' }).click();
  await expect(studio.inspector.getByRole('row', { name: 'hot boolean' })).toBeVisible();
  await studio.runToEnd();
  expect((await studio.resultRows()).slice(0, 2)).toEqual([
    { id: 'north', f: 68, hot: false },
    { id: 'south', f: 86, hot: false },
  ]);
});
