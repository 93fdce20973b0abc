// The built site: what the browser gets, and under which rules.
import { test, expect } from './fixtures.js';
import { signInQuietly } from './portal.js';

test.describe('an address that names nothing', () => {
  test.use({ expectedErrors: [/status of 404/] });

  test('is a page with status 404', async ({ page, shot, accessible }) => {
    await signInQuietly(page.request, 'ada');
    const response = await page.goto('/there/is/nothing/here');
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This page does not exist');
    await accessible();
    await shot('not-found');
  });
});

test('files are named after their content, compressed and kept for ever', async ({ page, request }) => {
  await page.goto('/');
  const css = await page.locator('link[rel=stylesheet]').getAttribute('href');
  const js = await page.locator('script[type=module]').getAttribute('src');
  const script = await (await request.get(js!)).text();
  const wasm = `/assets/${script.match(/keystead\.[0-9a-f]{16}\.wasm/)?.[0]}`;
  for (const url of [css, js, wasm]) {
    expect(url).toMatch(/^\/assets\/keystead\.[0-9a-f]{16}\.(css|js|wasm)$/);
    const answer = await request.get(url!, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(answer.status()).toBe(200);
    const headers = answer.headers();
    expect(headers['content-encoding']).toBe('br');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const again = await request.get(url!, { headers: { 'accept-encoding': 'br', 'if-none-match': headers['etag']! } });
    expect(again.status()).toBe(304);
  }
});

test('the browser takes the page over and fetches each file once', async ({ page, open, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, 'without JavaScript nothing takes over');
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await open('/');
  const assets = fetched.filter((path) => path.startsWith('/assets/keystead.'));
  expect(assets.map((path) => path.split('.').pop()).sort()).toEqual(['css', 'js', 'wasm']);
});

test('only scripts with the nonce of this answer run', async ({ page }) => {
  const nonces = new Set<string>();
  for (let visit = 0; visit < 2; visit += 1) {
    const response = await page.goto('/');
    const policy = response!.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce).toBeTruthy();
    nonces.add(nonce!);
    const html = await response!.text();
    const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map((match) => match[0]);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
  }
  expect(nonces.size).toBe(2);
});

for (const theme of ['system', 'light', 'dark', 'contrast']) {
  test(`the cookie sets the ${theme} theme before the first paint`, async ({ page, context, baseURL }) => {
    await context.addCookies([{ name: 'theme', value: theme, url: baseURL! }]);
    const response = await page.goto('/');
    expect(await response!.text()).toContain(`data-theme="${theme}"`);
  });
}

