// The CRM's own page behind Overcoat: who sees what on it, and that working with it leaves masked values as they were.
import type { Page } from '@playwright/test';
import { expect, signInAtTheProxy, test } from './fixtures';
import { PEOPLE, type Name } from './overcoat';

type Row = Record<'编号' | '公司' | '联系人' | '手机' | '邮箱' | '地址' | '折扣', string>;

/** The visible cells of the first rows, by their heads. */
async function rows(page: Page): Promise<Row[]> {
  await expect(page.getByRole('row')).toHaveCount(51);
  const heads = await page.getByRole('columnheader').allInnerTexts();
  const texts = await page.locator('tbody tr').evaluateAll((list) =>
    list.slice(0, 5).map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)),
  );
  return texts.map((cells) => Object.fromEntries(heads.map((head, index) => [head, cells[index] ?? ''])) as Row);
}

/** A client of the CRM itself, without Overcoat before it. */
async function directly(crmUrl: string) {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ account: 'zhao', password: PEOPLE.zhao.crmPassword });
  const signedIn = await fetch(`${crmUrl}/api/session`, { method: 'POST', headers: json, body });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return async (path: string) => (await (await fetch(crmUrl + path, { headers: { cookie } })).json()) as Record<string, unknown>;
}

test('four people see four things on one page', async ({ people, demo }) => {
  const seen = new Map<Name, Row[]>();
  for (const name of ['lin', 'wang', 'zhao', 'chen'] as const) {
    const page = await people.inTheCrm(name);
    seen.set(name, await rows(page));
  }
  const of = (name: Name) => seen.get(name) ?? [];
  const read = await directly(demo.crmUrl);
  const originals = (await read('/api/customers')).items as { company: string; contacts: { name: string; mobile: string; email: string }[] }[];
  originals.slice(0, 5).forEach(({ company, contacts: [contact] }, index) => {
    const [lin, wang, zhao, chen] = (['lin', 'wang', 'zhao', 'chen'] as const).map((name) => of(name)[index]);
    const { name = '', mobile = '', email = '' } = contact ?? {};
    for (const row of [lin, wang, zhao, chen]) expect(row?.公司).toBe(company);
    // The manager reaches people.
    expect(zhao).toMatchObject({ 联系人: name, 手机: mobile, 邮箱: email });
    // The salesperson knows whom he talks to, and only the ends of the number.
    expect(wang?.联系人).toBe(name);
    expect(wang?.手机).toContain('*');
    expect(wang?.手机.slice(-2)).toBe(mobile.slice(-2));
    expect(wang?.邮箱).toMatch(/^\S\*{3}@example\.\w+$/);
    // The data protection officer needs nobody's name.
    expect(chen?.联系人).toMatch(/\*/);
    expect(chen?.手机).toBe(wang?.手机);
    // The analyst joins by surrogates: another number of the same shape, and no person.
    expect(lin?.手机).not.toBe(mobile);
    expect(lin?.手机).not.toContain('*');
    if (/^1\d{10}$/.test(mobile)) expect(lin?.手机).toMatch(/^\d{11}$/);
    for (const held of [name, mobile, email]) expect(Object.values(lin ?? {}).join(' ')).not.toContain(held);
  });
  expect(of('wang').map((row) => row.折扣)).toEqual(of('zhao').map((row) => row.折扣));
  expect(of('lin').every((row) => row.折扣 === '0'), 'a number stays a number').toBe(true);
});

test('the same value has the same surrogate on every page', async ({ people, demo }) => {
  const page = await people.inTheCrm('lin');
  const [first] = await rows(page);
  await page.locator('tbody tr').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(first?.公司 ?? '');
  await expect(page.locator('section').nth(1)).toContainText(first?.手机 ?? '');
  await page.goto(`${demo.proxyUrl}/#formulas`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('配方');
  await expect(page.locator('tbody')).not.toContainText(/二氧化钛|树脂|resin/i);
});

test('a change through the page reaches the CRM and leaves what was masked as it was', async ({ people, demo }) => {
  const read = await directly(demo.crmUrl);
  const before = await read('/api/customers/7');
  const wang = await people.inTheCrm('wang');
  await wang.goto(`${demo.proxyUrl}/#customers/7`);
  const discount = wang.getByLabel('折扣 %');
  await expect(discount).toHaveValue(String(before.discount));
  await discount.fill('12.5');
  await wang.getByRole('button', { name: '保存' }).click();
  await expect(wang.getByRole('status')).toHaveText('已保存');
  await expect(discount).toHaveValue('12.5');
  const after = await read('/api/customers/7');
  expect(after).toEqual({ ...before, discount: 12.5, version: Number(before.version) + 1 });
  expect(JSON.stringify(after.contacts)).not.toContain('*');
});

test('who has not signed in to Overcoat but to the CRM sees nothing sensitive', async ({ people, demo }) => {
  const page = await people.nobody();
  const headers = { 'content-type': 'application/json' };
  const signedIn = await page.request.post(`${demo.proxyUrl}/api/session`, { headers, data: { account: 'lin', password: PEOPLE.lin.crmPassword } });
  expect(signedIn.ok()).toBe(true);
  const list = await (await page.request.get(`${demo.proxyUrl}/api/customers`)).text();
  const read = await directly(demo.crmUrl);
  const { items } = (await read('/api/customers')) as { items: { contacts: { mobile: string; name: string }[] }[] };
  for (const contact of items.flatMap(({ contacts }) => contacts)) {
    expect(list).not.toContain(contact.mobile);
    expect(list).not.toContain(`"${contact.name}"`);
  }
  await signInAtTheProxy(page, demo, 'wang', '/');
  await expect(page.getByRole('table'), 'the CRM has been signed in to already').toBeVisible();
});
