/** Where Electron's binary is, downloading it if that takes no longer than ten seconds. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOWNLOAD_MS = 10_000;
const DAY_MS = 86_400_000;

/**
 * The binary to start, or null and the reason for a person. A binary that is not here is downloaded where it could run; a failed download
 * is remembered for a day, so that the next start does not wait for it.
 */
export async function findElectron(root, args) {
  if (args.includes('--no-electron') || (process.env.FLOWCASE_NO_ELECTRON ?? '') !== '')
    return { binary: null, why: 'Without Electron, as asked' };
  const found = present(root);
  if (found !== null) return { binary: found, why: '' };
  if (process.platform === 'linux') {
    if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
      return { binary: null, why: 'There is no screen here for a window of its own' };
    // its sandbox does not work as root, and Flowcase does not run without it
    if (process.getuid?.() === 0) return { binary: null, why: 'Electron does not run as root' };
  }
  const failed = join(root, '.cache', 'electron-download-failed');
  const why = 'Electron is not on this machine and could not be downloaded';
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < DAY_MS) return { binary: null, why };
  await download(root);
  const binary = present(root);
  if (binary === null) {
    mkdirSync(join(root, '.cache'), { recursive: true });
    writeFileSync(failed, '');
  }
  return { binary, why };
}

function present(root) {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(root, 'node_modules', 'electron', 'dist');
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
