// What people do, from the press of a button to what the server has recorded.
import type { Page } from '@playwright/test';
import { expect, heading, status, test, type Texts } from './fixtures';
import { LI, SUN, WANG, ZHAO } from './mock/people';

const dialog = (page: Page) => page.getByRole('dialog');

async function press(page: Page, t: Texts, action: 'approve' | 'reject' | 'withdraw' | 'revoke'): Promise<void> {
  await page.getByRole('button', { name: t(`action.${action}`), exact: true }).click();
  await expect(dialog(page)).toBeVisible();
}

const confirm = (page: Page, t: Texts, action: 'approve' | 'reject' | 'withdraw' | 'revoke') =>
  dialog(page).getByRole('button', { name: t(`confirm.${action}.ok`) }).click();

test('approves after one more question, with a comment', async ({ page, backend, open, t, accessible, shot }) => {
  await open(WANG, '/approvals/first-1');
  await press(page, t, 'approve');
  await expect(dialog(page)).toContainText(t('rendering.clear'));
  await expect(dialog(page)).not.toContainText(t('confirm.approve.last'));
  await accessible();
  await shot('confirm-approve');
  await dialog(page).getByLabel(t('confirm.comment')).fill('与活动计划一致。');
  await confirm(page, t, 'approve');
  await expect(page.getByText(t('done.approve'))).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByText(t('chain.voted.approve', { name: WANG.name }))).toBeVisible();
  expect(backend.find('first-1').chain[0]?.votes).toMatchObject([{ person: WANG.id, comment: '与活动计划一致。' }]);
  await accessible();
  await shot('approved-by-me');
});

test('the last level is told that it is the last', async ({ page, backend, open, t }) => {
  await open(ZHAO, '/approvals/second-1');
  await press(page, t, 'approve');
  await expect(dialog(page)).toContainText(t('confirm.approve.last'));
  await confirm(page, t, 'approve');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(t('state.approved'));
  expect(backend.find('second-1').state).toBe('approved');
});

test('rejects only with a reason', async ({ page, backend, open, t, accessible, shot, expectedErrors }) => {
  expectedErrors.push(status(400));
  await open(WANG, '/approvals/first-1');
  await press(page, t, 'reject');
  await confirm(page, t, 'reject');
  await expect(dialog(page).getByLabel(t('confirm.reason'))).toBeFocused();
  await expect(dialog(page).getByLabel(t('confirm.reason'))).toHaveAccessibleDescription(t('confirm.reasonNeeded'));
  await accessible();
  await shot('confirm-reject');
  await dialog(page).getByLabel(t('confirm.reason')).fill('否');
  await confirm(page, t, 'reject');
  await expect(dialog(page).getByRole('alert')).toContainText(t('problem.comment_required'));
  await expect(dialog(page).getByLabel(t('confirm.reason'))).toHaveValue('否');
  await dialog(page).getByLabel(t('confirm.reason')).fill('用途与所选字段不符。');
  await confirm(page, t, 'reject');
  await expect(page.getByText(t('done.reject'))).toBeVisible();
  expect(backend.find('first-1').state).toBe('rejected');
});

test('somebody was faster: nothing is recorded, the page shows what is now', async ({ page, backend, open, t, shot, expectedErrors }) => {
  expectedErrors.push(status(409));
  await open(WANG, '/approvals/first-1');
  await press(page, t, 'approve');
  backend.act('first-1', SUN, 'reject', '请先与法务确认。');
  await confirm(page, t, 'approve');
  await expect(page.getByRole('alert')).toContainText(t('problem.conflict'));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(t('state.rejected'));
  await expect(dialog(page)).toHaveCount(0);
  expect(backend.find('first-1').chain[0]?.votes).toHaveLength(1);
  await shot('conflict');
});

test('a store that is away loses no comment', async ({ page, backend, open, t, accessible, shot, expectedErrors }) => {
  expectedErrors.push(status(503));
  await open(WANG, '/approvals/first-1');
  await press(page, t, 'approve');
  await dialog(page).getByLabel(t('confirm.comment')).fill('同意，限本次活动。');
  backend.storeDown = true;
  await confirm(page, t, 'approve');
  await expect(dialog(page).getByRole('alert')).toContainText(t('problem.store_unavailable'));
  await accessible();
  await shot('confirm-store-away');
  backend.storeDown = false;
  await confirm(page, t, 'approve');
  await expect(page.getByText(t('done.approve'))).toBeVisible();
  expect(backend.find('first-1').chain[0]?.votes).toMatchObject([{ comment: '同意，限本次活动。' }]);
});

test('says what for, and the chain begins', async ({ page, backend, open, t, expectedErrors }) => {
  expectedErrors.push(status(400));
  await open(LI, '/approvals/held-1');
  const send = page.getByRole('button', { name: t('purpose.submit') });
  await send.click();
  await expect(page.getByRole('textbox', { name: t('purpose.label') })).toBeFocused();
  await expect(page.getByText(t('purpose.needed'))).toBeVisible();
  await page.getByRole('textbox', { name: t('purpose.label') }).fill('回访');
  await send.click();
  await expect(page.getByRole('alert')).toContainText(t('problem.purpose_required'));
  await page.getByRole('textbox', { name: t('purpose.label') }).fill('市场部两人回访华南经销商，12 月 15 日前用完即删。');
  await send.click();
  await expect(page.getByText(t('done.submit'))).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(t('state.pending'));
  expect(backend.find('held-1').purpose).toContain('回访华南经销商');
});

test('withdraws one’s own request', async ({ page, backend, open, t }) => {
  await open(LI, '/approvals/first-1');
  await press(page, t, 'withdraw');
  await confirm(page, t, 'withdraw');
  await expect(page.getByText(t('done.withdraw'))).toBeVisible();
  expect(backend.find('first-1').state).toBe('withdrawn');
});

test('revokes an approval with a reason', async ({ page, backend, open, t, shot }) => {
  await open(ZHAO, '/approvals/approved-1');
  await shot('approved-as-approver');
  await press(page, t, 'revoke');
  await dialog(page).getByLabel(t('confirm.reason')).fill('活动取消，不再需要。');
  await confirm(page, t, 'revoke');
  await expect(page.getByText(t('done.revoke'))).toBeVisible();
  expect(backend.find('approved-1').state).toBe('revoked');
});

test('downloads once; the page then says that it was fetched', async ({ page, backend, open, t }) => {
  await open(LI, '/approvals/approved-1');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: t('action.download') }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('customers.csv');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(t('state.redeemed'));
  await expect(page.getByRole('button', { name: t('action.download') })).toHaveAttribute('aria-disabled', 'true');
  expect(backend.released).toBe(1);
});

test('a decision leaves the list and the badge', async ({ page, open, t, language }) => {
  await open(WANG, '/');
  await page.getByRole('link', { name: language === 'zh' ? '价格表导出' : 'Price list export' }).click();
  await press(page, t, 'approve');
  await confirm(page, t, 'approve');
  await expect(page.getByText(t('done.approve'))).toBeVisible();
  await page.getByRole('link', { name: t('app.back') }).click();
  await expect(heading(page, t('nav.toDecide'))).toBeFocused();
  await expect(page.getByRole('article')).toHaveCount(1);
});
