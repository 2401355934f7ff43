import { CODEC_BYTES, codecOf } from './packed/codecs.ts';
import type { Original } from './original.ts';
import { Unpacker, type Unpacked } from './unpack.ts';

/** Of a log's beginning so many bytes tell whether another one may be a later state of it. */
export const BEGINNING = 2 ** 18 + 2;

export interface Range {
  readonly from?: number;
  readonly to?: number;
  /** Bytes of the original that were read; what it throws ends the reading. */
  readonly step?: (bytes: number) => void;
}

/** How a content ended that was read to its end. */
export type Ended = Unpacked & {
  /** SHA-256 of the original; null where it is no packed file: whoever reads hashes what there is. */
  readonly original: string | null;
};

/** What a file holds: its bytes, or those that are packed in it. Places are those of what is unpacked. */
export class Content {
  readonly original: Original;
  /** Bytes, as far as is known without unpacking them. */
  readonly length: number | null;
  #beginning: Uint8Array<ArrayBuffer> | null = null;

  private constructor(original: Original, packed: boolean) {
    this.original = original;
    this.length = packed ? null : original.bytes;
  }

  static async of(original: Original): Promise<Content> {
    return new Content(original, codecOf(await original.at(0, CODEC_BYTES)) !== null);
  }

  get packed(): boolean {
    return this.length === null;
  }

  /**
   * Hands the bytes [from, to) to `take`, in blocks that may be overwritten afterwards; of a packed file what comes before is unpacked and passed over.
   * Damage is said, not thrown. Null: it was not read to its end.
   */
  async read(take: (block: Uint8Array) => Promise<void> | void, { from = 0, to = Infinity, step }: Range = {}): Promise<Ended | null> {
    if (this.length !== null) return this.#plain(take, from, to, step);
    const hands = new Unpacker((block) => {
      const start = position;
      position += block.length;
      const part = block.subarray(Math.max(0, from - start), Math.max(0, to - start));
      return part.length === 0 ? undefined : take(part);
    });
    let position = 0;
    let packed = 0;
    try {
      await this.original.read(async (block) => {
        for (let at = 0; at < block.length; at += SLICE) {
          const slice = block.subarray(at, at + SLICE);
          await hands.write(slice);
          packed += slice.length;
          step?.(packed);
          if (position >= to) throw new Enough();
        }
      });
      const ended = await hands.end();
      return { ...ended, original: hands.originalSha256() };
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
    if (end > BEGINNING) return this.#collected(start, end);
    this.#beginning ??= await this.#collected(0, BEGINNING);
    return this.#beginning.slice(start, end);
  }

  async #plain(take: (block: Uint8Array) => Promise<void> | void, from: number, to: number, step: Range['step']): Promise<Ended | null> {
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

  async #collected(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [];
    await this.read((block) => void parts.push(Uint8Array.from(block)), { from, to });
    const bytes = new Uint8Array(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}

/** Unpacked at once: of a file that unpacks to a thousand times its length no more than a few pieces wait in memory. */
export const SLICE = 2 ** 16;

/** Ends a reading of which enough is there. */
class Enough extends Error {}
