/** `npm start`: the Electron window where its binary is there or comes within ten seconds; otherwise the same application in the browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withTypeScript } from './node-version.mjs';

await withTypeScript(import.meta.filename, async () => {
  const root = join(import.meta.dirname, '..', '..');
  const args = process.argv.slice(2);
  const { findElectron } = await import('./electron-binary.mjs');
  const { binary, why } = await findElectron(root, args);

  const { buildIfStale } = await import('../../tools/build.ts');
  await buildIfStale(binary !== null);

  const ended = binary === null ? why : await runElectron(binary, [root, ...args]);
  if (ended === null) return;
  console.log(`${ended}: Flowcase opens in your browser instead.`);
  await import('../local/main.ts');
});

/** Null when the window was closed; where Electron cannot start (no screen, no sandbox), the reason. */
async function runElectron(binary, args) {
  const started = Date.now();
  // Ctrl-C reaches it too: it decides when it ends
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const code = await new Promise((resolve) => {
    const child = spawn(binary, args, { stdio: 'inherit' });
    child.on('error', () => resolve(-1));
    child.on('close', (status) => resolve(status ?? 0));
  });
  process.off('SIGINT', ignore);
  if (code !== 0 && Date.now() - started < 5_000) return `Electron could not start (${code})`;
  process.exitCode = code;
  return null;
}
