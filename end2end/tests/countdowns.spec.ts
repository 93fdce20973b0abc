// The four waits as the browser shows them: a few seconds before each it is refused and counts down, then it is over and
// possible. 24 and 72 hours after an activation, an hour and 28 days after a lock.
import { type Locator, type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { FILE_PASSWORD, createEnvironment, keyRow, openEnvironment, slow, uploadKey } from './journeys.js';
import { ahead, become, withOwnServer } from './own-server.js';
import { keyFile } from './portal.js';

const REGION = 'us-east';
/** So many seconds before the end of a wait the page is looked at. */
const EARLY = 15;

const test = withOwnServer(50);

test.use({ expectedErrors: [/status of 4(09|04)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

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

  /** Refused now, counting; over after so many seconds, and then possible. */
  const counts = async (path: string, clock: () => Locator, button: string) => {
    await open(path);
    await expect(page.getByRole('button', { name: button, exact: true })).toHaveAttribute('aria-disabled', 'true');
    await expect(clock().getByRole('timer').first()).toHaveText(/^in \d{1,2} s$/);
    const possible = () => page.getByRole('link', { name: button, exact: true });
    if (javaScriptEnabled) {
      await expect(clock().getByRole('timer').first()).toHaveText('Now', { timeout: 30_000 });
      await open(path);
      await expect(possible()).toBeVisible();
    } else {
      await expect.poll(async () => {
        await open(path);
        return possible().count();
      }, { timeout: 30_000 }).toBe(1);
    }
  };

  await become(page, 'ada');
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
    await counts(`${keys}&key=${second}`, () => card('Next activation allowed'), 'Activate key');
  });

  await test.step('72 hours', async () => {
    await justBefore(page, card('Lock allowed').locator('time'));
    await counts(keys, () => card('Lock allowed'), 'Lock active environments');
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
    await counts(keys, () => card('Earliest unlock'), 'Unlock key');
  });

  await test.step('28 days', async () => {
    await open(encryption);
    const clock = () => page.locator('.countdown').last();
    await justBefore(page, clock().locator('time'));
    await open(encryption);
    await expect(clock().getByRole('timer')).toHaveText(/^in \d{1,2} s$/);
    await expect.poll(async () => (await page.request.get(encryption)).status(), { timeout: 40_000 }).toBe(404);
  });
});
