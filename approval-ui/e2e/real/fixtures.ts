// What the tests of the whole product have: a demo that runs, people who are signed in as people sign in, and a watch over every
// page's console.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type Browser, type BrowserContextOptions, type Locator, type Page } from '@playwright/test';
import { message, type Language, type MessageKey, type Values } from '../../src/i18n/messages';
import { Demo, PEOPLE, type Name } from './overcoat';

export type Texts = (key: MessageKey, values?: Values) => string;
export type Site = { proxyUrl: string; controlUrl: string };

/** Opens browsers of their own for people, and ends them. */
export class People {
  /** Console errors that a test brings about on purpose. */
  readonly expected: RegExp[] = [];
  private readonly errors: string[] = [];
  private readonly pages: Page[] = [];
  private readonly browser: Browser;
  private readonly site: Site;

  constructor(browser: Browser, site: Site) {
    this.browser = browser;
    this.site = site;
  }

  /** A browser in which nobody is signed in. */
  async nobody(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await this.browser.newContext(options)).newPage();
    page.context().on('page', (other) => this.watch(other));
    this.watch(page);
    this.pages.push(page);
    return page;
  }

  /** Somebody's browser, signed in to Overcoat at the page that the proxy shows, and to the CRM at its own. */
  async inTheCrm(name: Name, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.nobody(options);
    await signInAtTheProxy(page, this.site, name, '/');
    await signInToTheCrm(page, name);
    return page;
  }

  /** Somebody's browser at the approval page. */
  async atTheApprovals(name: Name, t: Texts, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.nobody(options);
    await page.goto(`${this.site.controlUrl}/`);
    await page.getByLabel(t('signIn.account')).fill(name);
    await page.getByLabel(t('signIn.password')).fill(PEOPLE[name].password);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: t('nav.toDecide') })).toBeVisible();
    return page;
  }

  private watch(page: Page): void {
    page.on('console', (entry) => {
      // Both sites ask for the session first, and the browser logs that nobody is signed in yet.
      const nobodyYet = entry.text().includes('status of 401') && entry.location().url.endsWith('/session');
      if (entry.type() !== 'error' && !/content security policy/i.test(entry.text())) return;
      if (!nobodyYet) this.errors.push(`${entry.text()} ${entry.location().url}`);
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  async leave(): Promise<void> {
    for (const page of this.pages) await page.context().close();
    expect(this.errors.filter((text) => !this.expected.some((pattern) => pattern.test(text)))).toEqual([]);
  }
}

/** Signs in where the proxy asks for it; afterwards the browser is at `next`. */
export async function signInAtTheProxy(page: Page, site: Site, name: Name, next: string): Promise<void> {
  await page.goto(`${site.proxyUrl}/.overcoat/sign-in?next=${encodeURIComponent(next)}`);
  await page.locator('#account').fill(name);
  await page.locator('#password').fill(PEOPLE[name].password);
  await page.keyboard.press('Enter');
  await page.waitForURL(site.proxyUrl + next);
}

/** Signs in to the CRM at its own page. */
export async function signInToTheCrm(page: Page, name: Name): Promise<void> {
  await page.getByLabel('账号').fill(name);
  await page.getByLabel('密码').fill(PEOPLE[name].crmPassword);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.locator('#who')).toContainText(PEOPLE[name].name);
  await expect(page.getByRole('table')).toBeVisible();
}

/** Searches the customers and presses the CRM's own export button; the browser lands where the export is held. */
export async function askForExport(page: Page, site: Site, search: string): Promise<string> {
  await page.goto(`${site.proxyUrl}/#customers?q=${encodeURIComponent(search)}`);
  await expect(page.getByRole('textbox', { name: '搜索' })).toHaveValue(search);
  await page.getByRole('link', { name: '导出 CSV' }).click();
  await page.waitForURL(new RegExp(`^${site.controlUrl}/approvals/`));
  return page.url();
}

/** Says what the export is for. */
export async function statePurpose(page: Page, t: Texts, purpose: string): Promise<void> {
  await page.getByRole('textbox', { name: t('purpose.label') }).fill(purpose);
  await page.getByRole('button', { name: t('purpose.submit') }).click();
  await expect(page.getByText(t('done.submit'))).toBeVisible();
}

/** Presses a button of the decision, gives the words, confirms, and waits until it is recorded. */
export async function decide(page: Page, t: Texts, action: 'approve' | 'reject' | 'withdraw' | 'revoke', words?: string): Promise<void> {
  await page.getByRole('button', { name: t(`action.${action}`), exact: true }).click();
  const dialog = page.getByRole('dialog');
  if (words !== undefined) {
    await dialog.getByLabel(t(action === 'approve' ? 'confirm.comment' : 'confirm.reason')).fill(words);
  }
  await dialog.getByRole('button', { name: t(`confirm.${action}.ok`) }).click();
  await expect(page.getByText(t(`done.${action}`))).toBeVisible();
}

/** The heading of an approval's page, which says its state. */
export function stateOf(page: Page): Locator {
  return page.getByRole('heading', { level: 1 });
}

/** No fault that axe knows, and nothing that makes the page scroll sideways. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'the page must not scroll sideways').toBe(0);
}

type TestFixtures = { t: Texts; people: People };
type WorkerFixtures = { demo: Demo };

/** A project of the real suite: what is shown in one width and language is not asked again in each other. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  demo: [
    async ({}, use) => {
      const demo = new Demo();
      try {
        await demo.start();
        await use(demo);
      } finally {
        await demo.stop();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  t: async ({ locale }, use) => {
    const language: Language = locale?.startsWith('zh') ? 'zh' : 'en';
    await use((key, values) => message(language, key, values));
  },
  people: async ({ browser, demo }, use, info) => {
    const people = new People(browser, demo);
    await use(people);
    if (info.status !== info.expectedStatus) await info.attach('output of the demo', { body: demo.output() });
    await people.leave();
  },
});

export { expect };
