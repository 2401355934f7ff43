import { basename, dirname } from 'node:path';
import { addedTo, stemBefore } from '../../original/rotated-names.ts';
import { isYoungEnough, placeOf } from './chain.ts';
import { heldBy } from './content.ts';
import {
  bornTogether,
  looksOf,
  sameFile,
  shapeOf,
  siblingsOf,
  sight,
  strangersOf,
  type Habits,
  type Identity,
  type Sighting,
} from './family.ts';
import { isKnown } from './known.ts';
import { isTelling, START } from './mark.ts';
import { endBefore, type Missing } from './missing.ts';
import type { FileState } from './position.ts';
import { FileReading } from './reading.ts';
import type { Surroundings } from './surroundings.ts';

/** So far (ns) the time of a file system may be behind. */
const CLOCK_TICK = 20_000_000n;

/** Files of one path in the order in which they are read: those that stood there before, and the one that stands there. */
export type Queue = readonly (FileReading | Missing)[];

/** What rotation leaves beside a path that is followed. All of it looks, and nothing is changed. */
export class Beside {
  readonly #home: string;
  readonly #around: Surroundings;
  readonly #habits: { readonly folders: Set<string>; readonly shapes: Set<string> } & Habits;
  /** The latest file that was read to its end. */
  last: FileState | null = null;
  /** What is older, or as old, was left by rotation before this path was followed. */
  #since: bigint | null = null;
  /** How it looked here when there was no copy of what is being read. */
  #clear = '';

  constructor(home: string, around: Surroundings) {
    this.#home = home;
    this.#around = around;
    this.#habits = { folders: new Set(around.folders), shapes: new Set() };
  }

  /**
   * Nobody has read anything of it yet: what rotation left since the watch began is of what is followed. `history`: the watch begins now, and everything that
   * is here is not.
   */
  async begin(history: boolean): Promise<void> {
    if (this.#since !== null) return;
    const before = history ? (await this.siblings()).reduce((latest, { modified }) => (modified > latest ? modified : latest), -1n) : -1n;
    // that of the file system may go a little behind
    this.#since = history ? before : this.#around.since - CLOCK_TICK;
  }

  /** The oldest first. @throws Moved */
  siblings(): Promise<Sighting[]> {
    return siblingsOf(this.#home, this.#habits);
  }

  /** Of those, what no other path reads. */
  async #own(): Promise<Sighting[]> {
    const others = this.#around.readings().filter(({ home }) => home !== this.#home);
    return (await this.siblings()).filter((file) => !others.some(({ identity }) => sameFile(identity, file)));
  }

  /** Files that stood at the path and left it unseen, before the file at this place of the queue; the oldest first. @throws Moved where names shift */
  async missedBefore(queue: Queue, place: number): Promise<Sighting[]> {
    const [before, next] = [queue.slice(0, place).at(-1), queue[place]];
    if (before instanceof FileReading && before.gone !== null) await this.#learnFrom(before.identity, sameFile);
    const all = await this.siblings();
    const at = await this.#anchor(queue, place, all);
    const first = !(before instanceof FileReading) && this.last === null;
    const since = before instanceof FileReading ? before.modified : this.last === null ? (this.#since ?? 0n) : BigInt(this.last.modified);
    const end = next instanceof FileReading ? await endBefore(next, all, at + 1) : -1;
    const earlier = end < 0 ? all : all.slice(0, end);
    const later = at >= 0 ? earlier.slice(at + 1) : earlier.filter(({ modified }) => modified > since);
    const missed: Sighting[] = [];
    for (const file of later) {
      const empty = file.size === 0 && file !== later.at(-1);
      // of one that has just appeared the name alone says that it is a generation
      if (empty || (first && this.#isAnother(file.path))) continue;
      if ((await isKnown(file, this.#home, this.#around)) === 'no') missed.push(file);
    }
    return missed;
  }

  /** The file that holds what was read of one that is missing. @throws Moved where nobody can tell */
  async find(queue: Queue, place: number, missing: Missing): Promise<Sighting | null> {
    if (missing.reading === null && !isTelling(missing.seen)) await this.#learnFrom(missing.state, bornTogether);
    const files = await this.#own();
    // what was emptied is elsewhere
    const paths = missing.reading === null ? [missing.state.path, this.#home] : [];
    const others = [...new Set(paths)].filter((path) => !files.some((file) => file.path === path));
    for (const path of [...files.map((file) => file.path), ...others]) missing.looked.add(path);
    const there = await Promise.all(others.map((path) => sight(path).catch(() => null)));
    return missing.find(this.#chain(queue, place), [...files, ...there.filter((file) => file !== null)]);
  }

  /**
   * The same, where what is named and placed as usual does not hold it: by its content alone. Where it was found, and how it is called, counts as usual from
   * then on.
   */
  async findElsewhere(queue: Queue, place: number, missing: Missing): Promise<Sighting | null> {
    const found: Sighting[] = [];
    for (const file of await strangersOf(this.#home, this.#habits)) {
      if (!isYoungEnough(file, missing.state) || this.#isOthers(file)) continue;
      missing.looked.add(file.path);
      if ((await missing.find(this.#chain(queue, place), [file])) !== null) found.push(file);
      if (found.length > 0 && isTelling(missing.seen)) break;
    }
    // of several nobody knows which one it is: they begin alike
    if (found.length !== 1) return null;
    this.learn(found[0].path);
    return found[0];
  }

  /** Whether what is called like a generation of this path is a log of its own, or a generation of one that is closer in name. */
  #isAnother(path: string): boolean {
    if (this.#around.isFollowed(path)) return true;
    const [own, name] = [stemBefore(basename(this.#home)), basename(path)];
    for (const home of this.#around.homes()) {
      const other = basename(home);
      if (other.length > own.length && stemBefore(other).length > own.length && addedTo(other, name) !== null) return true;
    }
    return false;
  }

  #isOthers(file: Sighting): boolean {
    const readings = this.#around.readings().filter(({ home }) => home !== this.#home);
    return readings.some(({ identity }) => sameFile(identity, file)) || this.#around.states().some(({ home }) => home === file.path);
  }

  /** What was renamed in a way that is not usual shows the habit. */
  async #learnFrom(identity: Identity, isIt: (a: Identity, b: Identity) => boolean): Promise<void> {
    if ((await this.siblings()).some((file) => isIt(identity, file))) return;
    const renamed = (await strangersOf(this.#home, this.#habits)).find((file) => isIt(identity, file));
    if (renamed !== undefined) this.learn(renamed.path);
  }

  /** A file of this log was found there. */
  learn(path: string): void {
    if (path === this.#home) return;
    const [folder, name] = [dirname(path), basename(path)];
    if (folder !== dirname(this.#home)) this.#habits.folders.add(folder);
    if (addedTo(basename(this.#home), name) === null && name !== basename(this.#home)) this.#habits.shapes.add(shapeOf(name));
  }

  /** Whether a copy tells that this file was emptied, and begins again with what was read of it. @throws Moved */
  async tellsEmptied(queue: Queue, reading: FileReading): Promise<boolean> {
    const all = await this.#own();
    const itself = all.findIndex((file) => sameFile(file, reading.identity));
    // packed by now: it is read to its end under no name
    if (itself < 0 && reading.gone !== null) return false;
    const files = itself < 0 ? all : all.slice(0, itself);
    const looks = looksOf(files);
    if (looks === this.#clear) return false;
    const at = await placeOf([...this.#chain(queue, queue.indexOf(reading)), reading.state(reading.seen, false)], files);
    const newest = files.at(-1);
    // a copy that is being made, and the log is not emptied yet
    const copying = newest !== undefined && (await reading.beginsWith(newest));
    if (at >= 0) return !copying || at < files.length - 1;
    if (!copying) this.#clear = looks;
    return false;
  }

  /** Which of these files was read last before what stands at this place of the queue; -1: none of them. @throws Moved */
  async #anchor(queue: Queue, place: number, files: readonly Sighting[]): Promise<number> {
    const before = queue.slice(0, place).at(-1);
    const { last } = this;
    const itself = files.findIndex((file) =>
      before instanceof FileReading ? sameFile(file, before.identity) : last?.mark.byte === 0 && bornTogether(file, last),
    );
    // it may have been emptied, and hold another generation by now
    const seen = before instanceof FileReading ? before.seen : START;
    if (itself >= 0 && (seen.byte === 0 || (await heldBy(files[itself], seen)) !== 'no')) return itself;
    if (before instanceof FileReading && seen.byte === 0) {
      // packed before anything was read of it, perhaps
      for (const [at, file] of files.entries()) if (await before.isSame(file)) return at;
    }
    return placeOf(this.#chain(queue, place), files);
  }

  /** What was read of this log before what stands at this place of the queue, the oldest first. */
  #chain(queue: Queue, place: number): FileState[] {
    const open = queue.slice(0, place).map((item) => (item instanceof FileReading ? item.state(item.seen, false) : item.state));
    return [...this.#around.done(this.#home), ...open].filter(({ mark }) => mark.byte > 0);
  }
}
