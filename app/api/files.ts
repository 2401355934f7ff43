import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { RequestError } from './problems.ts';

const noFile = 'There is no such file in the folders that this server may read (--files).';
/** What one finds later could be a link to anywhere. */
const isPattern = /[*?[\]{}]/;
const noPatterns = `${noFile} This is a pattern: over the API each file is named by itself. Begin to watch a pattern in the window, or with “flowcase watch CASE 'FOLDER/*.log'” before the server is started, which goes on with it.`;

/** Folders of the machine that a server may read files from, because whoever started it said so. */
export class FileRoots {
  readonly #roots: readonly string[];

  /** @param folders absolute paths of folders that are there */
  constructor(folders: readonly string[]) {
    this.#roots = folders.map((folder) => realpathSync(folder));
  }

  /**
   * The file or folder that a request names: relative names lie in the first folder. Links are followed before they are judged.
   * @throws RequestError FORBIDDEN for what lies outside, and for what is not there: whether it is there is nobody's business
   */
  path(name: string): string {
    const [first] = this.#roots;
    if (first === undefined)
      throw new RequestError(
        'FORBIDDEN',
        'This server reads no files of its machine. Start it with --files FOLDER to let it read those of one folder.',
      );
    const asked = name.includes('\0') ? null : real(resolve(first, name));
    if (asked === null || !this.#roots.some((root) => isWithin(root, asked)))
      throw new RequestError('FORBIDDEN', isPattern.test(name) ? noPatterns : noFile);
    return asked;
  }
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
