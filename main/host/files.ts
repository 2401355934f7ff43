import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { FlowcaseError } from '../../app/errors.ts';
import type { FileList } from '../../app/contract.ts';

type Entry = FileList['entries'][number];
/** A window cannot show more than this many, and a person would not read them. */
const MOST = 5_000;

/**
 * What lies in a folder: folders first, then files, by name; hidden ones left out. "" is the home folder.
 * @throws FlowcaseError FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function listFolder(asked: string): Promise<FileList> {
  const path = asked === '' ? homedir() : resolve(homedir(), asked);
  const names = await readdir(path).catch((error: unknown) => {
    throw refused(path, error);
  });
  const shown = names.filter((name) => !name.startsWith('.')).slice(0, MOST);
  const found = await Promise.all(shown.map((name) => describe(path, name)));
  const entries = found.filter((entry) => entry !== null).sort(byTypeAndName);
  const parent = dirname(path);
  return { path, parent: parent === path ? null : parent, separator: sep, entries };
}

async function describe(folder: string, name: string): Promise<Entry | null> {
  const path = join(folder, name);
  try {
    const found = await stat(path);
    if (!found.isDirectory() && !found.isFile()) return null;
    const type = found.isDirectory() ? 'folder' : 'file';
    return { name, path, type, bytes: type === 'file' ? found.size : 0, modified: Math.round(found.mtimeMs * 1000) };
  } catch {
    // a dangling link, or gone meanwhile
    return null;
  }
}

const collator = new Intl.Collator('en', { numeric: true });

function byTypeAndName(a: Entry, b: Entry): number {
  if (a.type !== b.type) return a.type === 'folder' ? -1 : 1;
  return collator.compare(a.name, b.name);
}

function refused(path: string, error: unknown): FlowcaseError {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return new FlowcaseError('FILE_NOT_FOUND', `There is no folder ${path}.`, { path });
  if (code === 'ENOTDIR') return new FlowcaseError('FILE_UNREADABLE', `${path} is a file, not a folder.`, { path });
  return new FlowcaseError('FILE_UNREADABLE', `The folder ${path} cannot be read: you may not have the right to.`, { path });
}
