// Who one is: the sign-in, its refusals, the way back to where one wanted to go, and the sign-out.
import { test, expect } from './fixtures.js';
import { address, signIn } from './portal.js';

test.describe('a wrong password', () => {
  test.use({ expectedErrors: [/status of 401/] });

  test('is refused, and the address stays', async ({ page, open, accessible, shot }) => {
    await open('/sign-in');
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await signIn(page, 'daniel', 'not the password');
    expect((await answer).status()).toBe(401);
    await expect(page.getByRole('alert')).toContainText('The address or the password is wrong');
    await expect(page.getByLabel('E-mail address')).toHaveValue(address('daniel'));
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    await accessible();
    await shot('sign-in-refused');
  });
});

test('a stranger is led to the sign-in and from there to the page', async ({ page, open }) => {
  await open('/environments?type=sandbox');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await signIn(page, 'chiara');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Environments');
  expect(new URL(page.url()).search).toBe('?type=sandbox');
  await expect(page.getByRole('link', { name: 'Customs Sandbox' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Rail Production' })).toHaveCount(0);
});

test('a next that leads elsewhere is not followed', async ({ page, open, baseURL }) => {
  await open('/sign-in?next=https%3A%2F%2Fexample.org%2F');
  await signIn(page, 'bruno');
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Sign in');
  expect(new URL(page.url()).origin).toBe(new URL(baseURL!).origin);
});

test('signing out ends the session', async ({ page, open }) => {
  await open('/sign-in');
  await signIn(page, 'daniel');
  await expect(page).not.toHaveTitle(/^Sign in/);
  const cookies = await page.context().cookies();
  await page.locator('details.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible();
  // The cookie is worth nothing any more, even where it was kept.
  await page.context().addCookies(cookies);
  await open('/audit');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
});

for (const path of ['/', '/account', '/encryption-keys', '/operations', '/notifications', '/audit', '/environments/new']) {
  test(`a stranger at ${path} sees the sign-in only`, async ({ page, open }) => {
    await open(path);
    const at = new URL(page.url());
    expect(at.pathname).toBe('/sign-in');
    expect(at.searchParams.get('next') ?? '/').toBe(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  });
}
