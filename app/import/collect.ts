import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refusal } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { fileError } from '../original/file-error.ts';
import type { Member } from '../original/packed/member.ts';

/** A file to import. `folder` is the folder through which it was found, null where it was named itself. */
export interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly folder: string | null;
}

export interface Collected {
  readonly files: Found[];
  readonly refused: Refusal[];
  /** Hidden files and folders that were passed over. */
  readonly hidden: number;
}

/**
 * The files behind paths: a file itself, or a folder's files, with its subfolders, in the order of their names; where
 * there is no such file, a path with `*`, `?`, `[a-z]` or `**` in it stands for all that fit. Hidden files and folders within a folder are left out; a link is followed, but no folder is entered and no file taken twice. Devices and pipes are refused unopened.
 */
export async function collectFiles(paths: readonly string[], stopped: () => boolean): Promise<Collected> {
  const files: Found[] = [];
  const refused: Refusal[] = [];
  const seen = new Set<string>();
  let hidden = 0;

  async function visit(path: string, folder: string | null): Promise<void> {
    if (stopped()) throw new FlowcaseError('CANCELLED', 'The import was cancelled.');
    try {
      const real = await realpath(path);
      if (seen.has(real)) return;
      seen.add(real);
      const found = await stat(path);
      if (found.isDirectory()) {
        const { names, unnamed, ...others } = await visibleNames(path);
        hidden += others.hidden;
        for (const name of names) await visit(join(path, name), folder ?? path);
        for (const name of unnamed) refused.push(notUtf8(join(path, name)));
      } else if (found.isFile()) files.push({ path, bytes: found.size, folder });
      else refused.push(notAFile(path, found));
    } catch (error) {
      const { code, message } = fileError(error, path);
      const nothingFits = folder === null && code === 'FILE_NOT_FOUND' && isPattern(path);
      refused.push({ path, code, message: nothingFits ? `Nothing fits the pattern ${path}. Check its folder and its ending.` : message });
    }
  }

  for (const path of await spread(paths)) {
    const before = files.length + refused.length;
    const [known, hiddenBefore] = [seen.size, hidden];
    await visit(path, null);
    if (files.length + refused.length === before && seen.size > known) {
      const only = hidden === hiddenBefore ? '' : ` but hidden ones (${hidden - hiddenBefore})`;
      refused.push({ path, code: 'FILE_NOT_FOUND', message: `The folder ${path} holds no files${only}. Choose one with logs in it.` });
    }
  }
  return { files, refused, hidden };
}

/** Patterns as the files that fit them, in the order of their names; a pattern that nothing fits stays, to be refused by its name. */
async function spread(paths: readonly string[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const path of paths) {
    const fitting = isPattern(path) && (await stat(path).catch(() => null)) === null ? await fittingPaths(path) : [];
    all.push(...(fitting.length === 0 ? [path] : fitting.sort()));
  }
  return all;
}

const isPattern = (path: string): boolean => /[*?[]/.test(path);

async function fittingPaths(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) paths.push(path);
  return paths;
}

/** "conn.log in logs.zip", or the path; "conn.log (2nd of this name) in logs.tar" where there are several. */
export function nameOf({ path, member }: { readonly path: string; readonly member: Pick<Member, 'name' | 'nth'> | null }): string {
  if (member === null) return path;
  return member.nth === 1 ? `${member.name} in ${path}` : `${member.name} (${ordinal(member.nth)} of this name) in ${path}`;
}

function ordinal(number: number): string {
  const teen = Math.floor(number / 10) % 10 === 1;
  return `${number}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

/** Names in a folder, in their order. `unnamed`: those that are no UTF-8, their odd bytes written as `\\xHH`; `hidden`: how many are. */
async function visibleNames(folder: string): Promise<{ readonly names: string[]; readonly unnamed: string[]; readonly hidden: number }> {
  const entries = await readdir(folder, { encoding: 'buffer' });
  const all = entries.filter((name) => name[0] !== DOT);
  const names = all.filter((name) => isUtf8(name)).map((name) => name.toString());
  const odd = all.filter((name) => !isUtf8(name)).map((name) => name.toString('latin1').replace(/[^\x20-\x7e]/g, escaped));
  const inOrder = (list: string[]): string[] => list.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { names: inOrder(names), unnamed: inOrder(odd), hidden: entries.length - all.length };
}

const DOT = 46;
const escaped = (letter: string): string => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A case names its originals, and a name that is no text could not be found again. */
function notUtf8(path: string): Refusal {
  const message = `${path} has a name that is no UTF-8, which a case cannot keep: the original could never be found again. Copy it under another name and import that.`;
  return { path, code: 'FILE_UNREADABLE', message };
}

/** Why what is no file, and no folder, is not read: reading it would wait, or take what is there for others. */
export function notAFile(path: string, found: Stats): Refusal {
  const what = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
  return { path, code: 'FILE_UNREADABLE', message: `${path} is ${what}, not a file. Write what it gives into a file and import that.` };
}
