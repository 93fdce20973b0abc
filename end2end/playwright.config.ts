// Two projects run the same journeys: with the wasm on SQLite, and with JavaScript off on PostgreSQL.
//   KEYSTEAD_BIN   the server binary to start (cargo xtask test sets it)
//   KEYSTEAD_POSTGRES   PostgreSQL's address (cargo run -p test-support --bin with-postgres sets it)
//   KEYSTEAD_URL   instead: a server that already runs, e.g. http://127.0.0.1:3000
import { defineConfig } from '@playwright/test';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from './tests/databases.js';

const base = Number(process.env.KEYSTEAD_PORT ?? 3999);
const ports = { wasm: base, 'no-js': base + 2 };
type Project = keyof typeof ports;
const baseURL = (project: Project) => process.env.KEYSTEAD_URL ?? `http://localhost:${ports[project]}`;

const binary = process.env.KEYSTEAD_BIN ?? '../target/debug/keystead';

/** Where the project's portal keeps its data. Each worker reads this file anew; only the first reading makes it. */
function data(project: Project): string[] {
  const name = `KEYSTEAD_DATA_${project}`;
  process.env[name] ??= ['--data-dir', mkdtempSync(join(tmpdir(), 'keystead-e2e-')), ...freshDatabase(project)].join(' ');
  return process.env[name].split(' ');
}

function server(project: Project) {
  const port = ports[project];
  const options = [...data(project), '--listen', `127.0.0.1:${port}`, '--ops-listen', `127.0.0.1:${port + 1}`];
  return {
    command: `${binary} serve ${options.map((option) => `'${option}'`).join(' ')} --demo --dev-clock`,
    url: `http://127.0.0.1:${port + 1}/readyz`,
    stdout: 'ignore' as const,
    stderr: 'pipe' as const,
    timeout: 60_000,
  };
}

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
  webServer: process.env.KEYSTEAD_URL ? undefined : [server('wasm'), server('no-js')],
  use: {
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
    { name: 'wasm', use: { baseURL: baseURL('wasm'), javaScriptEnabled: true } },
    { name: 'no-js', use: { baseURL: baseURL('no-js'), javaScriptEnabled: false } },
  ],
});
