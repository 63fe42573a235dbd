// Language, keyboard, dark mode: how people reach the page.
import { message } from '../src/i18n/messages';
import { expect, heading, test } from './fixtures';
import { LI, WANG } from './mock/people';

test('follows the browser’s language, can be switched, and remembers it', async ({ page, open, t, language, isMobile }) => {
  await open(WANG, '/');
  await expect(heading(page, t('nav.toDecide'))).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'zh-CN' : 'en');
  const other = language === 'zh' ? 'en' : 'zh';
  if (isMobile) await page.getByRole('button', { name: t('app.account') }).click();
  await page.getByRole('button', { name: message(other, `language.${other}`) }).click();
  await expect(heading(page, message(other, 'nav.toDecide'))).toBeVisible();
  await page.reload();
  await expect(heading(page, message(other, 'nav.toDecide'))).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', other === 'zh' ? 'zh-CN' : 'en');
});

test('the keyboard skips to the content and follows the pages', async ({ page, open, t, isMobile }) => {
  test.skip(isMobile, 'no keyboard on a phone');
  await open(WANG, '/');
  await expect(page.getByRole('article').first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: t('app.skip') })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('article').first().getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('a dialog keeps the focus and gives it back', async ({ page, open, t, isMobile }) => {
  test.skip(isMobile, 'no keyboard on a phone');
  await open(WANG, '/approvals/first-1');
  const approve = page.getByRole('button', { name: t('action.approve') });
  await approve.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: t('confirm.approve.title') });
  await expect(dialog).toBeVisible();
  for (let presses = 0; presses < 8; presses += 1) {
    await page.keyboard.press('Tab');
    // Between the last and the first control the browser's own bars have their turn; the page behind never has.
    expect(await dialog.evaluate((element) => element.contains(document.activeElement) || document.activeElement === document.body)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(approve).toBeFocused();
});

test('the sample scrolls inside its own box, by keyboard too', async ({ page, open, t, isMobile }) => {
  test.skip(!isMobile, 'wide enough on a desktop');
  await open(WANG, '/approvals/first-1');
  const box = page.getByRole('region', { name: t('sample.region') });
  await box.focus();
  await expect(box).toBeFocused();
  const scrolled = await box.evaluate((element) => {
    element.scrollLeft = 100;
    return element.scrollLeft;
  });
  expect(scrolled).toBeGreaterThan(0);
});

test('on a phone the decision stays in reach', async ({ page, open, t, isMobile }) => {
  test.skip(!isMobile, 'beside the request on a desktop');
  await open(WANG, '/approvals/first-1');
  await expect(page.getByRole('button', { name: t('action.approve') })).toBeInViewport();
  await expect(page.getByRole('button', { name: t('action.reject') })).toBeInViewport();
});

test('nothing is cut at 320 pixels, which is also a desktop at 400 %', async ({ page, open, accessible, shot }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ['/mine', '/approvals/approved-1', '/approvals/first-1']) {
    await open(LI, path);
    await expect(page.getByText('双十一后回访华东与华南经销商').first()).toBeVisible();
    await accessible();
  }
  await shot('narrow');
});

test.describe('dark', () => {
  test.use({ colorScheme: 'dark' });
  for (const path of ['/', '/mine', '/approvals/first-1', '/approvals/approved-1', '/approvals/second-1']) {
    test(`keeps its contrasts at ${path}`, async ({ page, open, accessible, shot }) => {
      await open(WANG, path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('status', { name: /Loading|正在加载/ })).toHaveCount(0);
      await accessible();
      await shot(`dark${path.replaceAll('/', '-')}`);
    });
  }
});
