// What an environment holds is backed up, spoiled, brought back, copied elsewhere, and thrown away.
import { type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import {
  FILE_PASSWORD, ROWS, applyKey, confirmLock, createEnvironment, createTable, importRows, keyRow, openEnvironment,
  pictures, readRows, slow, uploadKey,
} from './journeys.js';
import { ahead, become, withOwnServer } from './own-server.js';
import { keyFile } from './portal.js';
import { as, test } from './sessions.js';

const HOUR = 3600;
// 409 and 422: what is refused on purpose.
test.use({ expectedErrors: [/status of 4(09|22)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

const REGION = 'eu-central';

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
  const looked = (name: string) => pictures(page, shot, name, ['light', 'dark']);
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
    await looked('backups-empty');
    await page.getByRole('button', { name: 'Back up now' }).click();
    await expect(page.getByText('The backup has begun.')).toBeVisible();
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
    await looked('backups');
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
    await looked('restore-targets');
    await page.getByRole('link', { name: `Restore here : ${name}` }).click();
    await expect(page.getByRole('heading', { name: `Restore to ${name}?` })).toBeVisible();
    await accessible();
    await looked('restore-dialog');
    await page.getByLabel(`Type ${name} to confirm`).fill(name);
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect(page.getByText('The restore has begun.')).toBeVisible();
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
    await looked('copy-targets');
    await expect(page.getByText('This is the environment itself')).toBeVisible();
    await page.getByRole('link', { name: `Copy here : ${sandbox}` }).click();
    await page.getByLabel(`Type ${sandbox} to confirm`).fill(sandbox);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await expect(page.getByText('The copy has begun.')).toBeVisible();
    await expect(page.getByText(`1 table, ${ROWS} rows`)).toBeVisible(slow);
    await readRows(page, sandbox);
  });

  await test.step('reset', async () => {
    await openEnvironment(page, sandbox);
    await page.getByRole('link', { name: 'Reset', exact: true }).click();
    await expect(page.getByRole('heading', { name: `Reset ${sandbox}?` })).toBeVisible();
    await accessible();
    await looked('reset-dialog');
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

/** Keys change there, by days and by a lock. */
const elsewhere = withOwnServer(70);

elsewhere('a backup goes where its key is, and nowhere as long as that is gone', async ({
  page, open, shot, accessible,
}) => {
  const keys = '/encryption-keys?region=us-east';
  const [first, second] = [keyFile('first', FILE_PASSWORD), keyFile('second', FILE_PASSWORD)];
  const looked = (name: string) => pictures(page, shot, name);
  const target = (name: string) => page.locator('tr').filter({ has: page.getByRole('rowheader', { name, exact: true }) });

  /** It can go there. */
  const goes = async (name: string) => {
    await expect(page.getByRole('link', { name: `Restore here : ${name}` })).toBeVisible();
  };
  /** It stands there, grey, with the reason, and leads nowhere. */
  const refused = async (name: string, reason: string) => {
    await expect(target(name).locator('.muted').filter({ hasText: reason })).toBeVisible();
    await expect(target(name).getByRole('rowheader').locator('.muted')).toHaveText(name);
    await expect(target(name).getByRole('link')).toHaveCount(0);
  };
  /** Makes a backup; the address of its targets. */
  const backUp = async (name: string) => {
    await openEnvironment(page, name);
    await page.getByRole('link', { name: 'Backups', exact: true }).click();
    await page.getByRole('button', { name: 'Back up now' }).click();
    const restore = page.getByRole('link', { name: 'Restore' });
    await expect(restore).toBeVisible(slow);
    await expect(page.getByRole('cell', { name: 'first', exact: true })).toBeVisible();
    return (await restore.getAttribute('href'))!;
  };

  await become(page, 'ada');
  await open(keys);
  await uploadKey(page, 'first', 'us-east', first);
  await expect(keyRow(page, 'first').getByText('Active', { exact: true })).toBeVisible(slow);
  for (const name of ['Vault', 'Twin']) {
    await createEnvironment(page, name, 'us-east');
    await applyKey(page, name, 'first');
  }
  const [ofVault, ofTwin] = [await backUp('Vault'), await backUp('Twin')];

  await test.step('PP-131 to an environment with the same key, not to one with another or none', async () => {
    await open(ofVault);
    await goes('Vault');
    await goes('Twin');
    await refused('Freight Production', 'Freight Production is not encrypted with the key that Vault has now (PP-131).');
    await refused('Rail Production', 'Rail Production is not encrypted with the key that Vault has now (PP-131).');
    await accessible();
    await looked('restore-other-key');
  });

  await test.step('nor by hand', async () => {
    await open('/environments?region=europe');
    const freight = await page.getByRole('link', { name: 'Freight Production', exact: true }).getAttribute('href');
    const there = `${ofVault}?target=${freight!.split('/').pop()}`;
    await open(there);
    await expect(page.getByText('Not to Freight Production.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Restore', exact: true })).toHaveCount(0);
    await accessible();
    await looked('restore-other-key-by-hand');
    const sent = await page.request.post(there, {
      form: { target: freight!.split('/').pop()!, confirmation: 'Freight Production' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(sent.status()).toBe(409);
    expect(await sent.text()).toContain('is not encrypted with the key that Vault has now');
  });

  await test.step('PP-131 an environment gave its key up: back there, and nowhere else', async () => {
    await openEnvironment(page, 'Twin');
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await page.getByRole('link', { name: 'Return', exact: true }).click();
    await page.getByLabel('Type Twin to confirm').fill('Twin');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('heading', { name: 'Encrypted with the Microsoft-provided key' })).toBeVisible(slow);
    await open(ofTwin);
    await goes('Twin');
    const reason = 'The backup is under your own key first, which Twin does not use any more: it can only go back there';
    for (const name of ['Vault', 'Freight Production', 'Rail Production']) await refused(name, reason);
    await looked('restore-key-given-up');
    await open(ofVault);
    await refused('Twin', 'Twin is not encrypted with the key that Vault has now (PP-131).');
  });

  await test.step('X-14 the key has changed, and the one before is kept', async () => {
    await ahead(page, 24 * HOUR);
    await open(keys);
    await uploadKey(page, 'second', 'us-east', second);
    await page.getByRole('link', { name: 'Activate key' }).click();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await expect(keyRow(page, 'second').getByText('Active', { exact: true })).toBeVisible(slow);
    await open(ofVault);
    await expect(target('Vault')).toContainText('second');
    await goes('Vault');
  });

  await test.step('PP-102 nothing goes anywhere while it is locked', async () => {
    await ahead(page, 72 * HOUR);
    await open(keys);
    await page.getByRole('link', { name: 'Lock active environments' }).click();
    await confirmLock(page, 'us-east', second);
    await open(ofVault);
    for (const name of ['Vault', 'Twin', 'Freight Production']) await refused(name, 'Vault is locked');
  });

  await test.step('X-14 the lock has thrown the key before away: the backup opens nowhere', async () => {
    await ahead(page, HOUR);
    await open(keys);
    await page.getByRole('link', { name: 'Unlock key' }).click();
    await page.getByLabel('Upload locked key').setInputFiles(second);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await expect(keyRow(page, 'second').getByText('Active', { exact: true })).toBeVisible(slow);
    await openEnvironment(page, 'Vault');
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await page.getByRole('link', { name: 'Unlock', exact: true }).click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('link', { name: 'Return', exact: true })).toBeVisible(slow);
    await openEnvironment(page, 'Vault');
    await page.getByRole('link', { name: 'Backups', exact: true }).click();
    await expect(page.getByText('Not here')).toBeVisible();
    await accessible();
    await looked('backups-key-gone');
    await page.getByRole('link', { name: 'Restore' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restore a backup');
    await refused('Vault', 'The backup opens only with first, which is not here any more (X-14).');
    await refused('Twin', 'Twin is not encrypted with the key that Vault has now (PP-131).');
    await expect(page.getByRole('link', { name: /^Restore here/ })).toHaveCount(0);
    await accessible();
    await looked('restore-key-gone');
  });

  await test.step('X-14 its file brings it back, under a new name', async () => {
    await open(keys);
    await uploadKey(page, 'first-again', 'us-east', first);
    await expect(keyRow(page, 'first-again').getByText('Available', { exact: true })).toBeVisible();
    await open(ofVault);
    await expect(page.getByText('Not here')).toHaveCount(0);
    await goes('Vault');
  });
});
