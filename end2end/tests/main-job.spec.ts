// The story the portal is for: an own key is brought, protects an environment's data, and is given back.
// Each project has a region of its own: one without a key, where the first upload becomes Active by
// itself, and one that has a key, where the new one is activated by hand.
import { test, expect, hydrated } from './fixtures.js';
import {
  FILE_PASSWORD, createEnvironment, createTable, importRows, keyRow, newUpload, openEnvironment, readRows, slow, uploadKey,
} from './journeys.js';
import { signIn } from './portal.js';

// 422: a garbage file, a wrong name. 409: an activation within 24 hours.
test.use({ expectedErrors: [/status of 4(00|09|22)/], actionTimeout: 15_000 });
test.setTimeout(240_000);

test('an own key protects an environment and is given back', async ({
  page, open, shot, accessible, javaScriptEnabled,
}, info) => {
  const own = `${info.project.name}-${Date.now().toString(36)}`;
  const region = javaScriptEnabled ? 'us-east' : 'europe';
  const environment = `Ledger ${own}`;
  const [first, second] = [`first-${own}`, `second-${own}`];

  await test.step('data under the Microsoft-provided key', async () => {
    await open('/sign-in');
    await signIn(page, 'ada');
    await expect(page).not.toHaveTitle(/^Sign in/);
    await createEnvironment(page, environment, region);
    await shot('story-01-environment');
    await createTable(page);
    await importRows(page);
    await shot('story-02-imported');
    await readRows(page, environment);
    await shot('story-03-rows');
  });

  await test.step('the risk is confirmed once', async () => {
    await page.getByRole('link', { name: 'Environments', exact: true }).first().click();
    await page.getByRole('link', { name: 'Manage encryption keys' }).first().click();
    await expect(page.getByRole('heading', { name: 'Do you understand the risk' })).toBeVisible();
    await accessible();
    await shot('story-04-risk');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Manage encryption keys');
    const pivot = page.getByRole('navigation', { name: 'Regions' }).getByRole('link', { name: region, exact: true });
    await pivot.click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Manage encryption keys');
    await expect(pivot).toHaveAttribute('aria-current', 'page');
  });

  await test.step('a file that is no key is refused at its field', async () => {
    await newUpload(page, first, region);
    await page.getByLabel('Key file').setInputFiles({
      name: 'holiday.pfx', mimeType: 'application/x-pkcs12', buffer: Buffer.from('this is no key file at all'),
    });
    await page.getByLabel('Password of the file').fill(FILE_PASSWORD);
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.locator('#file-error')).toBeVisible();
    await expect(page.getByLabel('Key file')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel('Key name')).toHaveValue(first);
    await expect(page.getByLabel('Region', { exact: true })).toHaveValue(region);
    await expect(page.getByLabel('Password of the file')).toHaveValue('');
    await accessible();
    await shot('story-05-refused-file');
  });

  await test.step('a key is brought and becomes Active', async () => {
    await page.getByRole('link', { name: 'Close' }).first().click();
    await uploadKey(page, first, region);
    if (region === 'europe') {
      await expect(page.getByText('The key was added.')).toBeVisible();
      await page.getByRole('link', { name: 'Activate key' }).click();
      await expect(page.getByRole('heading', { name: `Activate ${first}?` })).toBeVisible();
      await accessible();
      await shot('story-06-activate');
      await page.getByRole('button', { name: 'Activate', exact: true }).click();
    }
    await expect(page.getByText('The activation has begun.')).toBeVisible();
    await expect(keyRow(page, first).getByText('Active', { exact: true })).toBeVisible(slow);
    await shot('story-07-active');
  });

  await test.step('the key is applied to the environment', async () => {
    await openEnvironment(page, environment);
    await page.getByRole('link', { name: 'See all' }).click();
    await expect(page.getByRole('heading', { name: 'Environment encryption' })).toBeVisible();
    await shot('story-08-details');
    await page.getByRole('link', { name: 'Manage', exact: true }).click();
    await page.getByRole('link', { name: 'Apply this key' }).click();
    await expect(page.getByRole('heading', { name: `Apply ${first} to ${environment}?` })).toBeVisible();
    await accessible();
    await shot('story-09-apply');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByText('Applying the key has begun.')).toBeVisible();
    // Without script the page loads itself anew while it runs, which a picture cannot wait for.
    if (javaScriptEnabled) await shot('story-10-applying');
    await expect(page.getByRole('heading', { name: `Encrypted with ${first}` })).toBeVisible(slow);
    await expect(page.getByRole('link', { name: 'Return', exact: true })).toBeVisible(slow);
    await accessible();
    await shot('story-11-applied');
  });

  await test.step('the rows are readable', () => readRows(page, environment));

  await test.step('a return in production asks for the name', async () => {
    await openEnvironment(page, environment);
    await page.getByRole('link', { name: 'Environment encryption' }).click();
    await page.getByRole('link', { name: 'Return', exact: true }).click();
    if (javaScriptEnabled) await hydrated(page);
    const phrase = page.getByLabel(`Type ${environment} to confirm`);
    const confirm = page.getByRole('button', { name: 'Confirm' });
    await phrase.fill('Ledger');
    if (javaScriptEnabled) {
      await expect(confirm).toHaveAttribute('aria-disabled', 'true');
    } else {
      await confirm.click();
      await expect(page.locator('#confirmation-error')).toBeVisible();
      await expect(phrase).toHaveAttribute('aria-invalid', 'true');
    }
    const refused = await page.request.post(page.url(), {
      form: { confirmed: 'on', confirmation: 'Ledger' }, headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(refused.status()).toBe(422);
    await accessible();
    await shot('story-12-return');
    await phrase.fill(environment);
    await confirm.click();
    await expect(page.getByText('The return to standard encryption has begun.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Encrypted with the Microsoft-provided key' })).toBeVisible(slow);
    await shot('story-13-returned');
    await readRows(page, environment);
  });

  await test.step('a second activation waits 24 hours', async () => {
    await open(`/encryption-keys?region=${region}`);
    await uploadKey(page, second, region);
    await expect(page.getByText('The key was added.')).toBeVisible();
    await expect(keyRow(page, second).getByText('Available', { exact: true })).toBeVisible();
    const activate = page.getByRole('button', { name: 'Activate key' });
    await expect(activate).toHaveAttribute('aria-disabled', 'true');
    await expect(activate).toHaveAccessibleDescription(/24 hours.*Possible/);
    const id = new URL(page.url()).searchParams.get('key');
    const refused = await page.request.post(`/encryption-keys/${id}/activate`, {
      form: { confirmed: 'on' }, headers: { 'sec-fetch-site': 'same-origin' },
    });
    expect(refused.status()).toBe(409);
    expect(await refused.text()).toContain('24 hours');
    await open(`/encryption-keys/${id}/activate`);
    await expect(page.getByText(`${second} cannot be activated now.`)).toBeVisible();
    await accessible();
    await shot('story-14-second-activation');
  });

  await test.step('the administrators were told', async () => {
    await page.getByRole('link', { name: 'Notifications', exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Notifications');
    for (const about of [first, environment]) {
      await expect(page.locator('tbody tr').filter({ hasText: about }).first()).toBeVisible();
    }
    await shot('story-15-notifications');
  });

  await test.step('the trail has it', async () => {
    await page.getByRole('link', { name: 'Audit log' }).click();
    const entry = (action: string, target: string, outcome: string) => page.locator('tbody tr')
      .filter({ hasText: action }).filter({ hasText: target }).filter({ hasText: outcome }).first();
    await open(`/audit?target=${encodeURIComponent(own)}`);
    for (const action of ['Create a table', 'Apply your own key', 'Return to standard encryption']) {
      await expect(entry(action, environment, 'Succeeded')).toBeVisible();
    }
    await expect(entry('Activate a key', second, 'Refused')).toBeVisible();
    await accessible();
    await shot('story-16-audit');
    // Before they exist, keys have no entry of their own: it is the region's, and names them in its details.
    await open('/audit?action=key.add');
    for (const name of [first, second]) {
      const details = page.locator('tr.more').filter({ hasText: name }).first();
      const added = details.locator('xpath=preceding-sibling::tr[1]');
      await expect(added).toContainText(`region ${region}`);
      await expect(added).toContainText('Succeeded');
      await expect(details).toBeHidden();
      await added.getByText('Details').click();
      await expect(details).toBeVisible();
    }
  });
});
