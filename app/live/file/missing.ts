import { holdsMark } from './content.ts';
import { sameFile, type Sighting } from './family.ts';
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

  /** The first of these that holds what was read, the one that it was itself before others; null: none. */
  async find(candidates: readonly Sighting[]): Promise<Sighting | null> {
    const itself = candidates.filter((file) => this.reading === null && sameFile(file, this.state));
    for (const file of [...itself, ...candidates]) {
      const look = `${file.path} ${file.inode} ${file.size} ${file.modified}`;
      if (this.#others.has(look)) continue;
      if (await holdsMark(file.path, this.seen).catch(() => false)) return file;
      this.#others.add(look);
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
