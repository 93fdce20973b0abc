// What the stories have in common: an environment with rows, and keys that are brought.
import { type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { keyFile } from './portal.js';

/** So many rows an import brings. */
export const ROWS = 300;
/** Of every key file that a story makes. */
export const FILE_PASSWORD = 'the password of the file';

/** Waits for what a job brings: without script the page asks again every five seconds. */
export const slow = { timeout: 45_000 };

function csv(): { name: string; mimeType: string; buffer: Buffer } {
  const line = (at: number) => `Ledger entry ${at},${at}.25,${at % 2 === 0 ? 'yes' : 'no'}`;
  const text = ['Entry,Amount,Paid', ...Array.from({ length: ROWS }, (_, at) => line(at + 1))].join('\n');
  return { name: 'ledger.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
}

export async function createEnvironment(page: Page, name: string, region: string): Promise<void> {
  await page.getByRole('link', { name: 'Environments', exact: true }).first().click();
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('radio', { name: 'Production' }).check();
  await page.getByLabel('Region', { exact: true }).selectOption(region);
  await page.getByRole('button', { name: 'Create' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(page.getByText('The environment is ready.')).toBeVisible();
}

export async function createTable(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'New table' }).click();
  await page.getByLabel('Table name').fill('Ledger');
  const columns: [string, string][] = [['Entry', 'text'], ['Amount', 'decimal'], ['Paid', 'yes_no']];
  for (const [at, [name, type]] of columns.entries()) {
    const column = page.getByRole('group', { name: `Column ${at + 1}`, exact: true });
    await column.getByRole('textbox', { name: `Column ${at + 1}` }).fill(name);
    await column.getByLabel('Type').selectOption(type);
  }
  await page.getByRole('button', { name: 'Create table' }).click();
  await expect(page.getByText('The table is ready.')).toBeVisible();
}

export async function importRows(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Import CSV' }).first().click();
  await page.getByLabel('CSV file').setInputFiles(csv());
  await page.getByRole('button', { name: 'Import' }).click();
  await expect(page.getByText(`${ROWS} rows`, { exact: true })).toBeVisible(slow);
  await expect(page.getByText('0 lines', { exact: true })).toBeVisible();
}

export async function openEnvironment(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Environments', exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Environments');
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
}

export async function readRows(page: Page, environment: string): Promise<void> {
  await openEnvironment(page, environment);
  await page.getByRole('link', { name: 'Ledger', exact: true }).click();
  await expect(page.getByText(`${ROWS} rows ·`)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ledger entry 1', exact: true })).toBeVisible();
}

/** The first step of a new key: its name and that it is brought. */
export async function newUpload(page: Page, name: string, region: string): Promise<void> {
  await page.getByRole('link', { name: 'New key', exact: true }).first().click();
  await page.getByLabel('Region', { exact: true }).selectOption(region);
  await page.getByLabel('Key name').fill(name);
  await page.getByLabel('Upload (.pfx)').check();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByLabel('Key name')).toHaveValue(name);
}

export async function uploadKey(
  page: Page, name: string, region: string, file = keyFile(name, FILE_PASSWORD),
): Promise<void> {
  await newUpload(page, name, region);
  await page.getByLabel('Key file').setInputFiles(file);
  await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
  await page.getByRole('button', { name: 'Create' }).click();
}

/** Seals the environment's rows with the active key. */
export async function applyKey(page: Page, environment: string, key: string): Promise<void> {
  await openEnvironment(page, environment);
  await page.getByRole('link', { name: 'Environment encryption' }).click();
  await page.getByRole('link', { name: 'Apply this key' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: `Encrypted with ${key}` })).toBeVisible(slow);
}

/** The panel of a lock: the key's file, the typed text, and then it is done. */
export async function confirmLock(page: Page, region: string, file: ReturnType<typeof keyFile>): Promise<void> {
  const text = `LOCK ${region.toUpperCase()}`;
  await page.getByLabel('Upload active key').setInputFiles(file);
  await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
  await page.getByLabel(`Type ${text} to confirm`).fill(text);
  await page.getByRole('button', { name: 'Confirm: lock the environments' }).click();
  await expect(page.getByText('Succeeded').first()).toBeVisible(slow);
}

/** Pictures of the same page at the widths of a desktop, a tablet and a telephone; nowhere is it wider than that. */
export async function pictures(
  page: Page, shot: (name: string) => Promise<void>, name: string, schemes: ('light' | 'dark')[] = ['light'],
): Promise<void> {
  for (const [width, height] of [[1440, 900], [768, 1024], [320, 720]] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await shot(`${name}-${width}-${colorScheme}`);
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, `${name} is wider than ${width} px`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

export function keyRow(page: Page, name: string) {
  return page.locator('tr').filter({ has: page.getByRole('link', { name, exact: true }) });
}
