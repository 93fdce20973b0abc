// The first minutes of a newcomer: a fresh portal, the set-up code, the wizard, the first sign-in.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from './databases.js';
import { test as base, expect } from './fixtures.js';

const PASSWORD = 'four random words here';

type Fresh = { url: string; code: () => string };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const test = base.extend<{ fresh: Fresh }>({
  // A portal that nobody has set up, on a database of its own.
  fresh: async ({}, use, info) => {
    const folder = mkdtempSync(join(tmpdir(), 'keystead-fresh-'));
    const port = await freePort();
    const binary = process.env.KEYSTEAD_BIN ?? '../target/debug/keystead';
    const server: ChildProcess = spawn(
      binary,
      ['serve', '--data-dir', folder, ...freshDatabase(info.project.name), '--listen', `127.0.0.1:${port}`, '--ops-listen', 'off'],
      { stdio: 'ignore' },
    );
    const url = `http://localhost:${port}`;
    const file = join(folder, 'setup-code');
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => fetch(`${url}/setup`).then((answer) => answer.status, () => 0), { timeout: 60_000 }).toBe(200);
    await use({ url, code: () => readFileSync(file, 'utf8').trim() });
    server.kill('SIGKILL');
    await new Promise((resolve) => (server.exitCode === null && server.signalCode === null ? server.once('exit', resolve) : resolve(null)));
    rmSync(folder, { recursive: true, force: true });
  },
});

test.describe('a fresh portal', () => {
  test.use({ expectedErrors: [/status of 422/] });

  test('is set up once, in the browser', async ({ page, open, accessible, shot, fresh }) => {
    await open(`${fresh.url}/environments`);
    expect(new URL(page.url()).pathname, 'everything leads to the wizard').toBe('/setup');
    for (const theme of ['light', 'dark']) {
      await page.context().addCookies([{ name: 'theme', value: theme, url: fresh.url }]);
      for (const width of [1440, 768, 320]) {
        await page.setViewportSize({ width, height: 900 });
        await open(`${fresh.url}/setup`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
        await accessible();
        await shot(`setup-${theme}-${width}`);
      }
    }

    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByLabel('Setup code').fill('AAAAA-AAAAA-AAAAA-AAAAA');
    await page.getByLabel('Name', { exact: true }).fill('Contoso');
    await page.getByLabel('Regions').fill('europe, us-east');
    await page.getByLabel('Your name').fill('Ada Admin');
    await page.getByLabel('E-mail address').fill('ada@contoso.example');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await expect(page.getByRole('alert')).toContainText('code');
    await expect(page.getByLabel('Regions'), 'what was typed stays').toHaveValue('europe, us-east');
    await expect(page.getByLabel('Password', { exact: true }), 'secrets do not').toHaveValue('');
    await accessible();
    await shot('setup-refused');

    await page.getByLabel('Setup code').fill(fresh.code());
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await expect(page).not.toHaveURL(/\/setup/);

    // Signed in at once or by the form, the portal is there, and managing keys is on.
    if (new URL(page.url()).pathname === '/sign-in') {
      await page.getByLabel('E-mail address').fill('ada@contoso.example');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
    }
    await expect(page.getByRole('banner')).toContainText('Contoso');
    await accessible();
    await shot('first-sign-in');

    // The lists of a portal in which nothing is yet.
    for (const [name, path] of [['environments', '/environments'], ['operations', '/operations'], ['notifications', '/notifications']]) {
      await open(`${fresh.url}${path}`);
      await accessible();
      await shot(`${name}-empty`);
    }
    await open(`${fresh.url}/encryption-keys/risk`);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await open(`${fresh.url}/encryption-keys?region=europe`);
    await accessible();
    await shot('keys-empty');
    await page.setViewportSize({ width: 320, height: 720 });
    await shot('keys-empty-320');

    const again = await page.request.get(`${fresh.url}/setup`, { maxRedirects: 0 });
    expect(again.status(), 'the wizard is shut').toBe(303);
  });
});
