// What every journey uses instead of '@playwright/test'. Any error in the browser's console, such as
// a hydration mismatch or a Content-Security-Policy violation, fails the test it happens in.
import { test as base, expect, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';

type Fixtures = {
  /** Console errors this journey provokes on purpose, e.g. /status of 404/. */
  expectedErrors: RegExp[];
  /** Collects what goes wrong in the browser; runs by itself. */
  cleanConsole: void;
  /** Goes to a path and waits until the page is usable: hydrated, where there is JavaScript. */
  open: (path: string) => Promise<void>;
  /** Saves a picture as screenshots/<project>/<name>.png. */
  shot: (name: string) => Promise<void>;
  /** Fails on any WCAG 2.2 AA violation that axe finds. */
  accessible: () => Promise<void>;
};

export const test = base.extend<Fixtures>({
  expectedErrors: [[], { option: true }],

  cleanConsole: [async ({ page, expectedErrors }, use) => {
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy')) errors.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => errors.push(`${page.url()}: ${error}`));
    await use();
    const unexpected = errors.filter((error) => !expectedErrors.some((expected) => expected.test(error)));
    expect(unexpected, 'errors in the browser').toEqual([]);
  }, { auto: true }],

  open: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      await page.goto(path);
      if (javaScriptEnabled) await hydrated(page);
    });
  },

  shot: async ({ page }, use, info) => {
    await use(async (name) => {
      await page.screenshot({ path: `screenshots/${info.project.name}/${name}.png`, fullPage: true });
    });
  },

  accessible: async ({ page, javaScriptEnabled }, use) => {
    await use(async () => {
      // axe is itself a script; without JavaScript the document is the same one.
      if (!javaScriptEnabled) return;
      const axe = new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
      const { violations } = await axe.analyze();
      const found = violations.map((v) => `${v.id}: ${v.help} at ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
      expect(found, 'accessibility violations').toEqual([]);
    });
  },
});

/** Waits until the wasm has taken the page over: clicks before that are plain HTML. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

export { expect };
