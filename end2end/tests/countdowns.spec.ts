// The four waits as the browser shows them: a few seconds before each it is refused and counts down, then it is over and
// possible. 24 and 72 hours after an activation, an hour and 28 days after a lock.
import { type Locator, type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { FILE_PASSWORD, applyKey, confirmLock, createEnvironment, keyRow, slow, uploadKey } from './journeys.js';
import { ahead, become, withOwnServer } from './own-server.js';
import { keyFile } from './portal.js';

const REGION = 'us-east';
/** So many seconds before the end of a wait the page is looked at. */
const EARLY = 15;

const test = withOwnServer(50);

test.use({ expectedErrors: [/status of 4(09|04)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

/** Moves the clock to just before the moment that the element tells; that moment, in milliseconds. */
async function justBefore(page: Page, time: Locator): Promise<number> {
  const end = Date.parse((await time.first().getAttribute('datetime'))!);
  const now = await ahead(page, 1);
  await ahead(page, Math.floor((end - now) / 1000) - EARLY);
  return end;
}

/** Whether the portal's clock stood at the moment, told in whole seconds, or later. Asking moves it by one. */
async function reached(page: Page, end: number): Promise<boolean> {
  return await ahead(page, 1) >= end;
}

test('each wait counts down to its end, and not a second less', async ({ page, open, javaScriptEnabled }, info) => {
  const environment = `Hourglass ${info.project.name}`;
  const file = keyFile('first', FILE_PASSWORD);
  const keys = `/encryption-keys?region=${REGION}`;
  const card = (label: string) => page.locator('.figure').filter({ hasText: label });

  /** Refused now, counting; over after so many seconds, and not before; then possible. */
  const counts = async (path: string, end: number, clock: () => Locator, button: string) => {
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
    expect(await reached(page, end), `${button} is not possible before its time`).toBe(true);
  };

  await become(page, 'ada');
  await open('/');
  await createEnvironment(page, environment, REGION);
  await open(keys);
  await uploadKey(page, 'first', REGION, file);
  await expect(keyRow(page, 'first').getByText('Active', { exact: true })).toBeVisible(slow);
  await applyKey(page, environment, 'first');
  const encryption = new URL(page.url()).pathname;
  await open(keys);
  await uploadKey(page, 'second', REGION);
  const second = (await page.getByRole('link', { name: 'second', exact: true }).getAttribute('href'))!.split('/').pop()!;

  await test.step('24 hours', async () => {
    await open(`${keys}&key=${second}`);
    const end = await justBefore(page, card('Next activation allowed').locator('time'));
    await counts(`${keys}&key=${second}`, end, () => card('Next activation allowed'), 'Activate key');
  });

  await test.step('72 hours', async () => {
    const end = await justBefore(page, card('Lock allowed').locator('time'));
    await counts(keys, end, () => card('Lock allowed'), 'Lock active environments');
    await page.getByRole('link', { name: 'Lock active environments' }).click();
    await confirmLock(page, REGION, file);
  });

  await test.step('an hour', async () => {
    await open(keys);
    const end = await justBefore(page, card('Earliest unlock').locator('time'));
    await counts(keys, end, () => card('Earliest unlock'), 'Unlock key');
  });

  await test.step('28 days, and until then it is there', async () => {
    await open(encryption);
    const clock = () => page.locator('.countdown').last();
    const seconds = async () => Number((await clock().getByRole('timer').innerText()).match(/^in (\d{1,2}) s$/)?.[1]);
    const end = await justBefore(page, clock().locator('time'));
    await open(encryption);
    const before = await seconds();
    expect(before).toBeLessThanOrEqual(EARLY);
    await expect.poll(async () => {
      if (!javaScriptEnabled) await open(encryption);
      return seconds();
    }).toBeLessThan(before);
    const looks: { status: number; over: boolean }[] = [];
    await expect.poll(async () => {
      const status = (await page.request.get(encryption)).status();
      looks.push({ status, over: await reached(page, end) });
      return status;
    }, { timeout: 40_000, intervals: [100] }).toBe(404);
    const early = looks.filter(({ over }) => !over).map(({ status }) => status);
    expect(new Set(early), 'it is there as long as its time is not over').toEqual(new Set([200]));
  });
});
