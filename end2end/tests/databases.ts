// The journeys with script run on SQLite, those without on PostgreSQL: each is lived through on both.
import { execFileSync } from 'node:child_process';

/** Where PostgreSQL is: the address of its own database, from `with-postgres`. Without it all run on SQLite. */
const postgres = process.env.KEYSTEAD_POSTGRES;
let made = 0;

/** Makes an empty database for a portal of the project; the options that name it. */
export function freshDatabase(project: string): string[] {
  if (!postgres || project === 'wasm') return [];
  const name = `journeys_${process.pid}_${made++}`;
  execFileSync('psql', ['--quiet', '--no-psqlrc', '--dbname', postgres, '--command', `CREATE DATABASE ${name}`]);
  const url = new URL(postgres);
  url.pathname = `/${name}`;
  return ['--database-url', url.href];
}
