import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that may be an original. */
export interface FolderFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Time of last change, microseconds since 1970. */
  readonly modified: number;
}

/** Called for each file that is looked at; throws where the work should stop. */
type Tick = () => void;

/** The file at a path, whose links are followed; null where there is none, or a folder, a pipe, a device, or what may not be looked at. */
async function fileAt(folder: string, name: string): Promise<FolderFile | 'folder' | null> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return 'folder';
  return found?.isFile() === true ? { path, name, bytes: found.size, modified: Math.floor(found.mtimeMs * 1000) } : null;
}

/** So many folders within one are looked into. */
const MOST_FOLDERS = 64;

/** The files of a folder, and of the folders in it, whose names begin so; in the order of their names, those of the folder itself first. */
export async function filesBeside(folder: string, beginning: string, tick: Tick = () => undefined): Promise<readonly FolderFile[]> {
  const within = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = within.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const files: FolderFile[] = [];
  for (const next of [folder, ...folders.sort().slice(0, MOST_FOLDERS)]) {
    const names = next === folder ? within.map(({ name }) => name) : await readdir(next).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(beginning)).sort()) {
      tick();
      const file = await fileAt(next, name);
      if (file !== null && file !== 'folder') files.push(file);
    }
  }
  return files;
}

/** Every file below a folder, in the order of names; links are followed, and no folder is entered twice, wherever they lead. */
export async function filesBelow(folder: string, tick: Tick): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = [];
  const seen = new Set<string>();
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const real = await realpath(next).catch(() => null);
    if (real === null || seen.has(real)) continue;
    seen.add(real);
    const folders: string[] = [];
    for (const name of (await readdir(next).catch(() => [])).sort()) {
      tick();
      const file = await fileAt(next, name);
      if (file === 'folder') folders.push(join(next, name));
      else if (file !== null) files.push(file);
    }
    waiting.push(...folders.reverse());
  }
  return files;
}
