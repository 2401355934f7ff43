import { FlowcaseError } from '../errors.ts';
import type { Original } from './original.ts';
import { archiveOf, membersOf } from './packed/archive.ts';
import { CODEC_BYTES, codecOf } from './packed/codecs.ts';
import type { PackedFile } from './packed/member.ts';
import { Unpacker, withDamage, type Unpacked } from './unpack.ts';
import type { Damage } from './packed/unpacker.ts';

/** Of a log's beginning so many bytes tell whether another one may be a later state of it. */
export const BEGINNING = 2 ** 18 + 2;

export interface Range {
  readonly from?: number;
  readonly to?: number;
  /** Bytes of the original that were read; what it throws ends the reading. */
  readonly step?: ((bytes: number) => void) | undefined;
  /**
   * Called with the place up to which a packed file is unpacked, block by block, and before each part of an archive that is passed over. What it throws
   * ends the reading; nothing more is unpacked until what it promises is done.
   */
  readonly pass?: ((unpacked: number) => Promise<void> | undefined) | undefined;
  /** false: `sha256` and `original` of what is packed are not asked for, and are null. */
  readonly hashed?: boolean;
}

/** How a content ended that was read to its end. */
export type Ended = Unpacked & {
  /** SHA-256 of the original; null where it is no packed file: whoever reads hashes what there is. */
  readonly original: string | null;
};

type Take = (block: Uint8Array) => Promise<void> | void;

/** What a file holds: its bytes, or those that are packed in it, or those of one file in an archive. Places are those of what is unpacked. */
export class Content {
  readonly original: Original;
  /** Bytes, as far as is known without unpacking them. */
  readonly length: number | null;
  readonly #member: string | undefined;
  readonly #nth: number;
  #beginning: Uint8Array<ArrayBuffer> | null = null;

  private constructor(original: Original, packed: boolean, member?: string, nth = 1) {
    this.original = original;
    this.length = packed ? null : original.bytes;
    this.#member = member;
    this.#nth = nth;
  }

  /** `member`: of an archive the file of this name; `nth`: which of them, where there are several. */
  static async of(original: Original, member?: string, nth = 1): Promise<Content> {
    return new Content(original, member !== undefined || codecOf(await original.at(0, CODEC_BYTES)) !== null, member, nth);
  }

  /** The file as it lies, packed or not. */
  static asItLies(original: Original): Content {
    return new Content(original, false);
  }

  get packed(): boolean {
    return this.length === null;
  }

  /**
   * Hands the bytes [from, to) to `take`, in blocks that may be overwritten afterwards; of a packed file what comes before is unpacked and passed over.
   * Damage is said, not thrown. Null: it was not read to its end.
   * @throws FlowcaseError FILE_NOT_FOUND where the archive has no such file; FILE_UNREADABLE, FILE_CHANGED, FILE_DAMAGED
   */
  async read(take: Take, { from = 0, to = Infinity, step, pass, hashed = true }: Range = {}): Promise<Ended | null> {
    if (this.length !== null) return this.#plain(take, { from, to, step });
    let position = 0;
    let packed = 0;
    const hands = new Unpacker((block) => {
      const start = position;
      if (start >= to) throw new Enough();
      position += block.length;
      const part = block.subarray(Math.max(0, from - start), Math.max(0, to - start));
      const taken = part.length === 0 ? undefined : take(part);
      return taken === undefined ? pass?.(position) : taken.then(() => pass?.(position));
    }, hashed);
    const unpack = async (block: Uint8Array): Promise<void> => {
      for (let at = 0; at < block.length; at += SLICE) {
        const slice = block.subarray(at, at + SLICE);
        await hands.write(slice);
        packed += slice.length;
        step?.(packed);
        if (position >= to) throw new Enough();
      }
    };
    try {
      const outside = await this.#feed(unpack, () => pass?.(position));
      const inside = await hands.end();
      const original = hashed && this.#member === undefined ? hands.originalSha256() : null;
      return { ...(outside === null ? inside : withDamage(inside, outside)), original };
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
      return null;
    } finally {
      hands.close();
    }
  }

  /** Bytes [start, end), as far as there are any. */
  async at(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.length !== null) return this.original.at(start, end);
    if (end > BEGINNING) return this.collected({ from: start, to: end });
    this.#beginning ??= await this.collected({ to: BEGINNING });
    return this.#beginning.slice(start, end);
  }

  /** The bytes of a range, all of them in memory. */
  async collected(range: Range): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    await this.read((block) => void parts.push(Uint8Array.from(block)), { ...range, hashed: false });
    const bytes = new Uint8Array(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  async #plain(take: Take, { from, to, step }: Range & { readonly from: number; readonly to: number }): Promise<Ended | null> {
    let position = from;
    await this.original.read(
      (block) => {
        position += block.length;
        step?.(position);
        return take(block);
      },
      from,
      to,
    );
    return to < Infinity ? null : { bytes: position, sha256: null, damage: null, remarks: [], original: null };
  }

  /** The bytes that may be packed as a stream: of the file, or of the file in it. Returns what was wrong with the archive. */
  async #feed(take: (block: Uint8Array) => Promise<void>, passing: () => Promise<void> | undefined): Promise<Damage | null> {
    const name = this.#member;
    if (name === undefined) {
      await this.original.read(take);
      return null;
    }
    const { path } = this.original;
    const kind = await archiveOf(this.original);
    if (kind !== null) {
      for await (const member of membersOf(inSlices(this.original, passing), kind)) {
        // awaited here: the archive is closed as soon as the loop is left
        if ((member.name === name || member.formerName === name) && member.nth === this.#nth) return await member.read(take);
        await passing();
      }
    }
    throw new FlowcaseError('FILE_NOT_FOUND', `There is no ${name} in ${path}.`, { path });
  }
}

/** A file that is handed over in small pieces, with a rest behind each. */
function inSlices(original: Original, rest: () => Promise<void> | undefined): PackedFile {
  return {
    path: original.path,
    at: (start, end) => original.at(start, end),
    read: (take) =>
      original.read(async (block) => {
        for (let at = 0; at < block.length; at += SLICE) {
          await take(block.subarray(at, at + SLICE));
          await rest();
        }
      }),
  };
}

/** Unpacked at once: of a file that unpacks to a thousand times its length no more than a few pieces wait in memory. */
export const SLICE = 2 ** 16;

/** Ends a reading of which enough is there. */
class Enough extends Error {}
