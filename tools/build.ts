/**
 * The production build: window -> out/renderer, processes -> out/main, preload -> out/preload.
 * `node tools/build.ts` builds everything; `buildIfStale` builds the window when a source is newer than the last build.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build, type InlineConfig } from 'vite';

const root = join(import.meta.dirname, '..');
const at = (path: string): string => join(root, path);
const out = at('out');

/** What is loaded from node_modules at run time: native code, and what finds its own data files. */
const external = [
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
  'electron',
  'better-sqlite3',
  'pdfkit',
  'svg-to-pdfkit',
  'echarts',
  'ws',
  'zod',
  'ml-kmeans',
  // loaded by whoever serves, or watches a topic
  'fastify',
  '@fastify/rate-limit',
  'prom-client',
  '@platformatic/kafka',
];

const windowBuild: InlineConfig = {
  configFile: false,
  logLevel: 'warn',
  root: at('renderer'),
  base: './',
  plugins: [svelte({ configFile: at('svelte.config.js') })],
  // data: URLs for fonts and scripts would need a wider Content-Security-Policy
  build: {
    outDir: join(out, 'renderer'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'chrome140',
    chunkSizeWarningLimit: 2000,
  },
};

const processes: InlineConfig = {
  configFile: false,
  logLevel: 'warn',
  root,
  publicDir: false,
  build: {
    ssr: true,
    target: 'node22',
    outDir: join(out, 'main'),
    emptyOutDir: true,
    rolldownOptions: {
      external,
      input: {
        electron: at('main/electron/main.ts'),
        local: at('main/local/main.ts'),
        cli: at('main/local/cli.ts'),
        'case-thread': at('main/worker/case-thread.ts'),
        'reader-thread': at('main/worker/reader-thread.ts'),
        'task-thread': at('main/worker/task-thread.ts'),
        'training-process': at('main/worker/training-process.ts'),
        'learn-thread': at('app/learn/kernels/learn-thread.ts'),
        'parse-thread': at('app/import/pieces/parse-thread.ts'),
      },
      // all in one folder: the code looks for its entries beside itself and for package.json two folders up
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
};

const preload: InlineConfig = {
  configFile: false,
  logLevel: 'warn',
  root,
  publicDir: false,
  build: {
    ssr: true,
    target: 'node22',
    outDir: join(out, 'preload'),
    emptyOutDir: true,
    rolldownOptions: {
      external: ['electron'],
      input: at('main/electron/preload.ts'),
      output: { format: 'cjs', entryFileNames: 'preload.cjs' },
    },
  },
};

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

const isFresh = (built: string, ...sources: readonly number[]): boolean =>
  existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources);

/** Builds the window unless the last build is newer than every source of it; `everything`: the processes and the preload too, for Electron. */
export async function buildIfStale(everything: boolean): Promise<void> {
  const locked = statSync(at('package-lock.json')).mtimeMs;
  const contract = Math.max(newest(at('app/contract')), statSync(at('app/contract.ts')).mtimeMs);
  if (!isFresh(join(out, 'renderer', 'index.html'), newest(at('renderer')), contract, locked)) await build(windowBuild);
  if (!everything) return;
  const sources = Math.max(newest(at('app')), newest(at('main')), locked);
  if (!isFresh(join(out, 'main', 'electron.js'), sources)) await build(processes);
  if (!isFresh(join(out, 'preload', 'preload.cjs'), sources)) await build(preload);
}

// not import.meta.main: Node 22 does not know it
if (process.argv[1] === import.meta.filename) {
  await build(windowBuild);
  await build(processes);
  await build(preload);
}
