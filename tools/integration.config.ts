import { defineConfig } from 'vitest/config';

/** Tests against real servers that they start themselves: one file at a time, and each may take its time. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['app/**/*.integration.ts', 'main/**/*.integration.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
