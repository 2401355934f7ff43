import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refusal } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { fileError } from './file-error.ts';

/** A file to import. `folder` is the folder through which it was found, null where it was named itself. */
export interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly folder: string | null;
}

/**
 * The files behind paths: a file itself, or a folder's, with its subfolders, in the order of their names. Hidden files and folders
 * within a folder are left out; a link is followed, but no folder is entered and no file taken twice. Devices and pipes are refused unopened.
 */
export async function collectFiles(
  paths: readonly string[],
  stopped: () => boolean,
): Promise<{ readonly files: Found[]; readonly refused: Refusal[] }> {
  const files: Found[] = [];
  const refused: Refusal[] = [];
  const seen = new Set<string>();

  async function visit(path: string, folder: string | null): Promise<void> {
    if (stopped()) throw new FlowcaseError('CANCELLED', 'The import was cancelled.');
    try {
      const real = await realpath(path);
      if (seen.has(real)) return;
      seen.add(real);
      const found = await stat(path);
      if (found.isDirectory()) {
        for (const name of await visibleNames(path)) await visit(join(path, name), folder ?? path);
      } else if (found.isFile()) files.push({ path, bytes: found.size, folder });
      else refused.push(notAFile(path, found));
    } catch (error) {
      const { code, message } = fileError(error, path);
      refused.push({ path, code, message });
    }
  }

  for (const path of paths) {
    const before = files.length + refused.length;
    const known = seen.size;
    await visit(path, null);
    if (files.length + refused.length === before && seen.size > known) {
      refused.push({ path, code: 'FILE_NOT_FOUND', message: `The folder ${path} holds no files. Choose one with logs in it.` });
    }
  }
  return { files, refused };
}

async function visibleNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => !name.startsWith('.')).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function notAFile(path: string, found: Stats): Refusal {
  const what = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
  return { path, code: 'FILE_UNREADABLE', message: `${path} is ${what}, not a file. Write what it gives into a file and import that.` };
}
