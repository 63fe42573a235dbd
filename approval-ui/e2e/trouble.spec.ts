// What the page says when something is away.
import { expect, heading, status, test } from './fixtures';
import { LI, WANG } from './mock/people';

const CUT = /ERR_FAILED|Failed to load resource: net::/;

test('the store is away: older data stays, the page says so and recovers', async ({ page, backend, open, t, accessible, shot, expectedErrors }) => {
  expectedErrors.push(status(503));
  await page.clock.install();
  await open(WANG, '/');
  await expect(page.getByRole('article')).toHaveCount(2);
  backend.storeDown = true;
  for (let seconds = 0; seconds < 30; seconds += 5) await page.clock.runFor(5_000);
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toContainText(t('problem.store_unavailable'));
  await expect(alert).toContainText(t('problem.stale'));
  await expect(page.getByRole('article')).toHaveCount(2);
  await accessible();
  await shot('store-away');
  backend.storeDown = false;
  await page.getByRole('button', { name: t('app.retry') }).click();
  await expect(alert).toHaveCount(0);
});

test('nothing can be reached from the start', async ({ page, backend, t, accessible, shot, expectedErrors }) => {
  expectedErrors.push(CUT);
  await page.clock.install();
  await page.route('**/api/**', (route) => route.abort());
  await page.goto(`${backend.url}/`);
  for (let seconds = 0; seconds < 10; seconds += 1) await page.clock.runFor(1_000);
  await expect(heading(page, t('problem.network'))).toBeVisible();
  await accessible();
  await shot('network-away');
});

test('an answer that is not ours is not shown as one', async ({ page, open, t, expectedErrors }) => {
  expectedErrors.push(status(502));
  await page.clock.install();
  await page.route('**/api/v1/approvals/**', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
  await open(WANG, '/approvals/first-1');
  for (let seconds = 0; seconds < 10; seconds += 1) await page.clock.runFor(1_000);
  await expect(heading(page, t('problem.unreadable'))).toBeVisible();
  await expect(page.getByText('Bad gateway')).toHaveCount(0);
});

test('a request that is not there, or not mine to see', async ({ page, open, t, accessible, shot, expectedErrors }) => {
  expectedErrors.push(status(404));
  await open(LI, '/approvals/no-such');
  await expect(heading(page, t('problem.not_found'))).toBeVisible();
  await accessible();
  await shot('request-not-found');
});

test('a decision whose answer is lost is sent again under the same key', async ({ page, backend, open, t, expectedErrors }) => {
  expectedErrors.push(CUT);
  const keys: string[] = [];
  await page.route('**/approve', async (route) => {
    keys.push((route.request().postDataJSON() as { idempotency_key: string }).idempotency_key);
    if (keys.length === 1) return route.abort();
    return route.continue();
  });
  await open(WANG, '/approvals/first-1');
  await page.getByRole('button', { name: t('action.approve') }).click();
  await page.getByRole('button', { name: t('confirm.approve.ok') }).click();
  await expect(page.getByText(t('done.approve'))).toBeVisible();
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(backend.find('first-1').chain[0]?.votes).toHaveLength(1);
});

test('a code that the page does not know yet still gets words', async ({ page, open, t }) => {
  await page.route('**/api/v1/approvals/second-1', async (route) => {
    const answer = await route.fetch();
    const text = (await answer.text()).replaceAll('already_voted', 'brand_new_rule');
    return route.fulfill({ response: answer, body: text });
  });
  await open(WANG, '/approvals/second-1');
  await expect(page.getByText(t('reason.unknown', { code: 'brand_new_rule' }))).toBeVisible();
});
