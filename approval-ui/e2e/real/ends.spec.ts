// The ways in which an export does not leave: on the real program, through its pages.
import type { Page } from '@playwright/test';
import { askForExport, decide, expect, stateOf, statePurpose, test } from './fixtures';
import type { Demo } from './overcoat';

const PURPOSE = '核对四季度回款名单，两周后删除。';
/** 0.002 hours are 7.2 seconds. */
const SOON = 'pending_hours: 0.002';

/** What somebody gets who asks for the file all the same. */
async function fetchAnyway(page: Page, demo: Demo, address: string): Promise<number> {
  const id = address.split('/').at(-1) ?? '';
  const answer = await page.request.post(`${demo.proxyUrl}/.overcoat/exports/${id}`, { headers: { origin: demo.controlUrl } });
  expect(await answer.text()).not.toMatch(/客户编号/);
  return answer.status();
}

test('nobody decides on a request of his own', async ({ people, demo, t }) => {
  const zhao = await people.inTheCrm('zhao');
  const address = await askForExport(zhao, demo, '宁波');
  await statePurpose(zhao, t, PURPOSE);
  for (const action of ['approve', 'reject'] as const) {
    const button = zhao.getByRole('button', { name: t(`action.${action}`), exact: true });
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAccessibleDescription(new RegExp(t('reason.own_request').replace(/[.?]/g, '\\$&')));
  }
  // The page is not what stops her.
  const path = `${demo.controlUrl}/api/v1/approvals/${address.split('/').at(-1) ?? ''}`;
  const { version } = (await (await zhao.request.get(path)).json()) as { version: number };
  const headers = { origin: demo.controlUrl, 'x-overcoat-request': '1' };
  const answer = await zhao.request.post(`${path}/approve`, { headers, data: { version, comment: null } });
  expect(answer.status()).toBe(403);
  expect(await answer.json()).toMatchObject({ reason_code: 'own_request' });
});

test('the last level cannot go first', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '重庆');
  await statePurpose(lin, t, PURPOSE);
  const chen = await people.atTheApprovals('chen', t);
  await chen.goto(address);
  const approve = chen.getByRole('button', { name: t('action.approve'), exact: true });
  await expect(approve).toHaveAttribute('aria-disabled', 'true');
  await expect(approve).toHaveAccessibleDescription(new RegExp(t('reason.not_your_level').replace(/[.?]/g, '\\$&')));
  expect(await fetchAnyway(lin, demo, address)).toBe(403);
});

test('asking again for the same thing leads to the same request', async ({ people, demo }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '西安');
  expect(await askForExport(lin, demo, '西安')).toBe(address);
  expect(await askForExport(lin, demo, '南京')).not.toBe(address);
});

test('rejected with a reason that the requester reads', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '青岛');
  await statePurpose(lin, t, PURPOSE);
  const zhao = await people.atTheApprovals('zhao', t);
  await zhao.goto(address);
  await decide(zhao, t, 'reject', '身份证号与回款无关，请去掉后重新申请。');
  await expect(stateOf(lin)).toContainText(t('state.rejected'), { timeout: 30_000 });
  await expect(lin.getByText('身份证号与回款无关').first()).toBeVisible();
  await expect(lin.getByRole('button', { name: t('action.download') })).toHaveCount(0);
  expect(await fetchAnyway(lin, demo, address)).toBe(403);
});

test('withdrawn by the requester', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '深圳');
  await statePurpose(lin, t, PURPOSE);
  await decide(lin, t, 'withdraw');
  await expect(stateOf(lin)).toContainText(t('state.withdrawn'));
  expect(await fetchAnyway(lin, demo, address)).toBe(403);
});

test('revoked before it was downloaded', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  const address = await askForExport(lin, demo, '杭州');
  await statePurpose(lin, t, PURPOSE);
  for (const name of ['zhao', 'chen'] as const) {
    const page = await people.atTheApprovals(name, t);
    await page.goto(address);
    await decide(page, t, 'approve', '同意。');
    if (name === 'chen') await decide(page, t, 'revoke', '活动取消，不再需要。');
  }
  await expect(stateOf(lin)).toContainText(t('state.revoked'), { timeout: 30_000 });
  expect(await fetchAnyway(lin, demo, address)).toBe(403);
});

test('lapses when nobody decides in time, and can be asked for again', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin');
  demo.edit('approvals.yaml', '  - name: standard\n', `  - name: hasty\n    title: { zh: 限时, en: Hasty }\n    when: { routes: [projects-export] }\n    levels: [{ level: manager, title: { zh: 部门经理, en: Department manager } }]\n    ${SOON}\n\n  - name: standard\n`);
  // The running program takes the file over within a second or two.
  await expect(async () => {
    const said = await lin.request.get(`${demo.proxyUrl}/api/projects/export.csv?q=${Date.now()}`, { headers: { accept: 'application/json' } });
    const { approval } = (await said.json()) as { approval: string };
    const detail = await lin.request.get(`${demo.controlUrl}/api/v1/approvals/${approval}`);
    const { chain } = (await detail.json()) as { chain: unknown[] };
    expect(chain).toHaveLength(1);
  }).toPass({ timeout: 20_000 });
  await lin.goto(`${demo.proxyUrl}/#projects?q=1`);
  await expect(lin.getByRole('heading', { level: 1 })).toContainText('项目');
  await lin.getByRole('link', { name: '导出 CSV' }).click();
  await lin.waitForURL(/\/approvals\//);
  const address = lin.url();
  await expect(stateOf(lin)).toContainText(t('state.lapsed'), { timeout: 40_000 });
  await expect(lin.getByText(t('stateText.lapsed'))).toBeVisible();
  expect(await fetchAnyway(lin, demo, address)).toBe(410);
  await lin.goto(`${demo.proxyUrl}/#projects?q=1`);
  await lin.getByRole('link', { name: '导出 CSV' }).click();
  await lin.waitForURL(/\/approvals\//);
  expect(lin.url()).not.toBe(address);
});
