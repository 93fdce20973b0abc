// A key made by the portal: its file is downloaded once, brought back, and only then the key can be activated.
import { readFileSync } from 'node:fs';
import { expect } from './fixtures.js';
import { keyFile } from './portal.js';
import { as, test } from './sessions.js';

test.use({ expectedErrors: [/status of 422/] });

const PASSWORD = 'window rain copper';

test('PP-057 a key is generated, downloaded once and shown to be kept', async ({
  page, open, shot, accessible, sessionOf, javaScriptEnabled,
}, info) => {
  const name = `made-${info.project.name}-${Date.now().toString(36)}`;
  await as(page, await sessionOf('ada'));

  await test.step('name and kind first', async () => {
    await open('/encryption-keys/new?region=europe');
    await page.getByLabel('Key name').fill(name);
    await expect(page.getByLabel('Generate new (.pfx)')).toBeChecked();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(page.getByLabel('Key name')).toHaveValue(name);
  });

  await test.step('PP-061 the password is typed twice', async () => {
    await page.getByLabel('Password of the new file').fill(PASSWORD);
    if (javaScriptEnabled) {
      await expect(page.getByText('Good', { exact: true })).toBeVisible();
      await shot('generate-01-password');
    }
    await page.getByLabel('Password again').fill('something else');
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.locator('#password_again-error')).toHaveText(/The two passwords differ/);
    await expect(page.getByLabel('Key name')).toHaveValue(name);
    await accessible();
    await shot('generate-02-passwords-differ');
    await page.getByLabel('Password of the new file').fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { name: `Key file of ${name}`, exact: true }).first()).toBeVisible();
    await accessible();
    await shot('generate-03-file');
  });

  const file = await test.step('PP-062 the file comes once', async () => {
    const button = page.getByRole('button', { name: 'Download the key file' });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect(download.suggestedFilename()).toBe(`${name}.pfx`);
    const content = readFileSync(await download.path());
    const again = await page.request.post(page.url(), { form: { do: 'download' }, headers: { 'sec-fetch-site': 'same-origin' } });
    expect(again.status()).toBe(410);
    expect(await again.text()).toContain('it is handed out once, within an hour');
    if (javaScriptEnabled) {
      // The document stayed; it is asked for again by itself.
      await expect(page.getByText('Your browser has the file; it has left the portal.')).toBeVisible();
      await accessible();
      await shot('generate-03-handed-out');
    }
    await open(new URL(page.url()).pathname);
    await expect(page.getByText('The file is not here any more')).toBeVisible();
    await expect(button).toHaveCount(0);
    await accessible();
    await shot('generate-04-gone');
    return content;
  });

  await test.step('X-06 another file proves nothing', async () => {
    await page.getByLabel('Key file', { exact: true }).setInputFiles(keyFile('other', PASSWORD));
    await page.getByLabel('Password of the file').fill(PASSWORD);
    await page.getByRole('button', { name: 'I stored it safely' }).click();
    await expect(page.locator('#file-error')).toHaveText(/another key\. Expected the fingerprint [0-9a-f]{64}/);
    await shot('generate-05-other-file');
  });

  await test.step('X-06 the file itself does', async () => {
    await page.getByLabel('Key file', { exact: true }).setInputFiles({
      name: `${name}.pfx`, mimeType: 'application/x-pkcs12', buffer: file,
    });
    await page.getByLabel('Password of the file').fill(PASSWORD);
    await page.getByRole('button', { name: 'I stored it safely' }).click();
    await expect(page.getByText('The file was kept: the key can be activated.')).toBeVisible();
    await shot('generate-06-proved');
    await accessible();
  });
});
