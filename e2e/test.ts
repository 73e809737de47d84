import { test as base } from '@playwright/test';
import { Studio } from './studio.ts';

/** A studio in a browser that has never seen it. Whatever a test does, the page must have nothing to complain about on the console. */
export const test = base.extend<{ studio: Studio }>({
  studio: async ({ page }, use) => {
    const studio = new Studio(page);
    await use(studio);
    studio.expectNoConsoleErrors();
  },
});

export { expect } from '@playwright/test';
