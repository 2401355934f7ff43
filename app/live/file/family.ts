import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { addedTo, packedEnd, stemBefore } from '../../original/rotated-names.ts';

/** What a file is to the system: the same under every name. */
export interface Identity {
  readonly device: string;
  readonly inode: string;
  /** Time of birth, nanoseconds since 1970, where the file system has it: a number is given again to a new file once the old one is deleted. */
  readonly birth?: string | undefined;
}

/** A file as it was met. */
export interface Sighting extends Identity {
  readonly path: string;
  readonly size: number;
  /** Time of last change, nanoseconds since 1970. */
  readonly modified: bigint;
}

/** A file is not any more what was seen under its name: names shift while they are looked at, and all of them have to be looked at again. */
export class Moved extends Error {
  constructor(path: string) {
    super(`${path} is another file by now`);
  }
}

/** So often is looked again, at once, while names shift. */
const LOOKS = 50;

/** What is being written, packed or fetched under another name. */
const unfinishedEnd = /\.(?:part|partial|tmp|temp|swp|lock)$/i;
/** A change of a file or folder this long ago (ms) has a time stamp of its own, however coarse the file system's clock is. */
export const CLOCK_STEP = 2000;
const MOST_LISTINGS = 64;
/** Begins with a year or with seconds since 1970: the order of names is that of time. */
const sortable = /^[._-]?(?:(?:19|20)\d\d|\d{10})/;
/** So many folders within that of a log, and files beside it, are looked at for what is found nowhere else. */
const MOST_FOLDERS = 64;
const MOST_STRANGERS = 1000;

/** Where rotation puts the files of a log, and how it calls them, beyond what is usual. */
export interface Habits {
  readonly folders: ReadonlySet<string>;
  /** See `shapeOf`. */
  readonly shapes: ReadonlySet<string>;
}

/** Nothing speaks against that they are one: but where nothing is known of a birth, a deleted file's number may have been given again. */
export function sameFile(a: Identity, b: Identity): boolean {
  return a.inode === b.inode && a.device === b.device && (a.birth === undefined || b.birth === undefined || a.birth === b.birth);
}

/** They are certainly one. */
export function bornTogether(a: Identity, b: Identity): boolean {
  return a.birth !== undefined && a.birth === b.birth && sameFile(a, b);
}

/** Devices whose file systems have shown that they know when files were born. */
const knowBirths = new Set<string>();

/** Of which file these are the properties. */
export function identityOf({ dev, ino, birthtimeNs, ctimeNs }: BigIntStats): Identity {
  const device = String(dev);
  // where there is none, 0 is said, or the time when the file's properties changed last
  if (birthtimeNs !== ctimeNs) knowBirths.add(device);
  const birth = birthtimeNs > 0n && knowBirths.has(device) ? String(birthtimeNs) : undefined;
  return { device, inode: String(ino), birth };
}

/** The file at a path, links followed; null where there is none, or a folder or a pipe. @throws the system's errors, but for a path that is not there */
export async function sight(path: string): Promise<Sighting | null> {
  try {
    const found = await stat(path, { bigint: true });
    if (!found.isFile()) return null;
    return { path, ...identityOf(found), size: Number(found.size), modified: found.mtimeNs };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** A name with all its numbers alike: of two files that one rotation named at different times, the same. */
export function shapeOf(name: string): string {
  return name.replace(packedEnd, '').replaceAll(/\d+/g, '0');
}

/**
 * The files that a rotation of `home` left beside it, or where and how it does as a habit; the oldest first. One that is being packed stands there twice: only as what it
 * was before. A rotation renames one file after the other, and a look in its midst may meet a file under two names or under none: it is looked until
 * the same was seen twice.
 * @throws Moved where that does not come to an end
 */
export async function siblingsOf(home: string, habits: Habits): Promise<Sighting[]> {
  let before: string | null = null;
  for (let looks = 0; looks < LOOKS; looks++) {
    const files = await lookForSiblings(home, habits);
    const seen = namesOf(files);
    if (seen === before) return files;
    before = seen;
  }
  throw new Moved(home);
}

/** Which file has which of these names: the same while nothing shifts, and no file comes or goes. */
export function namesOf(files: readonly Sighting[]): string {
  return JSON.stringify(files.map(({ path, device, inode }) => [path, device, inode]));
}

/** Which file has which of these names, and how it is. */
export function looksOf(files: readonly Sighting[]): string {
  return JSON.stringify(files.map(({ path, device, inode, size, modified }) => [path, device, inode, size, String(modified)]));
}

async function lookForSiblings(home: string, habits: Habits): Promise<Sighting[]> {
  const base = basename(home);
  const found: { readonly file: Sighting; readonly added: string }[] = [];
  for (const folder of await foldersOf(home, habits)) {
    const { names } = await list(folder);
    for (const name of names) {
      const part = rotatedName(base, name, habits);
      if (part === null || (packedEnd.test(name) && name.replace(packedEnd, '') !== base && names.has(name.replace(packedEnd, ''))))
        continue;
      const file = await sight(join(folder, name)).catch(() => null);
      if (file !== null) found.push({ file, added: part });
    }
  }
  return found.sort((a, b) => byAge(a, b)).map(({ file }) => file);
}

interface Listing {
  readonly names: ReadonlySet<string>;
  /** Paths of the folders in it: not all, where there are many. */
  readonly folders: readonly string[];
}

/** What folders held that had not changed for a while: every path in a folder asks for its names. */
const listings = new Map<string, Listing & { readonly changed: bigint }>();

/** What is in a folder; nothing where it cannot be read. */
async function list(folder: string): Promise<Listing> {
  const before = await stat(folder, { bigint: true }).catch(() => null);
  const known = listings.get(folder);
  if (known !== undefined && known.changed === before?.mtimeNs) return known;
  const asked = Date.now();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).slice(0, MOST_FOLDERS);
  const listing = { names: new Set(entries.map(({ name }) => name)), folders: folders.map(({ name }) => join(folder, name)) };
  listings.delete(folder);
  // a change that came right behind another one may have the same time stamp
  if (before !== null && asked - Number(before.mtimeNs / 1_000_000n) > CLOCK_STEP) {
    if (listings.size === MOST_LISTINGS) listings.clear();
    listings.set(folder, { ...listing, changed: before.mtimeNs });
  }
  return listing;
}

/** Where rotation puts the files of a log: beside it, and in folders there that hold no such log themselves (logrotate's olddir); and where it was seen to. */
async function foldersOf(home: string, habits: Habits): Promise<Set<string>> {
  const own = dirname(home);
  const folders = new Set([own, ...habits.folders]);
  for (const folder of (await list(own)).folders) if (!(await list(folder)).names.has(basename(home))) folders.add(folder);
  return folders;
}

/** Whether a rotation calls a file so: what it added to the name of the log. */
function rotatedName(base: string, name: string, { shapes }: Habits): string | null {
  return (
    (name.startsWith(stemBefore(base)) ? addedTo(base, name) : null) ??
    (name !== base && shapes.size > 0 && shapes.has(shapeOf(name)) ? name : null)
  );
}

/**
 * Files that begin like the log in name, beside it and in the folders there, but are not named as rotation names its files: what was lost may be in one of
 * them all the same. The newest first.
 */
export async function strangersOf(home: string, habits: Habits): Promise<Sighting[]> {
  const base = basename(home);
  const found: Sighting[] = [];
  for (const folder of await foldersOf(home, habits)) {
    for (const name of (await list(folder)).names) {
      const path = join(folder, name);
      if (
        path === home ||
        unfinishedEnd.test(name) ||
        !name.startsWith(stemBefore(base)) ||
        rotatedName(base, name, habits) !== null ||
        found.length === MOST_STRANGERS
      )
        continue;
      const file = await sight(path).catch(() => null);
      if (file !== null && file.size > 0) found.push(file);
    }
  }
  return found.sort((a, b) => (a.modified === b.modified ? 0 : a.modified > b.modified ? -1 : 1));
}

/** Before 0: `a` is older. */
function byAge(a: { readonly file: Sighting; readonly added: string }, b: { readonly file: Sighting; readonly added: string }): number {
  const [first, second] = [numberOf(a.added), numberOf(b.added)];
  if (first !== null && second !== null && first !== second) return second - first;
  if (
    first === null &&
    second === null &&
    a.added.length === b.added.length &&
    a.added !== b.added &&
    sortable.test(a.added) &&
    sortable.test(b.added)
  )
    return a.added < b.added ? -1 : 1;
  if (a.file.modified !== b.file.modified) return a.file.modified < b.file.modified ? -1 : 1;
  return a.file.path < b.file.path ? -1 : 1;
}

/** `.3`: the third last. */
function numberOf(part: string): number | null {
  const digits = /^[._-]?(\d{1,5})$/.exec(part)?.[1];
  return digits === undefined ? null : Number(digits);
}
