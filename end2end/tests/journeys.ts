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

export function keyRow(page: Page, name: string) {
  return page.locator('tr').filter({ has: page.getByRole('link', { name, exact: true }) });
}
