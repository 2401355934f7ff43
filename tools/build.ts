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

/** What Node loads, in one folder. */
function ofNode(
  outDir: string,
  emptyOutDir: boolean,
  rolldownOptions: NonNullable<NonNullable<InlineConfig['build']>['rolldownOptions']>,
): InlineConfig {
  return {
    configFile: false,
    logLevel: 'warn',
    root,
    publicDir: false,
    build: { ssr: true, target: 'node22', outDir, emptyOutDir, rolldownOptions },
  };
}

/** Entries of Node to one folder: the code looks for its entries beside itself and for package.json two folders up. */
export function nodeBuild(input: Readonly<Record<string, string>>, outDir: string, emptyOutDir: boolean): InlineConfig {
  const output = { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } as const;
  return ofNode(outDir, emptyOutDir, { external, input, output });
}

/**
 * Threads that begin anew for every job get files of their own. What Node keeps compiled of a file is what the first to leave had compiled of it: of
 * a file that a thread shares with the thread that started it, hardly anything that the thread runs, and an import takes a sixth longer.
 */
export const threads = { 'parse-thread': at('app/import/pieces/parse-thread.ts'), 'learn-thread': at('app/learn/kernels/learn-thread.ts') };

async function buildProcesses(): Promise<void> {
  const folder = join(out, 'main');
  const entries = {
    electron: at('main/electron/main.ts'),
    local: at('main/local/main.ts'),
    cli: at('main/local/cli.ts'),
    'case-thread': at('main/worker/case-thread.ts'),
    'reader-thread': at('main/worker/reader-thread.ts'),
    'task-thread': at('main/worker/task-thread.ts'),
    'training-process': at('main/worker/training-process.ts'),
  };
  await build(nodeBuild(entries, folder, true));
  for (const [name, path] of Object.entries(threads)) await build(nodeBuild({ [name]: path }, folder, false));
}

const preload = ofNode(join(out, 'preload'), true, {
  external: ['electron'],
  input: at('main/electron/preload.ts'),
  output: { format: 'cjs', entryFileNames: 'preload.cjs' },
});

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
  // the one that is built last
  if (!isFresh(join(out, 'main', 'learn-thread.js'), sources)) await buildProcesses();
  if (!isFresh(join(out, 'preload', 'preload.cjs'), sources)) await build(preload);
}

// not import.meta.main: Node 22 does not know it
if (process.argv[1] === import.meta.filename) {
  await build(windowBuild);
  await buildProcesses();
  await build(preload);
}
