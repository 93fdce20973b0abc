// What an environment holds is backed up, spoiled, brought back, copied elsewhere, and thrown away.
import { type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { ROWS, createEnvironment, createTable, importRows, openEnvironment, readRows, slow } from './journeys.js';
import { as, test as base } from './sessions.js';

const test = base;
// 409 and 422: what is refused on purpose.
test.use({ expectedErrors: [/status of 4(09|22)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

const REGION = 'eu-central';

/** The same page at the widths of a desktop, a tablet and a telephone, light and dark. */
async function pictures(page: Page, shot: (name: string) => Promise<void>, name: string): Promise<void> {
  for (const [width, height] of [[1440, 900], [768, 1024], [320, 720]] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await shot(`${name}-${width}-${colorScheme}`);
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, `${name} is wider than ${width} px`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function region(page: Page): Promise<string> {
  await page.goto('/environments/new');
  const options = await page.getByLabel('Region', { exact: true }).locator('option').allTextContents();
  return options.includes(REGION) ? REGION : options[0]!;
}

test('a backup brings every row back, a copy takes them elsewhere, a reset throws them away', async ({
  page, open, shot, accessible, sessionOf,
}, info) => {
  const name = `Archive ${info.project.name}`;
  const sandbox = `Playground ${info.project.name}`;
  await as(page, await sessionOf('ada'));
  const where = await region(page);
  await open('/');
  await createEnvironment(page, name, where);
  const environment = new URL(page.url()).pathname;
  await createTable(page);
  await importRows(page);

  await test.step('nothing yet, then one', async () => {
    await openEnvironment(page, name);
    await page.getByRole('link', { name: 'Backups', exact: true }).click();
    await expect(page.getByText('No backups yet')).toBeVisible();
    await accessible();
    await pictures(page, shot, 'backups-empty');
    await page.getByRole('button', { name: 'Back up now' }).click();
    await expect(page.getByText('The backup is being made.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Restore' })).toBeVisible(slow);
    await expect(page.getByRole('cell', { name: String(ROWS), exact: true })).toBeVisible();
  });

  await test.step('a schedule', async () => {
    await page.getByLabel('Every so many hours').fill('500');
    await page.getByRole('button', { name: 'Save the schedule' }).click();
    await expect(page.getByText('Give 1 to 168 hours.').last()).toBeVisible();
    await expect(page.getByLabel('Every so many hours')).toHaveValue('500');
    await page.getByLabel('Every so many hours').fill('12');
    await page.getByRole('button', { name: 'Save the schedule' }).click();
    await expect(page.getByText('The schedule is saved.')).toBeVisible();
    await expect(page.getByText('Next backup')).toBeVisible();
    await accessible();
    await pictures(page, shot, 'backups');
    await page.getByRole('button', { name: 'End the schedule' }).click();
    await expect(page.getByText('The schedule has ended.')).toBeVisible();
  });

  await test.step('a row is lost, and comes back', async () => {
    await readRows(page, name);
    await page.getByRole('link', { name: 'Ledger entry 1', exact: true }).click();
    await page.getByRole('link', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByText('The row was deleted.')).toBeVisible();
    await open(`${environment}/backups`);
    await page.getByRole('link', { name: 'Restore' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restore a backup');
    await page.getByLabel('Name contains').fill(name);
    await page.getByRole('button', { name: 'Apply filters' }).click();
    await pictures(page, shot, 'restore-targets');
    await page.getByRole('link', { name: `Restore here : ${name}` }).click();
    await expect(page.getByRole('heading', { name: `Restore to ${name}?` })).toBeVisible();
    await accessible();
    await pictures(page, shot, 'restore-dialog');
    await page.getByLabel(`Type ${name} to confirm`).fill(name);
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect(page.getByText('The backup is being restored.')).toBeVisible();
    await expect(page.getByText(`1 table, ${ROWS} rows`)).toBeVisible(slow);
    await readRows(page, name);
  });

  await test.step('to a sandbox, under another name and only there', async () => {
    await page.goto('/environments/new');
    await page.getByLabel('Name', { exact: true }).fill(sandbox);
    await page.getByRole('radio', { name: 'Sandbox' }).check();
    await page.getByLabel('Region', { exact: true }).selectOption(where);
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByText('The environment is ready.')).toBeVisible();
    await openEnvironment(page, name);
    await page.getByRole('link', { name: 'Copy', exact: true }).click();
    await accessible();
    await pictures(page, shot, 'copy-targets');
    await expect(page.getByText('This is the environment itself')).toBeVisible();
    await page.getByRole('link', { name: `Copy here : ${sandbox}` }).click();
    await page.getByLabel(`Type ${sandbox} to confirm`).fill(sandbox);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect(page.getByText('The data is being copied.')).toBeVisible();
    await expect(page.getByText(`1 table, ${ROWS} rows`)).toBeVisible(slow);
    await readRows(page, sandbox);
  });

  await test.step('reset', async () => {
    await openEnvironment(page, sandbox);
    await page.getByRole('link', { name: 'Reset', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Reset ${sandbox}?` })).toBeVisible();
    await accessible();
    await pictures(page, shot, 'reset-dialog');
    await page.getByLabel(`Type ${sandbox} to confirm`).fill(sandbox);
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await expect(page.getByText('The environment was reset')).toBeVisible();
    await expect(page.getByText('No tables yet')).toBeVisible();
  });

  await test.step('deleted', async () => {
    await open(`${environment}/backups`);
    await page.getByRole('link', { name: 'Delete' }).click();
    await expect(page.getByRole('heading', { name: 'Delete the backup for good?' })).toBeVisible();
    await accessible();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(page.getByText('The backup was deleted.')).toBeVisible();
    await expect(page.getByText('No backups yet')).toBeVisible();
  });
});
