import { dialog, ipcMain, Notification, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { toErrorShape, type EventName } from '../../app/contract.ts';
import type { Host } from '../host/host.ts';
import { channels } from './channels.ts';

/** The one wrapper round raw IPC: only our own page, in our own window's main frame, is answered. */
export function connectWindow(window: BrowserWindow, host: Host, origin: string): () => void {
  const isOurs = (event: IpcMainInvokeEvent): boolean =>
    event.sender === window.webContents &&
    event.senderFrame === window.webContents.mainFrame &&
    event.senderFrame.url.startsWith(`${origin}/`);
  const handle = (channel: string, work: (...args: unknown[]) => unknown): void => {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      if (!isOurs(event)) throw new Error('refused');
      return work(...args);
    });
  };
  handle(channels.invoke, async (name, input) => {
    try {
      return { output: await host.call(name, input) };
    } catch (error) {
      return { error: toErrorShape(error) };
    }
  });
  handle(channels.pickOpen, (options) => pickOpen(window, options));
  handle(channels.pickSave, (options) => pickSave(window, options));
  handle(channels.notify, (title, body) => notify(window, noticeText.parse(title), noticeText.parse(body)));
  const names: readonly EventName[] = ['job', 'case', 'live', 'alert', 'trouble'];
  const off = names.map((name) =>
    host.on(name, (payload) => {
      if (!window.isDestroyed()) window.webContents.send(channels.event, name, payload);
    }),
  );
  return () => {
    for (const channel of Object.values(channels)) ipcMain.removeHandler(channel);
    for (const stop of off) stop();
  };
}

const extension = z.string().regex(/^[A-Za-z0-9.*_-]{1,30}$/);
const openOptions = z.object({
  title: z.string().max(200),
  multiple: z.boolean().optional(),
  folders: z.boolean().optional(),
  extensions: z.array(extension).max(20).optional(),
});
const saveOptions = z.object({
  title: z.string().max(200),
  suggested: z.string().max(4096),
  extension,
  others: z.array(extension).max(20).optional(),
});

async function pickOpen(window: BrowserWindow, options: unknown): Promise<readonly string[]> {
  const { title, multiple, folders, extensions } = openOptions.parse(options);
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title,
    properties: [
      'openFile',
      ...(multiple === true ? (['multiSelections'] as const) : []),
      ...(folders === true ? (['openDirectory'] as const) : []),
    ],
    ...(extensions === undefined ? {} : { filters: [{ name: extensions.join(', '), extensions }] }),
  });
  return canceled ? [] : filePaths;
}

async function pickSave(window: BrowserWindow, options: unknown): Promise<string | null> {
  const { title, suggested, extension: ending, others = [] } = saveOptions.parse(options);
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title,
    defaultPath: suggested,
    filters: [ending, ...others].map((one) => ({ name: one, extensions: [one] })),
  });
  return canceled || filePath === '' ? null : filePath;
}

/** Texts of a notification; what a log says was made visible before, and is cut here. */
const noticeText = z.string().transform((text) => text.slice(0, 400));
/** Some systems never say that a notification is gone. */
const NOTICE_MS = 10 * 60_000;
let shown: Notification | null = null;

/** Shows a notification of the system. True where the person clicked on it: the window comes to the front then. */
function notify(window: BrowserWindow, title: string, body: string): Promise<boolean> {
  if (!Notification.isSupported()) return Promise.resolve(false);
  return new Promise((resolve) => {
    const notice = new Notification({ title, body });
    // more of them are said in the place of the one before
    shown?.close();
    shown = notice;
    const gone = setTimeout(() => resolve(false), NOTICE_MS);
    const end = (clicked: boolean): void => {
      clearTimeout(gone);
      resolve(clicked);
    };
    notice.on('click', () => {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      end(true);
    });
    notice.on('close', () => end(false));
    notice.on('failed', () => end(false));
    notice.show();
  });
}
