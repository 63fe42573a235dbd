// The main job, in a real browser against the real program: an export is asked for in the CRM's page, approved in two levels,
// downloaded once.
import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { accessible, askForExport, decide, expect, signInAtTheProxy, signInToTheCrm, stateOf, statePurpose, test } from './fixtures';

const PURPOSE = '市场部两人回访华南经销商，12 月 15 日前用完即删。';
const BOM = '\uFEFF';
/** A PRC mobile number that nobody has masked. */
const MOBILE = /(?<!\d)1[3-9]\d{9}(?!\d)/;

/** What the CRM would have given without Overcoat. */
async function unmasked(crmUrl: string, path: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ account: 'lin', password: 'crm-lin' });
  const signedIn = await fetch(`${crmUrl}/api/session`, { method: 'POST', headers, body });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return Buffer.from(await (await fetch(crmUrl + path, { headers: { cookie } })).arrayBuffer()).toString('utf8');
}

async function download(page: Page, name: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
  expect(file.suggestedFilename()).toBe('customers.csv');
  return readFile(await file.path(), 'utf8');
}

function cells(csv: string, column: string): string[] {
  const [head = '', ...rows] = csv.replace(BOM, '').trimEnd().split('\r\n');
  const index = head.split(',').indexOf(column);
  expect(index, column).toBeGreaterThanOrEqual(0);
  return rows.map((row) => row.split(',')[index] ?? '');
}

test('asked for in the CRM, approved in two levels, downloaded once', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '佛山');
  await expect(stateOf(lin)).toContainText(t('state.held'));
  await accessible(lin);
  await statePurpose(lin, t, PURPOSE);

  const zhao = await people.atTheApprovals('zhao', t);
  await zhao.getByRole('article').filter({ hasText: PURPOSE }).getByRole('link').first().click();
  await expect(zhao).toHaveURL(address);
  await expect(zhao.getByRole('main')).toContainText('佛山');
  const sample = zhao.getByRole('region', { name: t('sample.region') });
  await expect(sample.getByRole('row')).toHaveCount(6);
  await accessible(zhao);
  await decide(zhao, t, 'approve', '与活动范围一致。');

  const chen = await people.atTheApprovals('chen', t);
  await chen.goto(address);
  await expect(chen.getByText('与活动范围一致。').first()).toBeVisible();
  await decide(chen, t, 'approve', '同意，用完即删。');
  await expect(stateOf(chen)).toContainText(t('state.approved'));

  await expect(stateOf(lin), 'the open page notices by itself').toContainText(t('state.approved'), { timeout: 30_000 });
  const second = await lin.context().newPage();
  await second.goto(address);
  await expect(second.getByRole('button', { name: t('action.download') })).toBeVisible();

  const text = await download(lin, t('action.download'));
  const original = await unmasked(demo.crmUrl, `/api/customers/export.csv?q=${encodeURIComponent('佛山')}`);
  expect(text.startsWith(BOM) && original.startsWith(BOM), 'the byte-order mark stays').toBe(true);
  expect(cells(text, '客户编号')).toEqual(cells(original, '客户编号'));
  expect(cells(text, '公司名称')).toEqual(cells(original, '公司名称'));
  for (const column of ['联系人', '手机', '邮箱', '身份证号', '银行卡号', '折扣']) {
    const before = cells(original, column);
    cells(text, column).forEach((cell, row) => {
      const held = before[row] ?? '';
      if (held.length > 1) expect(cell, column).not.toContain(held);
    });
  }
  expect(original, 'there was something to mask').toMatch(MOBILE);
  expect(text).not.toMatch(MOBILE);
  await expect(stateOf(lin)).toContainText(t('state.redeemed'), { timeout: 15_000 });

  // The other tab still shows the button; the proxy says that once was enough.
  people.expected.push(/status of 410/);
  await second.getByRole('button', { name: t('action.download') }).click();
  await expect(second).toHaveURL(new RegExp(`^${demo.proxyUrl}/.overcoat/exports/`));
  await expect(second.getByRole('heading', { level: 1 })).toHaveText(/Already downloaded|已下载过/);
  await accessible(second);
  expect(demo.verifyAudit()).not.toBe('');
});

test('nobody comes past the sign-in, and signing out ends it at both addresses', async ({ people, demo, t }) => {
  const page = await people.nobody();
  await page.goto(`${demo.proxyUrl}/?from=mail`);
  await expect(page).toHaveURL(`${demo.proxyUrl}/.overcoat/sign-in?next=/%3Ffrom%3Dmail`);
  await accessible(page);
  people.expected.push(/status of 401/);
  await page.locator('#account').fill('lin');
  await page.locator('#password').fill('not the password');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await accessible(page);
  await signInAtTheProxy(page, demo, 'lin', '/?from=mail');
  await signInToTheCrm(page, 'lin');

  const approvals = await page.context().newPage();
  await approvals.goto(`${demo.controlUrl}/mine`);
  await expect(approvals.getByRole('heading', { level: 1, name: t('nav.mine') })).toBeVisible();

  await page.goto(`${demo.proxyUrl}/.overcoat/sign-out`);
  await page.locator('form button').click();
  await page.goto(`${demo.proxyUrl}/`);
  await expect(page).toHaveURL(/\/\.overcoat\/sign-in/);
  await approvals.reload();
  await expect(approvals.getByLabel(t('signIn.password'))).toBeVisible();
});

test('signing out of the approval page ends the session at the CRM too', async ({ people, demo, t, isMobile }) => {
  const page = await people.atTheApprovals('lin', t);
  await page.goto(`${demo.proxyUrl}/`);
  await expect(page).toHaveURL(`${demo.proxyUrl}/`);
  await page.goto(`${demo.controlUrl}/`);
  if (isMobile) await page.getByRole('button', { name: t('app.account') }).click();
  await page.getByRole('button', { name: t('signOut.submit') }).click();
  await expect(page.getByLabel(t('signIn.password'))).toBeVisible();
  await page.goto(`${demo.proxyUrl}/`);
  await expect(page).toHaveURL(/\/\.overcoat\/sign-in/);
});
