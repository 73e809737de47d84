import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { documentOf, filtered, FIVE_READINGS } from './documents.ts';
import { expect, test } from './test.ts';

async function expectNoViolations(page: Page): Promise<void> {
  // Colours and opacities change over a moment; what is judged is what stays.
  await expect.poll(() => page.evaluate(movements)).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map((node) => node.html) }))).toEqual([]);
}

/** How many movements that will end are under way, two frames from now. */
async function movements(): Promise<number> {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
  return document.getAnimations().filter((animation) => animation.playState === 'running' && ends(animation)).length;
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours, nothing keeps people out of`, () => {
    test.use({ colorScheme });

    test('an empty pipeline', async ({ studio, page }) => {
      await studio.openEmpty();
      await expectNoViolations(page);
    });

    test('a running job', async ({ studio, page }) => {
      await studio.openFresh();
      await expect(studio.results('Averages').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 });
      await studio.pause();
      await expectNoViolations(page);
      for (const tab of ['Problems', 'Skipped records', 'Metrics'] as const) {
        await studio.showTab(tab);
        await expectNoViolations(page);
      }
    });

    test('a failed job, and a pipeline with errors', async ({ studio, page }) => {
      await studio.openFresh();
      await studio.openDocument(documentOf('fails', filtered('(r) => r.id.missing.deep'), FIVE_READINGS));
      await studio.setSpeed('Max');
      await studio.run();
      await studio.waitForStatus('Failed');
      await expectNoViolations(page);
      await studio.select('Warm');
      await studio.page.keyboard.press('Delete');
      await studio.showTab('Problems');
      await expectNoViolations(page);
    });

    test('the inspector with the editor open, its data and its documentation', async ({ studio, page }) => {
      await studio.openFresh();
      await studio.select('Warm readings');
      await expect(studio.editor('Keep a record when')).toBeVisible();
      await studio.inspector.getByText('Advanced').click();
      await expectNoViolations(page);
      for (const tab of ['Data', 'Docs']) {
        await studio.inspector.getByRole('tab', { name: tab }).click();
        await expectNoViolations(page);
      }
      await studio.select('10 second average');
      await expectNoViolations(page);
    });

    test('lists, menus and dialogs', async ({ studio, page }) => {
      await studio.openFresh();
      await studio.pause();
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
      await expectNoViolations(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog', { name: 'Commands' })).toBeHidden();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      await expectNoViolations(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden();
      await studio.menu('File', 'Examples');
      await expect(page.getByRole('img', { name: /^7 operators: / })).toBeVisible();
      await expectNoViolations(page);
      await page.getByRole('combobox', { name: 'Search examples' }).fill('window');
      await expectNoViolations(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog', { name: 'Examples' })).toBeHidden();
      await studio.node('Warm readings').press('/');
      await expect(page.getByRole('listbox', { name: /^Add an operator/ })).toBeVisible();
      await expectNoViolations(page);
      await page.keyboard.press('Escape');
      await studio.canvas.getByRole('button', { name: 'Outline' }).click();
      await expectNoViolations(page);
    });
  });
}

test.describe('on a small screen', () => {
  test.use({ viewport: { width: 1024, height: 700 } });

  test('everything can be reached: add, configure, run, read', async ({ studio, page }) => {
    await studio.openFresh();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    for (const name of ['Run', 'Pause', 'Step', 'Stop', 'Undo', 'Redo', 'Commands', 'Theme']) {
      const button = page.getByRole('banner').getByRole('button', { name, exact: true });
      if ((await button.count()) > 0) await expect(button).toBeInViewport({ ratio: 1 });
    }
    await expect(studio.status).toBeInViewport({ ratio: 1 });
    await studio.select('Warm readings');
    await studio.setFunction('Keep a record when', '(r) => r.temperature > 20');
    await page.getByRole('button', { name: 'Restart' }).click();
    await studio.setSpeed('100×');
    await expect(studio.results('Averages').getByRole('row').nth(1)).toBeVisible({ timeout: 15_000 });
    await studio.addByClick('Map');
    await expect(studio.node('Map')).toBeInViewport({ ratio: 0.9 });
    await expectNoViolations(page);
  });

  test('panes make room and come back', async ({ studio, page }) => {
    await studio.openFresh();
    const width = async () => (await studio.canvas.boundingBox())?.width ?? 0;
    const before = await width();
    await page.keyboard.press('ControlOrMeta+b');
    await page.keyboard.press('ControlOrMeta+i');
    await expect.poll(width).toBeGreaterThan(before + 300);
    await expect(studio.palette.getByRole('button', { name: 'Filter', exact: true })).not.toBeInViewport();
    await page.keyboard.press('ControlOrMeta+b');
    await page.keyboard.press('ControlOrMeta+i');
    await expect.poll(width).toBe(before);
  });
});

test('targets are large enough to hit', async ({ studio, page }) => {
  await studio.openFresh();
  await studio.select('10 second average');
  const small = await page.getByRole('button').evaluateAll((buttons) =>
    buttons.flatMap((button) => {
      // As laid out: what lies on the canvas can be zoomed.
      const { offsetWidth: width, offsetHeight: height } = button as HTMLElement;
      // A line of text in a list of results is exempt, as WCAG 2.5.8 says; what is not shown cannot be hit.
      if (width === 0 || button.closest('table, p, [role="table"], h2') !== null) return [];
      return Math.min(width, height) >= 24 ? [] : [`${button.getAttribute('aria-label') ?? button.textContent} ${width}×${height}`];
    }),
  );
  expect(small).toEqual([]);
});

test.describe('who asks for less motion', () => {
  test.use({ reducedMotion: 'reduce' });

  test('sees counters instead of movement', async ({ studio, page }) => {
    await studio.openFresh();
    await expect(studio.canvas.getByRole('button', { name: /[1-9][\d.]*K?\/s/ }).first()).toBeVisible();
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(
          (animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
        )
        .map((animation) => (animation.effect as KeyframeEffect).target?.outerHTML.slice(0, 120)),
    );
    expect(moving).toEqual([]);
  });
});

test('what a person causes is announced, numbers that run are not', async ({ studio, page }) => {
  await studio.openEmpty();
  const announcer = page.getByRole('status').last();
  await studio.addByClick('Filter');
  await expect(announcer).toContainText('Added Filter.');
  await studio.addByClick('Map');
  await expect(announcer).toContainText('Added Map, connected to Filter.');
  await studio.undo();
  await expect(announcer).toContainText('Undone: Add Map.');
  const live = await page.locator('[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"]').allTextContents();
  expect(live.filter((text) => /\d\/s/.test(text))).toEqual([]);
});

test('the outline tells the graph as text, and leads around in it', async ({ studio, page }) => {
  await studio.openFresh();
  await page.keyboard.press('Shift+O');
  const outline = page.getByRole('navigation', { name: 'Outline of the pipeline' });
  await expect(outline.getByRole('button', { name: 'HASH to 10 second average' })).toBeVisible();
  await outline.getByRole('button', { name: 'Key by sensor', exact: true }).click();
  await expect(studio.node('Key by sensor')).toBeFocused();
  await expect(studio.inspector.getByRole('region', { name: 'Operator Key by sensor' })).toBeVisible();
});
