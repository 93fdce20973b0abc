// Every page there is, in light and dark, wide and narrow, and what each role sees of it.
import { type Browser, type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { type Person } from './portal.js';
import { as, test, type State } from './sessions.js';

const found = new Map<string, string>();

/** The address behind the link `name` in the table of the page `list`. */
async function behind(page: Page, list: string, name: string | RegExp): Promise<string> {
  const key = `${list} ${String(name)}`;
  const known = found.get(key);
  if (known) return known;
  await page.goto(list);
  const link = page.locator('main tbody').getByRole('link', { name, exact: typeof name === 'string' }).first();
  const href = await link.getAttribute('href');
  expect(href).toMatch(/^\//);
  found.set(key, href!);
  return href!;
}

const environment = (page: Page) => behind(page, '/environments', 'Customs Sandbox');
const table = async (page: Page) => behind(page, await environment(page), 'Customs declarations');
const row = async (page: Page) => behind(page, await table(page), /^CDN-/);
const key = (page: Page) => behind(page, '/encryption-keys?region=europe', 'harbour-2027');
const at = (path: string) => () => Promise.resolve(path);
const below = (of: (page: Page) => Promise<string>, path: string) => async (page: Page) => `${await of(page)}${path}`;

/** Name of the picture, way to the address. */
const pages: [string, (page: Page) => Promise<string>][] = [
  ['overview', at('/')],
  ['account', at('/account')],
  ['environments', at('/environments')],
  ['environments-nothing-found', at('/environments?search=nowhere')],
  ['environment-new', at('/environments/new')],
  ['environment', environment],
  ['environment-details', below(environment, '/details')],
  ['environment-encryption', below(environment, '/encryption')],
  ['environment-encryption-own', async (page) => `${await behind(page, '/environments', 'Freight Production')}/encryption`],
  ['environment-encryption-ineligible', async (page) => `${await behind(page, '/environments', 'Legacy Fleet')}/encryption`],
  ['environment-apply', below(environment, '/encryption/apply')],
  ['environment-return', async (page) => `${await behind(page, '/environments', 'Freight Production')}/encryption/return`],
  ['environment-reset', below(environment, '/reset')],
  ['environment-copy', below(environment, '/copy')],
  ['backups', below(environment, '/backups')],
  ['table-new', below(environment, '/tables/new')],
  ['table', table],
  ['row-new', below(table, '/rows/new')],
  ['row', row],
  ['row-delete', below(row, '?delete=1')],
  ['import', below(table, '/import')],
  ['keys', at('/encryption-keys?region=europe')],
  ['keys-not-enabled', at('/encryption-keys?region=asia-pacific')],
  ['key-risk', at('/encryption-keys/risk')],
  ['key-new', at('/encryption-keys/new?region=europe')],
  ['key-new-generate', at('/encryption-keys/new?region=europe&how=generate&name=made-here')],
  ['key-new-upload', at('/encryption-keys/new?region=europe&how=upload')],
  ['key', key],
  ['key-activate', below(key, '/activate')],
  ['key-file', below(key, '/file')],
  ['key-lock', async (page) => `${await behind(page, '/encryption-keys?region=europe', 'harbour-2026')}/lock`],
  ['key-unlock', below(key, '/unlock')],
  ['key-report', at('/encryption-keys/report?region=europe')],
  ['key-clear-report', at('/encryption-keys/clear-report?region=europe')],
  ['key-roll-back', at('/encryption-keys/roll-back?region=europe')],
  ['operations', at('/operations')],
  ['operations-open', at('/operations?state=open')],
  ['operation', (page) => behind(page, '/operations', /./)],
  ['notifications', at('/notifications')],
  ['notification', (page) => behind(page, '/notifications', /./)],
  ['audit', at('/audit')],
  ['clock', at('/dev/clock')],
  ['audit-nothing-found', at('/audit?target=nowhere')],
];

/** How far the page is wider than its window, in pixels. */
const overflow = (page: Page) => page.evaluate(() => {
  const root = document.documentElement;
  return root.scrollWidth - root.clientWidth;
});

for (const theme of ['light', 'dark']) {
  for (const [name, way] of pages) {
    test(`${name} in ${theme}`, async ({ page, open, shot, accessible, sessionOf, baseURL }) => {
      await as(page, await sessionOf('ada'));
      await page.context().addCookies([{ name: 'theme', value: theme, url: baseURL! }]);
      const path = await way(page);
      await page.setViewportSize({ width: 1440, height: 900 });
      await open(path);
      expect(new URL(page.url()).pathname).toBe(path.split('?')[0]);
      await expect(page).toHaveTitle(/^.+ · Keystead$/);
      await expect(page.locator('h1')).toHaveCount(1);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await accessible();
      await shot(`${name}-${theme}-1440`);
      await page.setViewportSize({ width: 320, height: 720 });
      expect(await overflow(page), 'wider than 320 pixels').toBeLessThanOrEqual(0);
      await accessible();
      await shot(`${name}-${theme}-320`);
    });
  }
}

test('the navigation leads to pages only', async ({ page, open, sessionOf }) => {
  await as(page, await sessionOf('ada'));
  await open('/');
  const links = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')!));
  for (const link of new Set(links)) {
    const answer = await page.request.get(link);
    expect(answer.status(), link).toBe(200);
  }
});

test('a System administrator sees the own environment', async ({ page, open, sessionOf }) => {
  await as(page, await sessionOf('farid'));
  await open('/environments');
  await expect(page.getByRole('link', { name: 'Customs Sandbox' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Freight Production' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Manage encryption keys' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'New', exact: true })).toHaveAttribute('aria-disabled', 'true');
});

test('an auditor sees the trail', async ({ page, open, accessible, shot, sessionOf }) => {
  await as(page, await sessionOf('greta'));
  // The journeys beside this one fill the first page of the trail: ask for what is looked for.
  await open('/audit?action=key.add');
  await expect(page.locator('tbody tr').filter({ hasText: 'Add a key' }).first()).toBeVisible();
  await open('/audit');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await accessible();
  await shot('audit-of-auditor');
});

test.describe('what a role may not see', () => {
  test.use({ expectedErrors: [/status of 40[34]/] });

  const refused: [Person, string, number][] = [
    ['farid', '/encryption-keys', 403],
    ['farid', '/audit', 403],
    ['farid', '/notifications', 403],
    ['greta', '/nowhere', 404],
    ['greta', '/environments/00000000-0000-7000-8000-000000000000', 404],
  ];
  for (const [person, path, status] of refused) {
    test(`${path} answers ${person} with ${status} and a way on`, async ({ page, accessible, shot, sessionOf }) => {
      await as(page, await sessionOf(person));
      const answer = await page.goto(path);
      expect(answer!.status()).toBe(status);
      await accessible();
      await shot(`refused-${person}${path.replaceAll('/', '-')}`);
      await page.locator('main').getByRole('link', { name: 'Overview' }).click();
      await expect(page).toHaveTitle(/^Overview · /);
    });
  }

  test('an environment of somebody else is not there', async ({ page, browser, sessionOf }) => {
    const path = await asAda(browser, await sessionOf('ada'), (page) => behind(page, '/environments', 'Freight Production'));
    await as(page, await sessionOf('farid'));
    const answer = await page.goto(path);
    expect([403, 404]).toContain(answer!.status());
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Freight Production');
  });
});

/** Asks something as the Global administrator, in a browser of its own. */
async function asAda<T>(browser: Browser, storageState: State, ask: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ storageState });
  try {
    return await ask(await context.newPage());
  } finally {
    await context.close();
  }
}
