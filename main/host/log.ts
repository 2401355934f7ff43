import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withoutSecrets } from '../../app/shared/without-secrets.ts';

const MOST_BYTES = 2 ** 22;

/** Where stack traces go: `flowcase.log` in the data folder, with one older file beside it; it holds no secrets. A log that cannot be written is done without. */
export function openLog(folder: string): (text: string) => void {
  const file = join(folder, 'flowcase.log');
  return (text) => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${process.pid} ${withoutSecrets(text)}\n`, { mode: 0o600 });
    } catch {
      // nothing to tell it to
    }
  };
}
