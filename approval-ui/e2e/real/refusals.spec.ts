// What Overcoat answers itself when it says no: pages that a person can read, in both languages and widths.
import type { Page } from '@playwright/test';
import { accessible, expect, People, signInAtTheProxy, test } from './fixtures';
import { deadAddress, Served } from './overcoat';

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

test('an export that the role may not have is refused with a page that says so', async ({ people }) => {
  people.expected.push(/status of 403/);
  const page = await people.inTheCrm('chen');
  await page.getByRole('link', { name: '导出 CSV' }).click();
  await expect(heading(page)).toHaveText(/Export not permitted|不允许导出/);
  await accessible(page);
});

test('an address that can be read in two ways is refused', async ({ people, demo }) => {
  people.expected.push(/status of 400/);
  const page = await people.inTheCrm('lin');
  await page.goto(`${demo.proxyUrl}/api/customers%2f1`);
  await expect(heading(page)).toHaveText(/Bad request|请求有误/);
  await accessible(page);
});

test('a page of ours that is not there says so', async ({ people, demo }) => {
  people.expected.push(/status of 404/);
  const page = await people.nobody();
  await page.goto(`${demo.proxyUrl}/.overcoat/nothing`);
  await expect(heading(page)).toBeVisible();
  await accessible(page);
});

test('when the CRM is gone the page says whom to ask', async ({ browser }) => {
  const served = new Served();
  try {
    await served.start(await deadAddress(), ['lin']);
    const people = new People(browser, served);
    people.expected.push(/status of 502/);
    const page = await people.nobody();
    await signInAtTheProxy(page, served, 'lin', '/');
    await expect(heading(page)).toHaveText(/The CRM cannot be reached|无法连接 CRM/);
    await expect(page.getByText('IT service desk, tel 8000')).toBeVisible();
    await accessible(page);
    await people.leave();
  } finally {
    await served.stop();
  }
});
