// The demo's people, and what several journeys do: signing in, making a key file.
import { type APIRequestContext, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './fixtures.js';

const PASSWORD = 'keystead-demo-2026';

/** `ada` is ada@haldenvoss.example. */
export type Person = 'ada' | 'bruno' | 'chiara' | 'daniel' | 'emi' | 'farid' | 'greta';

export const address = (person: Person) => `${person}@haldenvoss.example`;

/** Fills the sign-in form of the page and sends it. */
export async function signIn(page: Page, person: Person, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(address(person));
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in and confirms the risk of managing keys without a browser; the cookies stay in `request`. */
export async function signInQuietly(request: APIRequestContext, person: Person): Promise<void> {
  const signedIn = await request.post('/sign-in', {
    form: { email: address(person), password: PASSWORD, next: '/' }, maxRedirects: 0,
  });
  expect(signedIn.status()).toBe(303);
  // Whoever may not manage keys is refused here, which is fine.
  await request.post('/encryption-keys/risk', { form: { next: '/' }, headers: { 'sec-fetch-site': 'same-origin' }, maxRedirects: 0 });
}

/** A PKCS#12 file with a fresh RSA key of 2048 bits, as an administrator would make it. */
export function keyFile(name: string, password: string): { name: string; mimeType: string; buffer: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-key-'));
  try {
    const [key, certificate, pfx] = ['key.pem', 'certificate.pem', 'key.pfx'].map((file) => join(folder, file)) as
      [string, string, string];
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`,
      '-keyout', key, '-out', certificate);
    openssl('pkcs12', '-export', '-inkey', key, '-in', certificate, '-name', name,
      '-out', pfx, '-passout', `pass:${password}`);
    return { name: `${name}.pfx`, mimeType: 'application/x-pkcs12', buffer: readFileSync(pfx) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
