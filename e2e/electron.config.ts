import { defineConfig } from '@playwright/test';
import { testBrowser } from './browser.ts';

// the fixtures ask for a browser in either case; Electron's specs do not use it
const { executablePath, env, args } = await testBrowser();

/** The same specs against Electron, where its binary is: `npm run build && npm run e2e:electron`. */
export default defineConfig<object, { host: 'local' | 'electron' }>({
  testDir: '.',
  outputDir: '../test-results/e2e-electron',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: 'line',
  use: {
    host: 'electron',
    launchOptions: { executablePath, env: { ...(process.env as Record<string, string>), ...env }, args: [...args] },
  },
});
