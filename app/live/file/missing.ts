import { holdsMark } from './content.ts';
import { Moved, sameFile, type Sighting } from './family.ts';
import type { Mark } from './mark.ts';
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
  /** Files that do not hold it, as they were then. */
  readonly #others = new Set<string>();

  constructor(state: FileState, seen: Mark, since: number, reading: FileReading | null) {
    this.state = state;
    this.seen = seen;
    this.since = since;
    this.reading = reading;
  }

  /** The first of these that holds what was read, the one that it was itself before others; null: none. @throws Moved where nobody can tell */
  async find(candidates: readonly Sighting[]): Promise<Sighting | null> {
    const itself = candidates.filter((file) => this.reading === null && sameFile(file, this.state));
    for (const file of [...itself, ...candidates]) {
      const look = `${file.path} ${file.inode} ${file.size} ${file.modified}`;
      if (this.#others.has(look)) continue;
      const holds = await holdsMark(file, this.seen).catch((error: unknown) => {
        if (error instanceof Moved) throw error;
        return null;
      });
      if (holds === true) return file;
      // what could not be read this time may be the one all the same
      if (holds === false) this.#others.add(look);
    }
    return null;
  }

  /** What a person is told where it is not found. */
  get lost(): string {
    const { home, mark } = this.state;
    const place = `byte ${this.seen.byte}`;
    if (this.reading === null) {
      return `${home} is not the file any more that was read up to ${place} (${mark.line} lines), and no file beside it holds what was read. Lines that were written to it after that are missing. ${home} is read from its beginning.`;
    }
    const unread =
      this.reading.unread > 0 ? `${this.reading.unread} bytes that were not read yet are` : 'Lines that were written right before that are';
    return `${home} was emptied or replaced when it was read up to ${place}, and no copy of what it held is beside it: ${unread} missing. It is read from its beginning.`;
  }
}

/** Which of these files is this one, which is being read or was; -1: none. @throws Moved */
export async function placeOf(state: FileState, files: readonly Sighting[], reading: FileReading | null): Promise<number> {
  const itself = files.findIndex((file) => sameFile(file, state));
  const places = files.map((_, place) => place).reverse();
  if (state.mark.byte === 0) {
    // packed before anything was read of it, perhaps
    if (itself < 0 && reading !== null) for (const place of places) if (await reading.isAlso(files[place])) return place;
    return itself;
  }
  for (const place of itself < 0 ? places : [itself, ...places]) if (await holdsMark(files[place], state.mark)) return place;
  return -1;
}

/** Where this file, of which nothing was read yet, stands among those that rotation left; -1: not among them. @throws Moved */
export async function endBefore(next: FileReading, files: readonly Sighting[]): Promise<number> {
  const itself = files.findIndex((file) => sameFile(file, next.identity));
  if (itself >= 0 || !(await next.deleted())) return itself;
  // packed by now
  for (const [place, file] of files.entries()) if (await next.isAlso(file)) return place;
  return -1;
}
