// The two-person rule, lived through: one administrator asks, another approves, the first goes on.
import { execFileSync } from 'node:child_process';
import { type Page } from '@playwright/test';
import { expect } from './fixtures.js';
import { keyRow, slow, uploadKey } from './journeys.js';
import { become, binary, withOwnServer } from './own-server.js';

const REGION = 'us-east';

const test = withOwnServer(30, (where) => {
  const rule = ['admin', 'tenant', 'set', '--two-person', 'true', ...where, '--dev-clock'];
  expect(execFileSync(binary, rule, { stdio: 'pipe' }).toString()).toContain('two-person rule');
});

test.use({ expectedErrors: [/status of 4(09|22)/], actionTimeout: 15_000 });
test.setTimeout(180_000);

async function pictures(page: Page, shot: (name: string) => Promise<void>, name: string): Promise<void> {
  for (const [width, height] of [[1440, 900], [768, 1024], [320, 720]] as const) {
    await page.setViewportSize({ width, height });
    await shot(`${name}-${width}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('an activation waits for another administrator', async ({ page, open, shot, accessible }) => {
  const keys = `/encryption-keys?region=${REGION}`;
  await become(page, 'ada');
  await open(keys);
  await uploadKey(page, 'first', REGION);
  await expect(keyRow(page, 'first').getByText('Available', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Activate key' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('link', { name: 'Ask to activate' }).click();
  await expect(page.getByRole('heading', { name: 'Ask to activate first?' })).toBeVisible();
  await accessible();
  await pictures(page, shot, 'approval-ask');
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(page.getByText('The other administrators are asked.')).toBeVisible();
  await expect(page.getByText('You have asked to activate first.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Withdraw' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Look and approve' })).toHaveCount(0);

  await become(page, 'bruno');
  await open(keys);
  await expect(page.getByText('ada@haldenvoss.example asks to activate first.')).toBeVisible();
  await accessible();
  await pictures(page, shot, 'approval-bar');
  await page.getByRole('link', { name: 'Look and approve' }).click();
  await expect(page.getByRole('heading', { name: 'Approve to activate first?' })).toBeVisible();
  await accessible();
  await pictures(page, shot, 'approval-give');
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByText('You have approved it.')).toBeVisible();

  await become(page, 'ada');
  await open(keys);
  await expect(page.getByText('bruno@haldenvoss.example has approved to activate first.')).toBeVisible();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Activate', exact: true }).click();
  await open(keys);
  await expect(keyRow(page, 'first').getByText('Active', { exact: true })).toBeVisible(slow);
});
