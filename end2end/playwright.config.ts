// Two projects run the same journeys: with the wasm, and with JavaScript off.
//   KEYSTEAD_BIN   the server binary to start (cargo xtask test sets it)
//   KEYSTEAD_URL   instead: a server that already runs, e.g. http://127.0.0.1:3000
import { defineConfig } from '@playwright/test';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const port = Number(process.env.KEYSTEAD_PORT ?? 3999);
const baseURL = process.env.KEYSTEAD_URL ?? `http://localhost:${port}`;

const binary = process.env.KEYSTEAD_BIN ?? '../target/debug/keystead';
// The config is read once per worker; only the first reading starts the server and needs a folder.
const data = (process.env.KEYSTEAD_DATA ??= mkdtempSync(join(tmpdir(), 'keystead-e2e-')));
const server = {
  command: `${binary} serve --data-dir ${data} --listen 127.0.0.1:${port} --ops-listen 127.0.0.1:${port + 1} --demo --dev-clock`,
  url: `http://127.0.0.1:${port + 1}/readyz`,
  stdout: 'ignore' as const,
  stderr: 'pipe' as const,
  timeout: 60_000,
};

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/traces',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  // A busy machine is slow, not wrong: no journey is judged by the clock.
  timeout: 120_000,
  reporter: [['line'], ['json', { outputFile: 'results/report.json' }]],
  webServer: process.env.KEYSTEAD_URL ? undefined : server,
  use: {
    baseURL,
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'wasm', use: { javaScriptEnabled: true } },
    { name: 'no-js', use: { javaScriptEnabled: false } },
  ],
});
