// The pictures of README.md, taken from the demo: `OVERCOAT_BIN=… npm run pictures`. They are taken again when a page changes.
import type { Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { askForExport, decide, expect, stateOf, statePurpose, test } from './fixtures';

const PICTURES = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
const DESKTOP = { viewport: { width: 1280, height: 400 }, locale: 'zh-CN' };
const PAGE = { viewport: { width: 1100, height: 640 }, locale: 'zh-CN' };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'zh-CN' };
const PURPOSE = '市场部两人（李娜、周凯）回访佛山经销商，12 月 15 日前用完即删。';

test.use({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });

async function picture(page: Page, name: string): Promise<void> {
  // Toasts go, fonts come; the pointer lies on nothing.
  await page.mouse.move(0, 0);
  await expect(page.locator('.ant-message-notice')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: 'disabled', caret: 'hide' });
}

test('the pictures of the walk-through', async ({ people, demo, t }) => {
  const lin = await people.inTheCrm('lin', DESKTOP);
  await picture(lin, 'list-analyst');
  await picture(await people.inTheCrm('zhao', DESKTOP), 'list-manager');

  await lin.setViewportSize(PAGE.viewport);
  const address = await askForExport(lin, demo, '佛山');
  await expect(stateOf(lin)).toContainText(t('state.held'));
  await picture(lin, 'held');
  await statePurpose(lin, t, PURPOSE);

  const zhao = await people.atTheApprovals('zhao', t, PHONE);
  await zhao.goto(address);
  await expect(zhao.getByRole('button', { name: t('action.approve'), exact: true })).toBeVisible();
  await picture(zhao, 'decide-phone');
  await decide(zhao, t, 'approve', '与活动范围一致。');

  const chen = await people.atTheApprovals('chen', t, PAGE);
  await chen.goto(address);
  await decide(chen, t, 'approve', '同意，用完即删。');
  await lin.reload();
  await expect(stateOf(lin)).toContainText(t('state.approved'));
  await picture(lin, 'approved');
});
