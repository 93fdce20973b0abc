// The seed document's whole story: a rogue administrator tries to lock everybody out (PP-029) and is stopped; then
// a legitimate lock, and the way back. It moves the clock by days, so each project has a server of its own.
import { type Page } from '@playwright/test';
import { expect, hydrated } from './fixtures.js';
import {
  FILE_PASSWORD, createEnvironment, createTable, importRows, keyRow, openEnvironment, readRows, slow, uploadKey,
} from './journeys.js';
import { ahead, become, withOwnServer } from './own-server.js';
import { keyFile } from './portal.js';

const HOUR = 3600;
const REGION = 'us-east';
const test = withOwnServer(10);

// 409 and 422: what is refused on purpose.
test.use({ expectedErrors: [/status of 4(09|22|04)/], actionTimeout: 15_000 });
test.setTimeout(300_000);

/** The key's id, from the list's link to it. */
async function idOf(page: Page, name: string): Promise<string> {
  const href = await page.getByRole('link', { name, exact: true }).getAttribute('href');
  return href!.split('/').pop()!;
}

test('PP-029 a rogue lock is stopped; a legitimate one is undone by its file', async ({
  page, open, shot, accessible, javaScriptEnabled,
}, info) => {
  const environment = `Vault ${info.project.name}`;
  const file = keyFile('honest', FILE_PASSWORD);
  const rogue = keyFile('rogue', FILE_PASSWORD);
  const keys = `/encryption-keys?region=${REGION}`;

  await test.step('an environment under the organisation\u2019s key', async () => {
    await become(page, 'ada');
    await open('/');
    await createEnvironment(page, environment, REGION);
    await createTable(page);
    await importRows(page);
    await open(keys);
    await uploadKey(page, 'honest', REGION, file);
    await expect(keyRow(page, 'honest').getByText('Active', { exact: true })).toBeVisible(slow);
    await openEnvironment(page, environment);
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await page.getByRole('link', { name: 'Apply this key' }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('heading', { name: 'Encrypted with honest' })).toBeVisible(slow);
  });

  await test.step('PP-029 the attack: another key, and a lock with it', async () => {
    await become(page, 'bruno');
    await ahead(page, 25 * HOUR);
    await open(keys);
    await uploadKey(page, 'rogue', REGION, rogue);
    await page.getByRole('link', { name: 'Activate key' }).click();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await expect(keyRow(page, 'rogue').getByText('Active', { exact: true })).toBeVisible(slow);
    await open(keys);
    const lock = page.getByRole('button', { name: 'Lock active environments' });
    await expect(lock).toHaveAttribute('aria-disabled', 'true');
    await expect(lock).toHaveAccessibleDescription(/72 hours/);
    await shot('lock-01-cooldown');
    const id = await idOf(page, 'rogue');
    const refused = await page.request.post(`/encryption-keys/${id}/lock`, {
      multipart: { file: rogue, password: FILE_PASSWORD, confirmation: 'LOCK US-EAST', confirmed: 'on' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(refused.status()).toBe(409);
    await open(`/encryption-keys/${id}/lock`);
    await expect(page.getByText('Locking is not possible now.')).toBeVisible();
    await accessible();
  });

  await test.step('X-10 another administrator follows the mail: this was not us', async () => {
    await become(page, 'chiara');
    await open('/notifications');
    const hers = page.locator('tbody tr').filter({ hasText: 'Encryption key rogue is now active' })
      .filter({ hasText: 'chiara@haldenvoss.example' });
    await hers.getByRole('link').first().click();
    await expect(page.getByText('This was not us')).toBeVisible();
    const mail = await page.locator('main').innerText();
    const link = mail.match(/\/encryption-keys\/report\?region=us-east&link=[0-9a-f]{32}/)![0];
    await open(keys);
    await expect(page.getByText('rogue has been the active key for less than 72 hours.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'This was not us' })).toBeVisible();
    await accessible();
    await shot('change-01-keys');
    await open(link);
    await expect(page.getByRole('heading', { name: 'This was not us' })).toBeVisible();
    if (javaScriptEnabled) await hydrated(page);
    await accessible();
    await shot('change-02-report');
    await page.getByRole('button', { name: 'Report and stop key changes' }).click();
    await expect(page.getByText('Key changes and locks are stopped.')).toBeVisible();
    await open(link);
    await expect(page.getByText('The change cannot be reported now.')).toBeVisible();
    await open(keys);
    await expect(page.getByText('The last key change was reported as not authorised.')).toBeVisible();
    await accessible();
    await shot('change-03-reported');
  });

  await test.step('X-10 who made the change cannot clear the report, and nothing changes', async () => {
    await become(page, 'bruno');
    await open(`/encryption-keys/clear-report?region=${REGION}`);
    await expect(page.getByText('You made this change; somebody else has to look at it.').first()).toBeVisible();
    const cleared = await page.request.post(`/encryption-keys/clear-report?region=${REGION}`, {
      form: { region: REGION, confirmed: 'on' }, headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(cleared.status()).toBe(409);
    await open(keys);
    await expect(page.getByRole('button', { name: 'Lock active environments' })).toHaveAttribute('aria-disabled', 'true');
  });

  await test.step('PP-034, X-10 a third clears it and schedules the roll-back, which begins by itself', async () => {
    await become(page, 'ada');
    await open(keys);
    await page.getByRole('link', { name: 'Clear the report' }).click();
    if (javaScriptEnabled) await hydrated(page);
    await accessible();
    await shot('change-04-clear');
    await page.getByRole('button', { name: 'Clear the report' }).click();
    await expect(page.getByText('The report is cleared.')).toBeVisible();
    await page.getByRole('link', { name: 'Schedule the roll-back' }).click();
    await expect(page.getByRole('heading', { name: 'Roll back to honest?' })).toBeVisible();
    if (javaScriptEnabled) await hydrated(page);
    await accessible();
    await shot('change-05-roll-back');
    await page.getByRole('button', { name: 'Schedule the roll-back' }).click();
    await expect(page.getByText('has scheduled a roll-back to honest.')).toBeVisible();
    await accessible();
    await shot('change-06-scheduled');
    await page.getByRole('button', { name: 'Call it off' }).click();
    await expect(page.getByText('The roll-back is called off.')).toBeVisible();
    await page.getByRole('link', { name: 'Schedule the roll-back' }).click();
    await page.getByRole('button', { name: 'Schedule the roll-back' }).click();
    await expect(page.getByText('has scheduled a roll-back to honest.')).toBeVisible();
    await ahead(page, 24 * HOUR);
    await expect.poll(async () => {
      await open(keys);
      return keyRow(page, 'honest').getByText('Active', { exact: true }).count();
    }, slow).toBe(1);
    await readRows(page, environment);
  });

  await test.step('PP-110 the lock asks for the file and the text', async () => {
    await ahead(page, 72 * HOUR);
    await open(keys);
    await page.getByRole('link', { name: 'Lock active environments' }).click();
    await expect(page.getByText('Everybody loses access, at once.')).toBeVisible();
    await expect(page.getByText('1 environment goes offline')).toBeVisible();
    if (javaScriptEnabled) await hydrated(page);
    await accessible();
    await shot('lock-02-panel');
    await page.getByLabel('Upload active key').setInputFiles(rogue);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByLabel('Type LOCK US-EAST to confirm').fill('LOCK US-EAST');
    await page.getByRole('button', { name: 'Confirm: lock the environments' }).click();
    await expect(page.locator('#file-error')).toHaveText(/Expected the fingerprint [0-9a-f]{64}, found [0-9a-f]{64}/);
    await accessible();
    await shot('lock-03-wrong-file');
    await page.getByLabel('Upload active key').setInputFiles(file);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByLabel('Type LOCK US-EAST to confirm').fill('LOCK US-EAST');
    await page.getByRole('button', { name: 'Confirm: lock the environments' }).click();
    await expect(page.getByText('nobody reads or writes them any more')).toBeVisible();
    await expect(page.getByText('Succeeded').first()).toBeVisible(slow);
    await shot('lock-04-operation');
  });

  await test.step('PP-098 everything says that it is locked', async () => {
    await open(keys);
    await expect(page.getByText('1 environment is locked.')).toBeVisible();
    await expect(keyRow(page, 'honest').getByText('Locked', { exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: 'rogue', exact: true })).toHaveCount(0);
    await accessible();
    await shot('lock-05-keys');
    await openEnvironment(page, environment);
    await shot('lock-06-environment');
    await page.getByRole('link', { name: 'Ledger', exact: true }).click();
    await expect(page.getByText('The rows are locked.')).toBeVisible();
    await shot('lock-07-rows');
    await openEnvironment(page, environment);
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await expect(page.getByText('Environment locked.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Unlock', exact: true })).toHaveAttribute('aria-disabled', 'true');
    await accessible();
    await shot('lock-08-encryption');
    await open('/environments');
    await expect(page.getByText(/Locked, deleted in 2[78] d/)).toBeVisible();
    await shot('lock-09-environments');
  });

  await test.step('PP-106 unlocking waits an hour, then the file brings the key back', async () => {
    await open(keys);
    const early = page.getByRole('button', { name: 'Unlock key' });
    await expect(early).toHaveAccessibleDescription(/an hour after the lock/);
    await ahead(page, HOUR);
    await open(keys);
    await page.getByRole('link', { name: 'Unlock key' }).click();
    if (javaScriptEnabled) await hydrated(page);
    await accessible();
    await shot('lock-10-unlock');
    await page.getByLabel('Upload locked key').setInputFiles(rogue);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await expect(page.locator('#file-error')).toHaveText(/This file holds another key/);
    await page.getByLabel('Upload locked key').setInputFiles(file);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await expect(page.getByText('Unlocking the key has begun.')).toBeVisible();
    await expect(keyRow(page, 'honest').getByText('Active', { exact: true })).toBeVisible(slow);
    await expect(page.getByRole('heading', { name: 'Locked environments' })).toBeVisible();
    await shot('lock-11-key-back');
  });

  await test.step('PP-116 each environment comes back by itself, with every row', async () => {
    await openEnvironment(page, environment);
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await page.getByRole('link', { name: 'Unlock', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Unlock ${environment}?` })).toBeVisible();
    await accessible();
    await shot('lock-12-unlock-environment');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('link', { name: 'Return', exact: true })).toBeVisible(slow);
    await readRows(page, environment);
    await open('/notifications');
    await expect(page.getByText(`${environment} is unlocked`).first()).toBeVisible();
  });
});
