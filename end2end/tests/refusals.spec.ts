// What a form refuses: the reason stands at its field, what was typed stays, and nothing is there that
// was not before. The files are those of the vault's own tests.
import { type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect } from './fixtures.js';
import { as, test } from './sessions.js';

test.use({ expectedErrors: [/status of 4(09|13|22)/] });

const PASSWORD = 'correct horse battery';

const fixture = (name: string) => readFileSync(new URL(`../../crates/vault/tests/fixtures/${name}`, import.meta.url));

/** Rule, file, password, the field that is wrong, what it says. */
const files: [string, Buffer, string, 'file' | 'password', string | RegExp][] = [
  ['PP-039 not a PFX file', Buffer.from('this is no key file'), PASSWORD, 'file', /not a PFX file.*Accepted is a \.pfx/],
  ['PP-039 half a file', fixture('openssl3.pfx').subarray(0, 900), PASSWORD, 'file', /not a PFX file, or it is damaged/],
  ['PP-041 without a password', fixture('key-in-clear.pfx'), PASSWORD, 'file', /must be password protected/],
  ['PP-067 the wrong password', fixture('openssl3.pfx'), 'not the password', 'password', /does not open this file/],
  ['PP-020 a certificate alone', fixture('certificate-only.pfx'), PASSWORD, 'file', /no private key.*Both halves/],
  ['PP-040 an elliptic curve', fixture('ec-p256.pfx'), PASSWORD, 'file', /type EC P-256.*2048-bit RSA/],
  ['PP-040 RSA with 1024 bits', fixture('rsa1024.pfx'), PASSWORD, 'file', /type RSA 1024.*2048-bit RSA/],
  ['PP-040 RSA with 4096 bits', fixture('rsa4096.pfx'), PASSWORD, 'file', /type RSA 4096.*2048-bit RSA/],
  ['PP-042 primes that are none', fixture('weak-composite-prime.pfx'), PASSWORD, 'file', /not safe to use.*not prime/],
  ['PP-042 too much work to open', fixture('too-many-rounds.pfx'), PASSWORD, 'file', /too many rounds/],
];

async function send(page: Page, name: string, file: Buffer, password: string): Promise<void> {
  await page.getByLabel('Key name').fill(name);
  await page.getByLabel('Key file').setInputFiles({ name: 'key.pfx', mimeType: 'application/x-pkcs12', buffer: file });
  await page.getByLabel('Password of the file').fill(password);
  await page.getByRole('button', { name: 'Create' }).click();
}

/** The refusal at its field, said to assistive technology too. */
async function refusedAt(page: Page, field: string, words: string | RegExp): Promise<void> {
  await expect(page.locator(`#${field}-error`)).toHaveText(words);
  const control = page.locator(`[name=${field}]`);
  await expect(control).toHaveAttribute('aria-invalid', 'true');
  await expect(control).toHaveAccessibleDescription(words);
}

test('each key file that is not accepted is refused for its own reason', async ({ page, open, sessionOf }) => {
  await as(page, await sessionOf('ada'));
  for (const [rule, file, password, field, words] of files) {
    await test.step(rule, async () => {
      await open('/encryption-keys/new?region=europe&how=upload');
      await send(page, 'never-added', file, password);
      await refusedAt(page, field, words);
      await expect(page.getByLabel('Key name')).toHaveValue('never-added');
      await expect(page.getByLabel('Password of the file')).toHaveValue('');
    });
  }
  await open('/encryption-keys?region=europe');
  await expect(page.getByRole('rowheader', { name: 'harbour-2026' })).toBeVisible();
  await expect(page.getByText('never-added')).toHaveCount(0);
});

test('X-39 names of keys are letters, digits and hyphens, and used once', async ({ page, open, accessible, shot, sessionOf }) => {
  await as(page, await sessionOf('ada'));
  await open('/encryption-keys/new?region=europe&how=upload');
  await send(page, 'with spaces', fixture('openssl3.pfx'), PASSWORD);
  await refusedAt(page, 'name', /Use 1 to 127 letters, digits and hyphens/);
  await send(page, 'harbour-2026', fixture('openssl3.pfx'), PASSWORD);
  await refusedAt(page, 'name', /There is or was a key called harbour-2026/);
  await expect(page.getByLabel('Key name')).toHaveValue('harbour-2026');
  await accessible();
  await shot('refused-key-name');
});

test('PP-014 an environment from before the feature says why it keeps the standard key', async ({ page, open, sessionOf }) => {
  await as(page, await sessionOf('ada'));
  await open('/environments');
  await page.getByRole('link', { name: 'Legacy Fleet' }).click();
  await page.getByRole('link', { name: 'Environment encryption' }).click();
  const reasons = page.getByRole('main').getByRole('listitem');
  await expect(reasons.filter({ hasText: 'It was created before the feature was turned on' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply this key' })).toHaveAttribute('aria-disabled', 'true');
  const refused = await page.request.post(`${page.url()}/apply`, {
    form: { confirmed: 'on' }, headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(refused.status()).toBe(409);
  expect(await refused.text()).toContain('It was created before the feature was turned on');
});

test('PP-013 where the feature is off, a key is refused with the way on', async ({ page, open, sessionOf }) => {
  await as(page, await sessionOf('ada'));
  await open('/encryption-keys?region=asia-pacific');
  const button = page.getByRole('button', { name: 'New key' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(/not turned on for the region asia-pacific.*operator/);
  const refused = await page.request.post('/encryption-keys/new?region=asia-pacific', {
    multipart: {
      region: 'asia-pacific', name: 'early', password: PASSWORD,
      file: { name: 'key.pfx', mimeType: 'application/x-pkcs12', buffer: fixture('openssl3.pfx') },
    },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain('not turned on for the region asia-pacific');
});
