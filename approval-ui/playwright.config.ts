import { defineConfig } from '@playwright/test';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const phone = { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** Chromium of the system; Playwright downloads none. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: 'e2e',
  testIgnore: process.env.OVERCOAT_BIN === undefined ? 'real/**' : '',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: [['list']],
  timeout: 30_000,
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
    { name: 'desktop-en', use: { viewport: DESKTOP, locale: 'en-GB' } },
    { name: 'desktop-zh', use: { viewport: DESKTOP, locale: 'zh-CN' } },
    { name: 'phone-en', use: { ...phone, locale: 'en-GB' } },
    { name: 'phone-zh', use: { ...phone, locale: 'zh-CN' } },
  ],
});
