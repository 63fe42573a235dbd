import { defineConfig } from '@playwright/test';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const phone = { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** The program that the real suite starts; without one, only the pages on their mock are tested. */
const REAL = Boolean(process.env.OVERCOAT_BIN);
const MOCK = { testIgnore: '**/real/**' };
const STATES = '**/states.spec.ts';
const desktopEn = { viewport: DESKTOP, locale: 'en-GB' };
const desktopZh = { viewport: DESKTOP, locale: 'zh-CN' };
const phoneEn = { ...phone, locale: 'en-GB' };
const phoneZh = { ...phone, locale: 'zh-CN' };

/** A debug build that masks thousands of rows, on a machine that does other things too. */
const SLOW = { timeout: 120_000, expect: { timeout: 15_000 } };

/** Chromium of the system; Playwright downloads none. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: [['list']],
  // Ample: a page that hangs is seen, a machine that does other things too is no fault of the page.
  timeout: 90_000,
  expect: { timeout: 10_000 },
  use: {
    timezoneId: 'Asia/Shanghai',
    trace: 'off',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'desktop-en', use: desktopEn, ...MOCK },
    // The other two pairs show each state once more, so that no text breaks a layout; the mechanics are the same.
    { name: 'desktop-zh', use: desktopZh, testMatch: STATES },
    { name: 'phone-en', use: phoneEn, testMatch: STATES },
    { name: 'phone-zh', use: phoneZh, ...MOCK },
    ...(REAL
      ? [
          { name: 'real-desktop-zh', use: desktopZh, testMatch: 'real/*.spec.ts', ...SLOW },
          { name: 'real-phone-en', use: phoneEn, testMatch: 'real/{journey,refusals}.spec.ts', ...SLOW },
        ]
      : []),
    ...(process.env.OVERCOAT_PICTURES === undefined ? [] : [{ name: 'pictures', testMatch: 'real/pictures.ts', ...SLOW }]),
  ],
});
