import { expect, heading, test } from './fixtures';
import { LI, SUN, WANG, ZHAO } from './mock/people';

test('shows what waits for me, longest first, and how much it is', async ({ page, open, t, language, accessible, shot }) => {
  await open(WANG, '/');
  await expect(heading(page, t('nav.toDecide'))).toBeVisible();
  const cards = page.getByRole('article');
  await expect(cards).toHaveCount(2);
  await expect(cards.first()).toContainText(language === 'zh' ? '价格表导出' : 'Price list export');
  await expect(cards.first()).toContainText(t('list.recordsUnknown'));
  await expect(cards.last()).toContainText(t('list.records', { n: 1286 }));
  await expect(cards.last()).toContainText('李娜');
  await expect(cards.last()).toContainText(t('rendering.clear'));
  await expect(page.getByRole('link', { name: t('nav.toDecide') })).toContainText(t('nav.count', { n: 2 }));
  await expect(page).toHaveTitle(`(2) ${t('nav.toDecide')} · Overcoat`);
  await accessible();
  await shot('to-decide');
});

test('an empty list says so', async ({ page, open, t, accessible, shot }) => {
  await open(LI, '/');
  await expect(page.getByRole('heading', { name: t('list.toDecide.empty') })).toBeVisible();
  await accessible();
  await shot('to-decide-empty');
});

test('my requests show where each one stands', async ({ page, open, t, accessible, shot }) => {
  await open(LI, '/mine');
  for (const state of ['held', 'pending', 'approved', 'redeemed', 'rejected', 'withdrawn', 'revoked', 'lapsed'] as const) {
    await expect(page.getByRole('article').getByText(t(`state.${state}`), { exact: true }).first()).toBeVisible();
  }
  await expect(page.getByText(t('list.sayPurpose'))).toBeVisible();
  await accessible();
  await shot('mine');
});

test('history is grouped by day', async ({ page, open, t, accessible, shot }) => {
  await open(ZHAO, '/history');
  await expect(heading(page, t('nav.history'))).toBeVisible();
  await expect(page.getByRole('article').first()).toBeVisible();
  expect(await page.getByRole('heading', { level: 2 }).count()).toBeGreaterThan(1);
  await accessible();
  await shot('history');
});

test('long lists come page by page', async ({ page, backend, open, t }) => {
  backend.pageItems = 3;
  await open(LI, '/mine');
  const all = backend.exports.filter((one) => one.requester.id === LI.id).length;
  await expect(page.getByRole('article')).toHaveCount(3);
  const more = page.getByRole('button', { name: t('app.loadMore') });
  for (let shown = 3; shown < all; shown += 3) await more.click();
  await expect(page.getByRole('article')).toHaveCount(all);
  await expect(more).toHaveCount(0);
});

test('news arrives by itself, and is announced', async ({ page, backend, open, t }) => {
  await page.clock.install();
  await open(WANG, '/');
  await expect(page.getByRole('article')).toHaveCount(2);
  backend.act('first-1', SUN, 'reject', '请先与法务确认。');
  await page.clock.fastForward(11_000);
  await expect(page.getByRole('article')).toHaveCount(1);
  await expect(page.getByText(t('list.updated'))).toBeAttached();
});

test('a page that does not exist says so', async ({ page, open, t, accessible, shot }) => {
  await open(WANG, '/nowhere');
  await expect(heading(page, t('notFound.title'))).toBeVisible();
  await accessible();
  await shot('not-found');
  await page.getByRole('link', { name: t('notFound.home') }).click();
  await expect(heading(page, t('nav.toDecide'))).toBeFocused();
});
