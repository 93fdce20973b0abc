// The two-person rule, lived through: one administrator asks, another approves, the first goes on. One story in four
// parts, on one portal: each begins where the one before ended.
import { execFileSync } from 'node:child_process';
import { type APIResponse, type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import {
  FILE_PASSWORD, applyKey, confirmLock, createEnvironment, keyRow, pictures, slow, uploadKey,
} from './journeys.js';
import { ahead, become, binary, withOwnServer } from './own-server.js';
import { keyFile } from './portal.js';

const HOUR = 3600;
const REGION = 'us-east';
const KEYS = `/encryption-keys?region=${REGION}`;
const APPROVAL = `/encryption-keys/approval?region=${REGION}`;

const test = withOwnServer(30, (where) => {
  const rule = ['admin', 'tenant', 'set', '--two-person', 'true', ...where, '--dev-clock'];
  expect(execFileSync(binary, rule, { stdio: 'pipe' }).toString()).toContain('two-person rule');
});

test.describe.configure({ mode: 'serial' });
test.use({ expectedErrors: [/status of 4(09|22)/], actionTimeout: 15_000 });
test.setTimeout(180_000);

/** The first part brings it, the last one locks with it. */
let file: ReturnType<typeof keyFile>;

const post = (page: Page, path: string, form: Record<string, string>): Promise<APIResponse> =>
  page.request.post(path, { form, headers: { 'sec-fetch-site': 'same-origin' } });

async function refused(answer: Promise<APIResponse>, reason: string): Promise<void> {
  expect((await answer).status()).toBe(409);
  expect(await (await answer).text()).toContain(reason);
}

/** Of the key that was just added, or that is selected. */
const selected = (page: Page) => new URL(page.url()).searchParams.get('key')!;

/** Which question the page is about. */
const question = (page: Page) => page.locator('input[name=question]').first().inputValue();

/** Confirms the dialog that asks. */
async function ask(page: Page, title: string): Promise<void> {
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(page.getByText('The other administrators are asked')).toBeVisible();
}

/** Follows the bar to what is asked. */
async function look(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: 'Look and approve' }).click();
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
}

async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText('You have approved it.')).toBeVisible();
}

test('an activation waits for another administrator', async ({ page, open, shot, accessible }) => {
  file = keyFile('first', FILE_PASSWORD);
  await become(page, 'ada');
  await open(KEYS);
  await uploadKey(page, 'first', REGION, file);
  await expect(keyRow(page, 'first').getByText('Available', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Activate key' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('link', { name: 'Ask to activate' }).click();
  await expect(page.getByRole('heading', { name: 'Ask to activate first?' })).toBeVisible();
  await accessible();
  await pictures(page, shot, 'approval-ask');
  await ask(page, 'Ask to activate first?');
  await expect(page.getByText('You have asked to activate first.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Withdraw' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Look and approve' })).toHaveCount(0);

  await become(page, 'bruno');
  await open(KEYS);
  await expect(page.getByText('ada@haldenvoss.example asks to activate first.')).toBeVisible();
  await accessible();
  await pictures(page, shot, 'approval-bar');
  await look(page, 'Approve to activate first?');
  await accessible();
  await pictures(page, shot, 'approval-give');
  await approve(page);

  await become(page, 'ada');
  await open(KEYS);
  await expect(page.getByText('bruno@haldenvoss.example has approved to activate first.')).toBeVisible();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Activate', exact: true }).click();
  await open(KEYS);
  await expect(keyRow(page, 'first').getByText('Active', { exact: true })).toBeVisible(slow);
});

test('what was asked is withdrawn: nobody approves it any more, and it is not done', async ({
  page, open, shot, accessible,
}) => {
  await become(page, 'ada');
  await ahead(page, 24 * HOUR);
  await open(KEYS);
  await uploadKey(page, 'second', REGION);
  await expect(keyRow(page, 'second').getByText('Available', { exact: true })).toBeVisible();
  const second = selected(page);
  await page.getByRole('link', { name: 'Ask to activate' }).click();
  await ask(page, 'Ask to activate second?');

  await become(page, 'bruno');
  await open(KEYS);
  await look(page, 'Approve to activate second?');
  const seen = await question(page);

  await become(page, 'ada');
  await open(KEYS);
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByText('It is not approved.')).toBeVisible();
  await expect(page.getByText('You have asked')).toHaveCount(0);
  await refused(post(page, `/encryption-keys/${second}/activate`, { confirmed: 'on' }), 'another administrator approves this first');
  await open(`/encryption-keys/${second}/activate`);
  await expect(page.getByText('second cannot be activated now.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Activate', exact: true })).toHaveCount(0);

  await become(page, 'bruno');
  await open(KEYS);
  await expect(page.getByText('asks to activate')).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Look and approve' })).toHaveCount(0);
  await open(APPROVAL);
  await expect(page.getByText('Nothing to approve here.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0);
  await accessible();
  await shot('approval-withdrawn');
  const late = { region: REGION, question: seen, do: 'approve', confirmed: 'on' };
  await refused(post(page, APPROVAL, late), 'Nobody asks for approval here, or not any more.');
  await refused(post(page, `/encryption-keys/${second}/activate`, { confirmed: 'on' }), 'another administrator approves this first');
  await open(KEYS);
  await expect(keyRow(page, 'second').getByText('Available', { exact: true })).toBeVisible();
});

test('a roll-back waits for another administrator, too, and then begins by itself', async ({
  page, open, shot, accessible,
}) => {
  await test.step('another key becomes Active', async () => {
    await become(page, 'ada');
    await open(KEYS);
    await page.getByRole('link', { name: 'second', exact: true }).click();
    await page.getByRole('link', { name: 'Ask to activate' }).first().click();
    await ask(page, 'Ask to activate second?');
    await become(page, 'chiara');
    await open(KEYS);
    await look(page, 'Approve to activate second?');
    await expect(page.getByText(`It replaces first as the key of ${REGION}.`)).toBeVisible();
    await approve(page);
    await become(page, 'ada');
    await open(KEYS);
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Activate', exact: true }).click();
    await open(KEYS);
    await expect(keyRow(page, 'second').getByText('Active', { exact: true })).toBeVisible(slow);
  });

  await test.step('it is asked for', async () => {
    await become(page, 'bruno');
    await open(KEYS);
    await expect(page.getByRole('link', { name: 'Schedule the roll-back' })).toHaveCount(0);
    await page.getByRole('link', { name: 'Ask to roll back' }).click();
    await expect(page.getByRole('heading', { name: 'Ask to schedule the roll-back to first?' })).toBeVisible();
    await accessible();
    await pictures(page, shot, 'roll-back-ask');
    await ask(page, 'Ask to schedule the roll-back to first?');
    await expect(page.getByRole('link', { name: 'Ask to roll back' })).toHaveCount(0);
    const schedule = `/encryption-keys/roll-back?region=${REGION}`;
    await refused(post(page, schedule, { region: REGION, confirmed: 'on' }), 'no other administrator has given it yet');
  });

  await test.step('and approved', async () => {
    await become(page, 'chiara');
    await open(KEYS);
    await expect(page.getByText('bruno@haldenvoss.example asks to schedule the roll-back to first.')).toBeVisible();
    await look(page, 'Approve to schedule the roll-back to first?');
    await expect(page.getByText('first becomes the active key again; environments stay online.')).toBeVisible();
    await accessible();
    await pictures(page, shot, 'roll-back-give');
    await approve(page);
  });

  await test.step('who asked schedules it, and it begins by itself', async () => {
    await become(page, 'bruno');
    await open(KEYS);
    await page.getByRole('link', { name: 'Go on' }).click();
    await expect(page.getByRole('heading', { name: 'Roll back to first?' })).toBeVisible();
    await page.getByRole('button', { name: 'Schedule the roll-back' }).click();
    await expect(page.getByText('has scheduled a roll-back to first.')).toBeVisible();
    await expect(page.getByText('has approved')).toHaveCount(0);
    await accessible();
    await pictures(page, shot, 'roll-back-scheduled');
    await ahead(page, 24 * HOUR);
    await expect.poll(async () => {
      await open(KEYS);
      return keyRow(page, 'first').getByText('Active', { exact: true }).count();
    }, slow).toBe(1);
    await expect(keyRow(page, 'second').getByText('Available', { exact: true })).toBeVisible();
  });
});

test('a lock waits for another administrator, and who asked is not another', async ({
  page, open, shot, accessible,
}) => {
  const what = 'lock all environments of first';
  let lock: string;

  /** Who may not lock now is told so, and refused even with the file and the text. */
  const cannotLock = async (reason: string) => {
    await open(KEYS);
    const button = page.getByRole('button', { name: 'Lock active environments' });
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAccessibleDescription(new RegExp(reason));
    await refused(page.request.post(lock, {
      multipart: { file, password: FILE_PASSWORD, confirmation: 'LOCK US-EAST', confirmed: 'on' },
      headers: { 'sec-fetch-site': 'same-origin' },
    }), reason);
  };

  await test.step('an environment under the key, 72 hours on', async () => {
    await become(page, 'ada');
    await open('/');
    await createEnvironment(page, 'Annex', REGION);
    await applyKey(page, 'Annex', 'first');
    await ahead(page, 72 * HOUR);
    await open(KEYS);
    const first = await page.getByRole('link', { name: 'first', exact: true }).getAttribute('href');
    lock = `${first}/lock`;
    await cannotLock('another administrator approves this first');
  });

  await test.step('it is asked for, and cannot be approved by who asked', async () => {
    await page.getByRole('link', { name: 'Ask to lock' }).click();
    await expect(page.getByRole('heading', { name: `Ask to ${what}?` })).toBeVisible();
    await accessible();
    await pictures(page, shot, 'approval-lock-ask');
    await ask(page, `Ask to ${what}?`);
    await expect(page.getByText(`You have asked to ${what}.`)).toBeVisible();
    await shot('approval-lock-own');
    await expect(page.getByRole('link', { name: 'Look and approve' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Ask to lock' })).toHaveCount(0);
    const own = { region: REGION, question: await question(page), do: 'approve', confirmed: 'on' };
    await open(APPROVAL);
    await expect(page.getByText('You asked; another administrator has to approve.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0);
    await accessible();
    await shot('approval-lock-not-by-oneself');
    await refused(post(page, APPROVAL, own), 'You asked; another administrator has to approve.');
    await cannotLock('no other administrator has given it yet');
  });

  await test.step('another reads what it does, and approves', async () => {
    await become(page, 'bruno');
    await open(KEYS);
    await expect(page.getByText(`ada@haldenvoss.example asks to ${what}.`)).toBeVisible();
    await accessible();
    await pictures(page, shot, 'approval-lock-bar');
    await look(page, `Approve to ${what}?`);
    for (const effect of [
      'Everybody loses access, at once.', '1 environment goes offline', 'So are the keys that are Available: second.',
      'After 28 days locked environments are deleted for good.',
    ]) await expect(page.getByText(effect)).toBeVisible();
    await accessible();
    await pictures(page, shot, 'approval-lock-give');
    await approve(page);
  });

  await test.step('it is the first who may do it, not who approved', async () => {
    await expect(page.getByRole('link', { name: 'Go on' })).toHaveCount(0);
    await cannotLock('another administrator approves this first');
  });

  await test.step('who asked locks, with the file and the text', async () => {
    await become(page, 'ada');
    await open(KEYS);
    await expect(page.getByText(`bruno@haldenvoss.example has approved to ${what}.`)).toBeVisible();
    await page.getByRole('link', { name: 'Go on' }).click();
    await confirmLock(page, REGION, file);
    await open(KEYS);
    await expect(page.getByText('1 environment is locked.')).toBeVisible();
    await expect(keyRow(page, 'first').getByText('Locked', { exact: true })).toBeVisible();
    await expect(page.getByText('has approved')).toHaveCount(0);
    await accessible();
    await pictures(page, shot, 'approval-lock-keys');
    await open('/');
    await expect(page.getByText(`1 environment is locked in ${REGION}.`)).toBeVisible();
    await accessible();
    await pictures(page, shot, 'approval-lock-overview');
  });
});
