import { defineConfig } from '@playwright/test';
import { testBrowser } from './e2e/browser.ts';

const { executablePath, env, args } = await testBrowser();

/** The product in a real browser, against the loopback host. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'line',
  use: { launchOptions: { executablePath, env: { ...(process.env as Record<string, string>), ...env }, args: [...args] } },
});
