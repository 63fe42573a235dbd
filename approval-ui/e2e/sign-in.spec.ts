import { expect, heading, status, test } from './fixtures';
import { LI, PASSWORD, WANG } from './mock/people';

test.beforeEach(({ expectedErrors }) => {
  expectedErrors.push(status(401)); // asking who is signed in is answered 401 when nobody is
});

test('leads to the sign-in and back to where somebody wanted to be', async ({ page, backend, t, accessible, shot }) => {
  await page.goto(`${backend.url}/approvals/first-1`);
  await expect(heading(page, t('signIn.title'))).toBeVisible();
  await expect(page.getByText(t('signIn.ended'))).toBeVisible();
  await accessible();
  await shot('sign-in');
  await page.getByLabel(t('signIn.account')).fill(WANG.id);
  await page.getByLabel(t('signIn.password')).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${backend.url}/approvals/first-1`);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('says which field is missing and what is wrong, without saying which', async ({ page, backend, t, accessible, shot }) => {
  await page.goto(`${backend.url}/sign-in`);
  await page.getByRole('button', { name: t('signIn.submit') }).click();
  await expect(page.getByLabel(t('signIn.account'))).toBeFocused();
  await expect(page.getByLabel(t('signIn.account'))).toHaveAccessibleDescription(t('signIn.needAccount'));
  await page.getByLabel(t('signIn.account')).fill(LI.id);
  await page.getByLabel(t('signIn.password')).fill('wrong');
  await page.getByRole('button', { name: t('signIn.submit') }).click();
  await expect(page.getByRole('alert')).toContainText(t('problem.wrong_credentials'));
  await expect(page.getByLabel(t('signIn.password'))).toBeFocused();
  await accessible();
  await shot('sign-in-wrong');
});

test('never leads to another site', async ({ page, backend, t }) => {
  await page.goto(`${backend.url}/sign-in?next=//evil.example/`);
  await page.getByLabel(t('signIn.account')).fill(WANG.id);
  await page.getByLabel(t('signIn.password')).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(heading(page, t('nav.toDecide'))).toBeVisible();
  await expect(page).toHaveURL(`${backend.url}/`);
});

test('a session that ends leads to the sign-in', async ({ page, backend, open, t }) => {
  await page.clock.install();
  await open(WANG, '/mine');
  await expect(heading(page, t('nav.mine'))).toBeVisible();
  await expect(page.getByRole('article').first()).toBeVisible();
  backend.endSessions();
  await page.clock.fastForward(11_000);
  await expect(heading(page, t('signIn.title'))).toBeVisible();
  await expect(page).toHaveURL(/sign-in\?next=%2Fmine/);
});

test('signs out', async ({ page, open, t, isMobile }) => {
  await open(WANG, '/');
  if (isMobile) await page.getByRole('button', { name: t('app.account') }).click();
  await page.getByRole('button', { name: t('signOut.submit') }).click();
  await expect(heading(page, t('signIn.title'))).toBeVisible();
});
