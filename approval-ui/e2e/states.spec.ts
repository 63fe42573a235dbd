// A request's page in each state that it can be in, for the people who see it.
import type { ReasonCode } from '../src/api/model';
import type { Decision } from '../src/request/Confirm';
import { expect, test, type Texts } from './fixtures';
import { LI, SUN, WANG, ZHAO } from './mock/people';

function why(t: Texts, reason: ReasonCode): string {
  return t(`reason.${reason}`);
}

test('everything that somebody needs to decide is on one page', async ({ page, open, t, accessible, shot, language }) => {
  await open(WANG, '/approvals/first-1');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(language === 'zh' ? '客户列表导出' : 'Customer list export');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(t('state.pending'));
  const main = page.getByRole('main');
  await expect(main).toContainText('李娜');
  await expect(main).toContainText(t('request.roles', { roles: 'analyst' }));
  await expect(main).toContainText('双十一后回访华东与华南经销商');
  await expect(main).toContainText('华东,华南');
  await expect(main).toContainText('1,286');
  const classes = page.getByRole('table').first();
  await expect(classes.getByRole('row')).toHaveCount(6);
  await expect(classes.getByRole('row').nth(1)).toContainText(t('rendering.clear'));
  await expect(classes.getByRole('row').nth(1)).toContainText(t('level.secret'));
  await expect(classes.getByRole('row').last()).toContainText(t('rendering.redacted'));
  const sample = page.getByRole('region', { name: t('sample.region') });
  await expect(sample.getByRole('row')).toHaveCount(6);
  await expect(sample).toContainText('138****5678');
  await expect(page.getByText(t('sampleNote.masked_for_you'))).toBeVisible();
  await expect(page.getByRole('button', { name: t('action.approve') })).toBeEnabled();
  await expect(page.getByRole('button', { name: t('action.reject') })).toBeEnabled();
  await expect(page.locator('[aria-current=step]')).toContainText(t('chain.current'));
  await expect(page.getByText(t('timeline.submitted'))).toBeVisible();
  await accessible();
  await shot('first-level');
});

test('the second level sees who said yes before, when and why', async ({ page, open, t, accessible, shot }) => {
  await open(ZHAO, '/approvals/second-1');
  await expect(page.getByText(t('chain.voted.approve', { name: WANG.name }))).toBeVisible();
  await expect(page.getByText('名单与活动范围一致。').first()).toBeVisible();
  await expect(page.getByRole('button', { name: t('action.approve') })).toHaveAttribute('class', /decide-approve/);
  await accessible();
  await shot('second-level');
});

const BLOCKED = [
  ['own request', 'own-manager', WANG, 'own_request'],
  ['not my level', 'first-1', ZHAO, 'not_your_level'],
  ['voted already', 'second-1', WANG, 'already_voted'],
  ['no purpose yet', 'held-1', SUN, 'purpose_needed'],
] as const;

for (const [name, id, person, reason] of BLOCKED) {
  test(`a button that may not be pressed says why: ${name}`, async ({ page, open, t, accessible, shot }) => {
    await open(person, `/approvals/${id}`);
    for (const decision of ['approve', 'reject'] as const satisfies Decision[]) {
      const button = page.getByRole('button', { name: t(`action.${decision}`) });
      await expect(button).toHaveAttribute('aria-disabled', 'true');
      await expect(button).toHaveAccessibleDescription(new RegExp(why(t, reason).replace(/[.?]/g, '\\$&')));
      await button.focus();
      await expect(button).toBeFocused();
      await button.press('Enter');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    await expect(page.getByText(why(t, reason))).toBeVisible();
    await accessible();
    await shot(`blocked-${reason}`);
  });
}

test('held: the requester is asked what for', async ({ page, open, t, accessible, shot }) => {
  await open(LI, '/approvals/held-1');
  await expect(page.getByRole('heading', { name: t('purpose.title') })).toBeVisible();
  await expect(page.getByRole('textbox', { name: t('purpose.label') })).toBeVisible();
  await accessible();
  await shot('held');
});

test('approved: the requester may download', async ({ page, open, t, accessible, shot }) => {
  await open(LI, '/approvals/approved-1');
  await expect(page.getByRole('button', { name: t('action.download') })).toBeVisible();
  await expect(page.getByText(t('download.once'))).toBeVisible();
  await expect(page.getByText(t('stateText.approved', { name: LI.name }))).toBeVisible();
  await accessible();
  await shot('approved');
});

test('redeemed: the download says that once was enough', async ({ page, open, t, accessible, shot }) => {
  await open(LI, '/approvals/redeemed-1');
  const button = page.getByRole('button', { name: t('action.download') });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText(why(t, 'already_redeemed'))).toBeVisible();
  await expect(page.getByText(t('sampleNote.hold_destroyed'))).toBeVisible();
  await accessible();
  await shot('redeemed');
});

for (const state of ['rejected', 'withdrawn', 'revoked', 'lapsed'] as const) {
  test(`${state}: nothing leaves, and the page says so`, async ({ page, open, t, accessible, shot }) => {
    await open(LI, `/approvals/${state}-1`);
    await expect(page.getByText(t(`stateText.${state}`, { name: LI.name }))).toBeVisible();
    await expect(page.getByRole('button', { name: t('action.approve') })).toHaveCount(0);
    await expect(page.getByRole('button', { name: t('action.download') })).toHaveCount(0);
    if (state === 'rejected') await expect(page.getByText('身份证号与回访无关').first()).toBeVisible();
    await accessible();
    await shot(state);
  });
}
