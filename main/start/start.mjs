/** `npm start`: the Electron window where its binary is there or comes within ten seconds; otherwise the same application in the browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkNode } from './node-version.mjs';

checkNode();
const root = join(import.meta.dirname, '..', '..');
const args = process.argv.slice(2);

const { buildIfStale } = await import('../../tools/build.ts');
await buildIfStale();

const { electronBinary } = await import('./electron-binary.mjs');
const binary = args.includes('--no-electron') || process.env.FLOWCASE_NO_ELECTRON === '1' ? null : await electronBinary(root);
if (binary === null) {
  console.log('Electron is not on this machine and could not be downloaded: Flowcase opens in your browser instead.');
  await import('../local/main.ts');
} else {
  const child = spawn(binary, [root, ...args], { stdio: 'inherit' });
  child.on('close', (code) => process.exit(code ?? 1));
}
