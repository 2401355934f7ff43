import { open, rename, rm, stat } from 'node:fs/promises';
import { FlowcaseError } from '../../errors.ts';
import type { AlertMessage } from '../../contract/live-alerts.ts';
import type { AlertSender } from './types.ts';

export interface LogSenderOptions {
  readonly id: string;
  readonly path: string;
  /** Bytes after which the file is put aside as `path.1`, the one before as `path.2`, and how many of those are kept. */
  readonly bytes: number;
  readonly keep: number;
}

/** Writes alerts into a file, a JSON object a line. What has arrived is on the disk. */
export class LogSender implements AlertSender {
  readonly id: string;
  readonly #options: LogSenderOptions;

  constructor(options: LogSenderOptions) {
    this.id = options.id;
    this.#options = options;
  }

  async send(message: AlertMessage): Promise<void> {
    const { path, bytes } = this.#options;
    const { alerts, ...frame } = message;
    const lines = alerts.map((alert) => `${JSON.stringify({ message: frame.id, ...frame, ...alert })}\n`).join('');
    try {
      if ((await sizeOf(path)) >= bytes) await this.#putAside();
      const file = await open(path, 'a', 0o600);
      try {
        await file.appendFile(lines);
        await file.datasync();
      } finally {
        await file.close();
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `The alerts could not be written to ${path}: ${reason}. They are kept and written later; see that the folder is there and has room.`;
      throw new FlowcaseError('WRITE_FAILED', text, { path }, error);
    }
  }

  async #putAside(): Promise<void> {
    const { path, keep } = this.#options;
    if (keep === 0) {
      await rm(path, { force: true });
      return;
    }
    await rm(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) if ((await sizeOf(`${path}.${i}`)) >= 0) await rename(`${path}.${i}`, `${path}.${i + 1}`);
    await rename(path, `${path}.1`);
  }
}

/** Bytes of a file; -1 where there is none. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return -1;
  }
}
