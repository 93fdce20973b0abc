// Sessions that are there before the journey begins.
import { type BrowserContext, type Page } from '@playwright/test';
import { test as base } from './fixtures.js';
import { signInQuietly, type Person } from './portal.js';

export type State = Awaited<ReturnType<BrowserContext['storageState']>>;

// One sign-in a worker and person: hashing a password is slow on purpose.
export const test = base.extend<object, { sessionOf: (person: Person) => Promise<State> }>({
  sessionOf: [async ({ playwright }, use, info) => {
    const states = new Map<Person, State>();
    await use(async (person) => {
      const known = states.get(person);
      if (known) return known;
      const request = await playwright.request.newContext({ baseURL: info.project.use.baseURL! });
      await signInQuietly(request, person);
      const state = await request.storageState();
      await request.dispose();
      states.set(person, state as State);
      return state as State;
    });
  }, { scope: 'worker' }],
});

/** The session of a person, in the page's own browser. */
export async function as(page: Page, state: State): Promise<void> {
  await page.context().addCookies(state.cookies);
}
