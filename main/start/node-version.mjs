import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

/** Flowcase runs on Node ≥ 22.12. On Linux x64 npm puts the Node 24 that the project brings first on the path of its scripts. Plain JavaScript: any Node must be able to read this. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  const bundled = process.platform === 'linux' && process.arch === 'x64';
  const help = bundled
    ? 'Run it with "npm start" or "npm run -s flowcase -- ..." after "npm ci": they use the Node 24 that the project brings.'
    : 'Install Node 22.12 or later (https://nodejs.org) and try again.';
  console.error(`Flowcase needs Node 22.12 or later; this is Node ${process.versions.node}. ${help}`);
  process.exit(1);
}

const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];

/**
 * What was made of the TypeScript of a checkout is kept in its .cache: every process and thread starts in a third of the time. The folder is the
 * person's own: not the one for temporary files, where others could leave what would then be run.
 */
function keepCompiled() {
  const root = join(import.meta.dirname, '..', '..');
  if ('NODE_COMPILE_CACHE' in process.env || process.env.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  try {
    accessSync(join(root, 'main', 'local', 'cli.ts'));
    accessSync(root, constants.W_OK);
  } catch {
    return;
  }
  const folder = join(root, '.cache', 'compiled');
  // threads and processes that are started from here look for it there
  process.env.NODE_COMPILE_CACHE = folder;
  module.enableCompileCache?.(folder);
}

/** Checks the Node, then goes on with `work`; a Node that runs TypeScript only when told to (before 22.18) is started again on `script` and told. */
export async function withTypeScript(script, work) {
  checkNode();
  keepCompiled();
  if (process.features.typescript) return work();
  const child = spawn(process.execPath, [...flags, script, ...process.argv.slice(2)], { stdio: 'inherit' });
  // signals of the terminal reach the child by themselves; the others are handed on
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (status) => resolve(status ?? 1));
  });
  process.exitCode = code;
}
