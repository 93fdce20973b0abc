// The four waits as the browser shows them: a few seconds before each it is refused and counts down, then it is over and
// possible. 24 and 72 hours after an activation, an hour and 28 days after a lock.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Locator, type Page } from '@playwright/test';
import { test as base, expect } from './fixtures.js';
import { FILE_PASSWORD, createEnvironment, keyRow, openEnvironment, slow, uploadKey } from './journeys.js';
import { keyFile, signIn } from './portal.js';

const REGION = 'us-east';
/** So many seconds before the end of a wait the page is looked at. */
const EARLY = 8;
const binary = process.env.KEYSTEAD_BIN ?? '../target/debug/keystead';

const test = base.extend<object, { own: string }>({
  own: [async ({}, use, info) => {
    const port = Number(process.env.KEYSTEAD_PORT ?? 3999) + (info.project.name === 'wasm' ? 50 : 60);
    const url = `http://localhost:${port}`;
    const data = mkdtempSync(join(tmpdir(), 'keystead-countdown-'));
    const server = spawn(binary, [
      'serve', '--data-dir', data, '--listen', `127.0.0.1:${port}`, '--public-url', url,
      '--ops-listen', `127.0.0.1:${port + 1}`, '--demo', '--dev-clock',
    ], { stdio: 'ignore' });
    await expect.poll(() => fetch(`http://127.0.0.1:${port + 1}/readyz`).then((r) => r.status, () => 0), slow).toBe(200);
    await use(url);
    server.kill('SIGTERM');
  }, { scope: 'worker' }],
  baseURL: async ({ own }, use) => use(own),
});

test.use({ expectedErrors: [/status of 4(09|04)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

/** Moves the clock ahead; what it says then, in milliseconds. */
async function ahead(page: Page, seconds: number): Promise<number> {
  const moved = await page.request.post('/dev/clock', { data: { seconds }, headers: { 'sec-fetch-site': 'same-origin' } });
  expect(moved.status()).toBe(200);
  return Date.parse(((await moved.json()) as { now: string }).now);
}

/** Moves the clock to just before the moment that the element tells. */
async function justBefore(page: Page, time: Locator): Promise<void> {
  const end = Date.parse((await time.first().getAttribute('datetime'))!);
  const now = await ahead(page, 1);
  await ahead(page, Math.floor((end - now) / 1000) - EARLY);
}

test('each wait counts down to its end, and not a second less', async ({ page, open, javaScriptEnabled }, info) => {
  const environment = `Hourglass ${info.project.name}`;
  const file = keyFile('first', FILE_PASSWORD);
  const keys = `/encryption-keys?region=${REGION}`;
  const card = (label: string) => page.locator('.figure').filter({ hasText: label });
  const acknowledge = () =>
    page.request.post('/encryption-keys/risk', { form: { next: '/' }, headers: { 'sec-fetch-site': 'same-origin' } });

  /** Refused now, counting; over after so many seconds, and then possible. */
  const counts = async (path: string, clock: () => Locator, button: string, over: string | null) => {
    await open(path);
    await expect(page.getByRole('button', { name: button, exact: true })).toHaveAttribute('aria-disabled', 'true');
    await expect(clock().getByRole('timer').first()).toHaveText(/^in \d s$/);
    if (javaScriptEnabled && over) await expect(clock().getByRole('timer').first()).toHaveText(over, { timeout: 15_000 });
    else await page.waitForTimeout((EARLY + 1) * 1000);
    await open(path);
    await expect(page.getByRole('link', { name: button, exact: true })).toBeVisible();
  };

  await page.goto('/sign-in');
  await signIn(page, 'ada');
  await expect(page).not.toHaveTitle(/^Sign in/);
  await acknowledge();
  await open('/');
  await createEnvironment(page, environment, REGION);
  await open(keys);
  await uploadKey(page, 'first', REGION, file);
  await expect(keyRow(page, 'first').getByText('Active', { exact: true })).toBeVisible(slow);
  await openEnvironment(page, environment);
  await page.getByRole('link', { name: 'Environment encryption' }).click();
  const encryption = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Apply this key' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: 'Encrypted with first' })).toBeVisible(slow);
  await open(keys);
  await uploadKey(page, 'second', REGION);
  const second = (await page.getByRole('link', { name: 'second', exact: true }).getAttribute('href'))!.split('/').pop()!;

  await test.step('24 hours', async () => {
    await open(`${keys}&key=${second}`);
    await justBefore(page, card('Next activation allowed').locator('time'));
    await counts(`${keys}&key=${second}`, () => card('Next activation allowed'), 'Activate key', 'Now');
  });

  await test.step('72 hours', async () => {
    await justBefore(page, card('Lock allowed').locator('time'));
    await counts(keys, () => card('Lock allowed'), 'Lock active environments', 'Now');
    await page.getByRole('link', { name: 'Lock active environments' }).click();
    await page.getByLabel('Upload active key').setInputFiles(file);
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByLabel('Type LOCK US-EAST to confirm').fill('LOCK US-EAST');
    await page.getByRole('button', { name: 'Confirm: lock the environments' }).click();
    await expect(page.getByText('Succeeded').first()).toBeVisible(slow);
  });

  await test.step('an hour', async () => {
    await open(keys);
    await justBefore(page, card('Earliest unlock').locator('time'));
    await counts(keys, () => card('Earliest unlock'), 'Unlock key', 'Now');
  });

  await test.step('28 days', async () => {
    await open(encryption);
    const clock = () => page.locator('.countdown').last();
    await justBefore(page, clock().locator('time'));
    await open(encryption);
    await expect(clock().getByRole('timer')).toHaveText(/^in \d s$/);
    await expect.poll(async () => (await page.request.get(encryption)).status(), { timeout: 20_000 }).toBe(404);
  });
});
