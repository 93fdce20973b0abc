// A portal of a journey's own, for those that move the clock or change what everybody else relies on.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { freshDatabase } from './databases.js';
import { test as base, expect } from './fixtures.js';
import { slow } from './journeys.js';
import { signIn, type Person } from './portal.js';

export const binary = process.env.KEYSTEAD_BIN ?? '../target/debug/keystead';

/**
 * Each project has one, on a port of its own: `offset` from the shared one, and ten more without script.
 * `prepare` gets the options that lead a command to the same portal.
 */
export function withOwnServer(offset: number, prepare: (where: string[]) => void = () => {}) {
  return base.extend<object, { own: string }>({
    own: [async ({}, use, info) => {
      const port = Number(process.env.KEYSTEAD_PORT ?? 3999) + offset + (info.project.name === 'wasm' ? 0 : 10);
      const url = `http://localhost:${port}`;
      const where = ['--data-dir', mkdtempSync(join(tmpdir(), 'keystead-own-')), ...freshDatabase(info.project.name)];
      const server = spawn(binary, [
        'serve', ...where, '--listen', `127.0.0.1:${port}`, '--public-url', url,
        '--ops-listen', `127.0.0.1:${port + 1}`, '--demo', '--dev-clock',
      ], { stdio: 'ignore' });
      await expect.poll(() => fetch(`http://127.0.0.1:${port + 1}/readyz`).then((r) => r.status, () => 0), slow).toBe(200);
      prepare(where);
      await use(url);
      server.kill('SIGTERM');
    }, { scope: 'worker' }],
    baseURL: async ({ own }, use) => use(own),
  });
}

/** Signs in as somebody else, and confirms the risk of managing keys. */
export async function become(page: Page, person: Person): Promise<void> {
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await signIn(page, person);
  await expect(page).not.toHaveTitle(/^Sign in/);
  await page.request.post('/encryption-keys/risk', { form: { next: '/' }, headers: { 'sec-fetch-site': 'same-origin' } });
}

/** Moves the clock ahead; what it says then, in milliseconds. */
export async function ahead(page: Page, seconds: number): Promise<number> {
  const moved = await page.request.post('/dev/clock', { data: { seconds }, headers: { 'sec-fetch-site': 'same-origin' } });
  expect(moved.status()).toBe(200);
  return Date.parse(((await moved.json()) as { now: string }).now);
}
