// What every test has: a mock backend of its own, a signed-in person, the texts of its language, and a watch over the browser's
// console: a test in which the page breaks its policy or logs an error fails.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { message, type Language, type MessageKey, type Values } from '../src/i18n/messages';
import { MockBackend } from './mock/backend';
import type { Person } from './mock/people';

export type Texts = (key: MessageKey, values?: Values) => string;

type Fixtures = {
  backend: MockBackend;
  language: Language;
  t: Texts;
  /** Console errors that a test brings about on purpose: the browser logs each answer that is no success. */
  expectedErrors: RegExp[];
  watch: undefined;
  open: (person: Person, path: string) => Promise<void>;
  accessible: () => Promise<void>;
  shot: (name: string) => Promise<void>;
};

/** Where screenshots go when somebody wants to look at them. */
const SHOTS = process.env.OVERCOAT_SHOTS;

export const test = base.extend<Fixtures>({
  backend: async ({}, use) => {
    const backend = new MockBackend();
    await backend.start();
    await use(backend);
    await backend.stop();
  },
  language: async ({ locale }, use) => use(locale?.startsWith('zh') ? 'zh' : 'en'),
  t: async ({ language }, use) => use((key, values) => message(language, key, values)),
  expectedErrors: async ({}, use) => use([]),
  watch: [
    async ({ page, expectedErrors }, use) => {
      const errors: string[] = [];
      page.on('console', (entry) => {
        if (entry.type() === 'error' || /content security policy/i.test(entry.text())) errors.push(entry.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      await use(undefined);
      expect(errors.filter((text) => !expectedErrors.some((expected) => expected.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
  open: async ({ page, context, backend }, use) => {
    await use(async (person, path) => {
      await context.addCookies([backend.signIn(person)]);
      await page.goto(backend.url + path);
    });
  },
  accessible: async ({ page }, use) => {
    await use(async () => {
      const result = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const found = result.violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }));
      expect(found).toEqual([]);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider, 'the page must not scroll sideways').toBe(0);
    });
  },
  shot: async ({ page }, use, info) => {
    await use(async (name) => {
      if (SHOTS === undefined) return;
      await page.screenshot({ path: `${SHOTS}/${info.project.name}-${name}.png`, fullPage: true, animations: 'disabled' });
    });
  },
});

/** The heading of the page. */
export function heading(page: Page, name: string): Locator {
  return page.getByRole('heading', { level: 1, name });
}

/** An answer with this status, as the browser's console tells it. */
export const status = (code: number) => new RegExp(`the server responded with a status of ${code}`);

export { expect };
