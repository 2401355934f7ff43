/** Where Electron's binary is, downloading it if that takes no longer than ten seconds. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOWNLOAD_MS = 10_000;
const DAY_MS = 86_400_000;

/** The binary's path, or null. A failed download is remembered for a day, so that the next start does not wait for it. */
export async function electronBinary(root) {
  const found = present(root);
  if (found !== null) return found;
  const failed = join(root, '.cache', 'electron-download-failed');
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < DAY_MS) return null;
  await download(root);
  const now = present(root);
  if (now === null) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    writeFileSync(failed, '');
  }
  return now;
}

function present(root) {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
  const named = join(root, 'node_modules', 'electron', 'path.txt');
  const usual =
    process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
  const file = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : usual);
  return existsSync(file) ? file : null;
}

function download(root) {
  const script = join(root, 'node_modules', 'electron', 'install.js');
  if (!existsSync(script)) return Promise.resolve();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), DOWNLOAD_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    child.on('error', end);
    child.on('close', end);
  });
}
