/**
 * The one thing the window gets from Electron: the contract, the system's dialogs, and where a dropped file lies.
 * Runs sandboxed: no Node, and `require` of "electron" alone. What it lets through is checked again by the host.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from './channels.ts';

const eventNames = ['job', 'case', 'live', 'alert', 'trouble'];

contextBridge.exposeInMainWorld('flowcase', {
  invoke: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke(channels.invoke, name, input),
  on(event: unknown, listener: (payload: unknown) => void): () => void {
    if (typeof event !== 'string' || !eventNames.includes(event)) throw new TypeError('there is no such event');
    const own = (_: unknown, name: unknown, payload: unknown): void => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on(channels.event, own);
    return () => {
      ipcRenderer.off(channels.event, own);
    };
  },
  inPageDialogs: process.argv.includes('--in-page-dialogs'),
  pickOpen: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.pickOpen, options),
  pickSave: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.pickSave, options),
  notify: (title: unknown, body: unknown): Promise<unknown> => ipcRenderer.invoke(channels.notify, title, body),
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
});
