import { spawn } from 'node:child_process';

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

/** Checks the Node, then goes on with `work`; a Node that runs TypeScript only when told to (before 22.18) is started again on `script` and told. */
export async function withTypeScript(script, work) {
  checkNode();
  if (process.features.typescript) return work();
  const child = spawn(process.execPath, [...flags, script, ...process.argv.slice(2)], { stdio: 'inherit' });
  // signals of the terminal reach the child by themselves; the others are handed on
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (status) => resolve(status ?? 1));
  });
  process.exitCode = code;
}
