/** Flowcase in Electron. Thin: everything that can be shared with the loopback host is. */
import { app, BrowserWindow, Menu, protocol, session, type MenuItemConstructorOptions } from 'electron';
import { join, resolve } from 'node:path';
import { readPages, securityHeaders, type Page } from '../local/pages.ts';
import { createHost, type Host } from '../host/host.ts';
import { dataFolder } from '../host/folders.ts';
import { programVersion } from '../host/version.ts';
import { connectWindow } from './ipc.ts';
import { forkUtility } from './training.ts';

const scheme = 'flowcase';
const origin = `${scheme}://window`;

protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);

const host: Host = createHost({
  kind: 'electron',
  version: programVersion(),
  dataFolder: dataFolder(),
  recordOpenings: true,
  watches: true,
  forkTraining: forkUtility,
});
let window: BrowserWindow | null = null;
/** A case that the system asked to open before there was a window. */
let asked: string | null = null;

function openCase(path: string): void {
  asked = null;
  // the window says what stands in the way, and offers what can be done about it
  host.openFromOutside(path).catch(() => undefined);
}

/** The case named on a command line: the last argument that is one. */
function caseIn(argv: readonly string[], folder: string): string | null {
  const named = argv.slice(1).findLast((argument) => argument.endsWith('.flowcase'));
  return named === undefined ? null : resolve(folder, named);
}

function createWindow(): void {
  const created = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    title: 'Flowcase',
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // without the system's dialogs, which no specs can drive
      additionalArguments: process.argv.filter((argument) => argument === '--in-page-dialogs'),
    },
  });
  window = created;
  const disconnect = connectWindow(created, host, origin);
  created.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  created.webContents.on('will-navigate', (event) => event.preventDefault());
  created.webContents.on('will-attach-webview', (event) => event.preventDefault());
  created.on('closed', () => {
    disconnect();
    window = null;
  });
  void created.loadURL(`${origin}/index.html`).then(() => {
    if (asked !== null) openCase(asked);
  });
}

function serveWindow(): void {
  const pages: ReadonlyMap<string, Page> = readPages(join(import.meta.dirname, '..', 'renderer'));
  protocol.handle(scheme, (request) => {
    const page = pages.get(new URL(request.url).pathname);
    return page === undefined
      ? new Response('There is nothing here.', { status: 404 })
      : new Response(new Uint8Array(page.body), { headers: { ...securityHeaders, 'Content-Type': page.type } });
  });
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  // nothing leaves the machine: whatever a page might ask of the network is refused
  session.defaultSession.webRequest.onBeforeRequest((details, answer) =>
    answer({
      cancel:
        !details.url.startsWith(`${origin}/`) &&
        !details.url.startsWith('devtools:') &&
        !details.url.startsWith('blob:') &&
        !details.url.startsWith('data:'),
    }),
  );
}

function setMenu(): void {
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

app.on('open-file', (event, path) => {
  event.preventDefault();
  if (window === null) asked = path;
  else openCase(path);
});
app.on('second-instance', (_event, argv, folder) => {
  const path = caseIn(argv, folder);
  if (path !== null) openCase(path);
  window?.focus();
});
app.on('window-all-closed', () => app.quit());

let closed = false;
app.on('before-quit', (event) => {
  if (closed) return;
  event.preventDefault();
  void host.close().finally(() => {
    closed = true;
    app.quit();
  });
});

if (app.requestSingleInstanceLock()) {
  asked ??= caseIn(process.argv, process.cwd());
  void app.whenReady().then(() => {
    serveWindow();
    setMenu();
    createWindow();
    if (process.argv.includes('--demo')) void host.runJob('case.sample', {}).catch(() => undefined);
  });
} else app.quit();
