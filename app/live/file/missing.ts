import { basename, dirname } from 'node:path';
import { placeOf } from './chain.ts';
import { beginsWith, heldBy } from './content.ts';
import { Moved, sameFile, type Sighting } from './family.ts';
import { isTelling, type Mark } from './mark.ts';
import type { FileState } from './position.ts';
import type { FileReading } from './reading.ts';

/** A file that was read up to a place and has to be found again: after a restart, or because what it held was copied away and the file emptied. */
export class Missing {
  /** What was handed over of it. */
  readonly state: FileState;
  /** What it has to hold. */
  readonly seen: Mark;
  /** Since when it is looked for. */
  readonly since: number;
  /** How it was read until it was emptied; null after a restart. */
  readonly reading: FileReading | null;
  /** Where it was looked for. */
  readonly looked = new Set<string>();
  /** Files that do not hold it, as they were then. */
  readonly #others = new Set<string>();

  constructor(state: FileState, seen: Mark, since: number, reading: FileReading | null) {
    this.state = state;
    this.seen = seen;
    this.since = since;
    this.reading = reading;
  }

  /**
   * The one of these files that holds what was read; null: none.
   * @param chain what was read of the same log before
   * @param files what rotation left of it, the oldest first; the log itself last, where it may be the one
   * @throws Moved where nobody can tell
   */
  async find(chain: readonly FileState[], files: readonly Sighting[]): Promise<Sighting | null> {
    if (isTelling(this.seen)) return this.#findTelling([...files].reverse());
    const place = await placeOf([...chain, { ...this.state, mark: this.seen }], files);
    if (place < 0) return null;
    const itself = files[files.length - 1];
    // a copy that is being made, and the log is not emptied yet
    const copying = this.reading === null && place === files.length - 2 && itself.path === this.state.home;
    return copying && sameFile(itself, this.state) && (await beginsWith(itself, files[place])) ? itself : files[place];
  }

  /** The one that it was itself before others. */
  async #findTelling(files: readonly Sighting[]): Promise<Sighting | null> {
    const itself = files.filter((file) => this.reading === null && sameFile(file, this.state));
    for (const file of [...itself, ...files]) {
      const look = `${file.path} ${file.inode} ${file.size} ${file.modified}`;
      if (this.#others.has(look)) continue;
      const held = await heldBy(file, this.seen).catch((error: unknown) => {
        if (error instanceof Moved) throw error;
        return null;
      });
      if (held === 'ends' || held === 'longer') return file;
      // what could not be read this time may be the one all the same
      if (held === 'no') this.#others.add(look);
    }
    return null;
  }

  /** What a person is told where it is not found. */
  get lost(): string {
    const { home, mark } = this.state;
    const place = `byte ${this.seen.byte}`;
    if (this.reading === null) {
      return `${home} is not the file any more that was read up to ${place} (${mark.line} lines), and no file holds what was read. Lines that were written to it after that are missing. ${this.#whereAndWhat} ${home} is read from its beginning.`;
    }
    const unread =
      this.reading.unread > 0 ? `${this.reading.unread} bytes that were not read yet are` : 'Lines that were written right before that are';
    return `${home} was emptied or replaced when it was read up to ${place}, and there is no copy of what it held: ${unread} missing. ${this.#whereAndWhat} It is read from its beginning.`;
  }

  /** Which files were looked at, and what can be done. */
  get #whereAndWhat(): string {
    const { home } = this.state;
    const others = [...this.looked].filter((path) => path !== home);
    const named = others.slice(0, 3).map((path) => (dirname(path) === dirname(home) ? basename(path) : path));
    const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
    const looked = others.length === 0 ? 'there is no other file whose name begins like it' : `it is none of ${named.join(', ')}${more}`;
    return `In ${dirname(home)} and the folders there, ${looked}. If rotation moves old files elsewhere (logrotate's olddir), name that folder when it is watched again (--old-files), and import the file that has the missing lines.`;
  }
}

/** Where this file, of which nothing was read yet, stands among those that rotation left from this place on; -1: not among them. @throws Moved */
export async function endBefore(next: FileReading, files: readonly Sighting[], from: number): Promise<number> {
  const itself = files.findIndex((file) => sameFile(file, next.identity));
  if (itself >= 0 || !(await next.deleted())) return itself;
  // packed by now
  for (let place = from; place < files.length; place++) if (await next.isSame(files[place])) return place;
  return -1;
}
