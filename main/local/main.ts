/** Flowcase in a browser: a host and a loopback server. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { toErrorShape } from '../../app/contract.ts';
import { dataFolder } from '../host/folders.ts';
import { createHost } from '../host/host.ts';
import { programVersion } from '../host/version.ts';
import { serveLocally } from './server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { demo: { type: 'boolean' }, port: { type: 'string' }, 'no-browser': { type: 'boolean' }, 'no-electron': { type: 'boolean' } },
});
const port = Number(values.port ?? '0');
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port takes a number from 0 to 65535, not "${values.port ?? ''}"`);
  process.exit(2);
}

const folder = join(import.meta.dirname, '..', '..', 'out', 'renderer');
if (!existsSync(join(folder, 'index.html'))) {
  console.error('The window is not built yet: "npm run build" builds it.');
  process.exit(1);
}
const host = createHost({ kind: 'local', version: programVersion(), dataFolder: dataFolder(), recordOpenings: true, watches: true });
const server = await serveLocally(host, { folder, port });
const address = server.newAddress();
console.log(`Flowcase is at ${address}`);
if (process.stdin.isTTY) {
  console.log('The address opens one window, once; Enter gives a new one. Ctrl-C ends Flowcase.');
  // in the background the terminal is somebody else's: reading from it would stop this process
  if (process.platform !== 'win32') process.on('SIGTTIN', () => undefined);
  process.stdin.on('error', () => undefined);
  createInterface(process.stdin).on('line', () => console.log(`Flowcase is at ${server.newAddress()}`));
}
if (values['no-browser'] !== true && !process.env['FLOWCASE_NO_BROWSER']) openBrowser(address);

let closing = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

// npm that is killed does not pass it on: whoever started us is gone then, and a host that nobody can reach would keep the case locked
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent && !closing) end();
}, 1000).unref();

/** Closes the case; asked twice, ends at once. */
function end(): void {
  if (closing) process.exit(130);
  closing = true;
  void server
    .close()
    .then(() => host.close())
    .then(() => process.exit(0));
}

try {
  const [casePath] = positionals;
  if (values.demo === true) await host.runJob('case.sample', {});
  else if (casePath !== undefined) await host.openFromOutside(resolve(casePath));
} catch (error) {
  console.error(toErrorShape(error).message);
}

/** Without a browser the address is enough. */
function openBrowser(address: string): void {
  // a browser in the terminal would take it from the person
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address.replaceAll('&', '^&')]
        : ['xdg-open', address];
  const child = spawn(command ?? 'xdg-open', args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
