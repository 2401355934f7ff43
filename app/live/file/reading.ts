import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { HEAD_BYTES } from '../../formats/registry.ts';
import type { Stretch } from '../types.ts';
import { beginningOf, BLOCK, bytesAt, hasMark, heldBy, openSighted, packing, unpack } from './content.ts';
import { CLOCK_STEP, identityOf, Moved, sameFile, type Identity, type Sighting } from './family.ts';
import { LineCutter, type Cut } from './line-cutter.ts';
import { isTelling, MARKED, Marker, printOf, type Mark } from './mark.ts';
import type { FileState } from './position.ts';

/** Takes lines of a file, in order; the reading's `mark` is the place before them. `ends`: nothing more comes, and the last of them may have no end. */
export type Give = (reading: FileReading, cut: Cut, ends: boolean) => Promise<void>;

/** What one step of reading came to. `shrunk`: the file does not hold any more what was read of it. `unsure`: what stood here before it is not known. */
export type Step = 'more' | 'idle' | 'shrunk' | 'unsure';

/** A file to be read: whose stretch, found where, from which place. */
export type FileStart = Pick<FileState, 'id' | 'home' | 'mark' | 'begun'>;

/** Reads one file from a place to its end, and on while it grows. It holds the file open: a new name, or none, does not matter. */
export class FileReading {
  /** Of its stretch. */
  id: number;
  readonly home: string;
  /** Where it was found. */
  readonly path: string;
  identity: Identity;
  readonly packed: boolean;
  /** What was handed over. */
  mark: Mark;
  /** Evidence has begun with it. */
  begun: boolean;
  /** As it was last seen. */
  modified: bigint;
  /** When it was last seen to change. */
  grown: number;
  /** Since when it is not at home any more. */
  gone: number | null = null;
  /** It is a copy, or was left by a rotation before the last: nobody writes to it any more. */
  settled = false;
  /** Bytes that were there and not read yet as it was last whole. */
  unread = 0;
  /** The evidence that has what comes before the place from which it is read, where another source gave it. */
  continues: number | null = null;
  /** What was wrong with a packed file, once it was read. */
  damage: string | null = null;
  readonly #file: FileHandle;
  readonly #cutter: LineCutter;
  #size: number;
  /** At this time of its last change it was seen to hold what was read of it. */
  #verified: bigint | null = null;
  /** Of a packed file its first bytes: they cannot be read again. */
  #head: Uint8Array = new Uint8Array(0);
  /** It was unpacked once, and broke off. */
  #brokeOff = false;
  /** What stood at its path before has to be known before anything is read of it: before a content that begins like this all of it is. */
  #needsPlace = false;
  #place: Place | null = null;
  /** Files that were taken for copies of it, in the making, while nothing was read of it. */
  readonly #copies = new Map<string, Sighting>();

  private constructor(start: FileStart, sighting: Sighting, opened: Opened, now: number) {
    this.id = start.id;
    this.home = start.home;
    this.mark = start.mark;
    this.begun = start.begun;
    this.path = sighting.path;
    this.identity = { device: sighting.device, inode: sighting.inode, birth: sighting.birth };
    this.packed = opened.packed;
    this.modified = sighting.modified;
    this.grown = now;
    this.#size = sighting.size;
    this.#file = opened.file;
    this.#cutter = new LineCutter(start.mark.byte, start.mark.line, opened.marker);
  }

  /** Opens what was seen; null where it does not hold the mark. @throws Moved where another file is there by now; the system's errors */
  static async open(start: FileStart, sighting: Sighting, now: number): Promise<FileReading | null> {
    const opened = await openAt(sighting, start.mark, sighting.path === start.home);
    return opened === null ? null : new FileReading(start, sighting, opened, now);
  }

  /** Bytes that are there and were not read yet; of a packed file nobody knows. */
  get lag(): number {
    return this.packed ? 0 : Math.max(0, this.#size - this.#cutter.at);
  }

  /** Bytes of a line that has no end. */
  get unfinished(): number {
    return this.#cutter.unfinished;
  }

  /** So many bytes of it were read, with a line that has no end. */
  get at(): number {
    return this.#cutter.at;
  }

  /** The place up to which it was read: worked out anew each time. */
  get seen(): Mark {
    return this.#cutter.seen;
  }

  state(mark: Mark, done: boolean): FileState {
    const { id, home, path, modified, begun } = this;
    return { id, home, path, ...this.identity, modified: String(modified), mark, begun, done };
  }

  /** The stretch that begins where the handing over of this file stands. */
  async stretch(): Promise<Stretch> {
    const { byte, line } = this.mark;
    const length = Math.min(byte, HEAD_BYTES);
    const head = length === 0 ? null : this.packed ? this.#head.subarray(0, length) : await bytesAt(this.#file, 0, length);
    const continues = this.continues === null ? {} : { continues: this.continues };
    return { id: String(this.id), path: this.path, name: basename(this.path), byte, line, head, ...continues };
  }

  /** Nothing of it is to be read before it is known, from now on, what stood at its path before it: see `place`. */
  comesLast(): void {
    this.#needsPlace = true;
    this.#place = null;
  }

  /**
   * `insert` finds the files that stood at this one's path before it, among those of which `names` tells. A log that is copied and emptied keeps its
   * file: only its beginning, and a copy that was not there before, tell whether it was emptied meanwhile. Then, false, it is to be looked again.
   */
  async place(insert: () => Promise<void>, names: () => Promise<string>): Promise<boolean> {
    if (!this.#needsPlace || this.at > 0) return true;
    const { mtimeNs } = await this.#file.stat({ bigint: true });
    const now = await bytesAt(this.#file, 0, MARKED);
    const { beginning, modified } = this.#place ?? { beginning: null, modified: null };
    if (beginning !== null && (beginning.length > 0 ? beginsWith(now, beginning) : modified === mtimeNs && now.length === 0)) return true;
    const before = await names();
    this.#copies.clear();
    await insert();
    if (!beginsWith(await bytesAt(this.#file, 0, MARKED), now)) return false;
    this.#place = { beginning: now, modified: mtimeNs, stands: async () => (await names()) === before };
    return true;
  }

  /**
   * Reads at most one block; of a packed file everything, asking `stop` at every block. `emptied` is asked, after something was read, whether there is a
   * copy that tells that the file was emptied: what was read before may be the beginning of what came then as well.
   */
  async step(give: Give, now: number, stop: () => void, emptied: () => Promise<boolean>): Promise<Step> {
    if (this.packed) return this.#unpack(give, now, stop);
    const stats = await this.#file.stat({ bigint: true });
    const { size, mtimeNs } = stats;
    this.identity = identityOf(stats);
    const { at } = this.#cutter;
    if (Number(size) !== this.#size || mtimeNs !== this.modified) this.grown = now;
    this.#size = Number(size);
    if (this.#size < at) return 'shrunk';
    this.unread = this.#size - at;
    const block = this.#size === at ? new Uint8Array(0) : await bytesAt(this.#file, at, Math.min(BLOCK, this.#size - at));
    if (at === 0 && block.length > 0 && !(await this.#isPlaced(block))) return 'unsure';
    // looked at after the block was read: so it is of the file that it is taken for
    if (mtimeNs !== this.#verified && !(await this.#holdsWhatWasRead())) return 'shrunk';
    if (at > 0 && mtimeNs !== this.modified && !isTelling({ byte: at, line: this.#cutter.line }) && (await emptied())) return 'shrunk';
    this.modified = mtimeNs;
    if (block.length === 0) {
      if (Date.now() - Number(mtimeNs / 1_000_000n) > CLOCK_STEP) this.#verified = mtimeNs;
      return 'idle';
    }
    for (const cut of this.#cutter.push(block)) await this.#hand(give, cut, false);
    return 'more';
  }

  /** Nothing more comes: hands over the line that has no end, and says so where evidence has begun. */
  async end(give: Give): Promise<void> {
    const cut = this.#cutter.end() ?? { bytes: new Uint8Array(0), mark: this.mark, left: 0 };
    if (cut.bytes.length > 0 || this.begun) await this.#hand(give, cut, true);
  }

  /** Whether there is anything for `isAlso` to look at. */
  mayBe(file: Sighting): boolean {
    return sameFile(this.identity, file) || (!this.packed && this.at === 0 && file.size > 0 && file.path !== this.home);
  }

  /** Whether another look at a file has found this one, under whatever name, or a copy of what nothing was read of yet. */
  async isAlso(file: Sighting): Promise<boolean> {
    // the same file may hold another log by now: what was read of it was copied away
    if (sameFile(this.identity, file)) return this.at === 0 || (await heldBy(file, this.seen)) !== 'no';
    if (!this.mayBe(file)) return false;
    const length = await beginningOf(this.#file, file);
    if (length === null || length === 0) return false;
    this.#copies.set(file.path, file);
    return true;
  }

  /** Whether everything that another file holds stands at the beginning of this one. */
  async beginsWith(file: Sighting): Promise<boolean> {
    return !this.packed && (await beginningOf(this.#file, file)) !== null;
  }

  /** Whether another file holds just what this one does. */
  async isSame(file: Sighting): Promise<boolean> {
    return !this.packed && (await beginningOf(this.#file, file)) === (await this.#file.stat()).size;
  }

  /** No name is left of it. */
  async deleted(): Promise<boolean> {
    return (await this.#file.stat()).nlink === 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Its beginning was read; what it follows is known of just this content. */
  async #isPlaced(block: Uint8Array): Promise<boolean> {
    if (!this.#needsPlace) return true;
    const place = this.#place;
    this.#place = null;
    if (place === null || place.beginning.length === 0 || !beginsWith(block, place.beginning) || !(await place.stands())) return false;
    // a copy is not of what was read just now if the file was emptied meanwhile
    for (const copy of this.#copies.values()) if (!(await this.beginsWith(copy))) return false;
    this.#place = place;
    return true;
  }

  async #unpack(give: Give, now: number, stop: () => void): Promise<Step> {
    if (this.settled) return 'idle';
    const { mtimeNs } = await this.#file.stat({ bigint: true });
    const from = this.#cutter.at;
    const again = this.#brokeOff;
    const damage = await unpack(this.#file, async (block, at) => {
      stop();
      if (at < from && !again) {
        const before = block.subarray(0, from - at);
        this.#head = Buffer.concat([this.#head, before.subarray(0, Math.max(0, HEAD_BYTES - at))]);
        this.#cutter.before(before);
      }
      if (at + block.length <= from) return;
      for (const cut of this.#cutter.push(block.subarray(Math.max(0, from - at)))) await this.#hand(give, cut, false);
    });
    this.#brokeOff = damage?.kind === 'cut';
    // it is being packed: the rest comes
    if (this.#brokeOff && now - Number(mtimeNs / 1_000_000n) < CLOCK_STEP) return 'idle';
    this.damage = damage?.what ?? null;
    this.settled = true;
    return 'idle';
  }

  async #hand(give: Give, cut: Cut, ends: boolean): Promise<void> {
    await give(this, cut, ends);
    this.mark = cut.mark;
  }

  async #holdsWhatWasRead(): Promise<boolean> {
    const { at, recent } = this.#cutter;
    const now = await bytesAt(this.#file, at - recent.length, recent.length);
    if (Buffer.compare(now, recent) !== 0) return false;
    const { head } = this.mark;
    return at <= MARKED || printOf(await bytesAt(this.#file, 0, head.bytes)).sha256 === head.sha256;
  }
}

function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return bytes.length >= beginning.length && Buffer.compare(bytes.subarray(0, beginning.length), beginning) === 0;
}

/** What was known when it was looked for the files before this one. */
interface Place {
  readonly beginning: Uint8Array;
  readonly modified: bigint;
  /** No file has come since. */
  stands(): Promise<boolean>;
}

interface Opened {
  readonly file: FileHandle;
  readonly packed: boolean;
  readonly marker: Marker;
}

async function openAt(sighting: Sighting, mark: Mark, grows: boolean): Promise<Opened | null> {
  const file = await openSighted(sighting);
  try {
    // the number of one that was deleted meanwhile may have been given again
    if (!grows && (await file.stat({ bigint: true })).mtimeNs !== sighting.modified) throw new Moved(sighting.path);
    // what it holds comes past the marker as it is unpacked
    if ((await packing(file)) !== null) return { file, packed: true, marker: new Marker() };
    if (await hasMark(file, mark)) return { file, packed: false, marker: await markerAt(file, mark.byte) };
    await file.close();
    return null;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function markerAt(file: FileHandle, byte: number): Promise<Marker> {
  const length = Math.min(byte, MARKED);
  return new Marker(await bytesAt(file, 0, length), await bytesAt(file, byte - length, length));
}
