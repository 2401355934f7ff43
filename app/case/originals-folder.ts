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

/** The files of a folder, in the order of their names, and its folders; links are followed. What cannot be looked at is passed over, as pipes and devices are. */
async function look(folder: string, tick: () => void): Promise<{ readonly files: FolderFile[]; readonly folders: string[] }> {
  const files: FolderFile[] = [];
  const folders: string[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    tick();
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() === true) files.push({ path, name, bytes: found.size, modified: Math.floor(found.mtimeMs * 1000) });
    else if (found?.isDirectory() === true) folders.push(path);
  }
  return { files, folders };
}

export async function filesIn(folder: string, tick: () => void = () => undefined): Promise<readonly FolderFile[]> {
  return (await look(folder, tick)).files;
}

/** Every file below a folder; none is entered twice, wherever links lead. `tick` is called for each file, and throws where the work should stop. */
export async function filesBelow(folder: string, tick: () => void): Promise<readonly FolderFile[]> {
  const all: FolderFile[] = [];
  const seen = new Set<string>();
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const real = await realpath(next).catch(() => null);
    if (real === null || seen.has(real)) continue;
    seen.add(real);
    const { files, folders } = await look(next, tick);
    all.push(...files);
    waiting.push(...folders.reverse());
  }
  return all;
}
