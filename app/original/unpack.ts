import { createHash, type Hash } from 'node:crypto';
import { plural } from '../contract/format.ts';
import { CODEC_BYTES, codecOf } from './packed/codecs.ts';
import { PackedText } from './packed/packed-text.ts';
import type { Damage, StreamUnpacker, Take } from './packed/unpacker.ts';

/** How the bytes of a file came out. */
export interface Unpacked {
  readonly bytes: number;
  /** SHA-256 of what was unpacked; null where nothing was packed, or it was not asked for. */
  readonly sha256: string | null;
  readonly damage: Damage | null;
  readonly remarks: readonly string[];
}

/** Between the original's bytes and a reader: hashes what passes, where that is asked for, and unpacks it where it is packed. */
export class Unpacker {
  readonly #take: Take;
  readonly #original: Hash | null;
  readonly #unpacked: Hash | null;
  #codec: StreamUnpacker | null = null;
  /** The first bytes, until they tell how the file is packed. */
  #head: Uint8Array | null = new Uint8Array(0);
  #bytes = 0;

  constructor(take: Take, hashed = true) {
    this.#take = take;
    this.#original = hashed ? createHash('sha256') : null;
    this.#unpacked = hashed ? createHash('sha256') : null;
  }

  /** What comes from now on is handed on as it is: nothing was packed. */
  get plain(): boolean {
    return this.#head === null && this.#codec === null;
  }

  /** What a person should know of how it is unpacked, as far as its beginning tells. */
  get remark(): string | null {
    return this.#codec?.remark ?? null;
  }

  async write(block: Uint8Array): Promise<void> {
    this.#original?.update(block);
    if (this.#head === null) return this.#pass(block);
    this.#head = this.#head.length === 0 ? block : Buffer.concat([this.#head, block]);
    // a first block this small is kept, and blocks are overwritten
    if (this.#head.length < CODEC_BYTES) this.#head = Uint8Array.from(this.#head);
    else return this.#begin(this.#head);
  }

  async end(): Promise<Unpacked> {
    if (this.#head !== null) await this.#begin(this.#head);
    const codec = this.#codec;
    if (codec === null) return { bytes: this.#bytes, sha256: null, damage: null, remarks: [] };
    await codec.end();
    return { bytes: this.#bytes, sha256: this.#unpacked?.digest('hex') ?? null, damage: codec.damage, remarks: remarks(codec) };
  }

  /** SHA-256 of the original's bytes; once, and only where it was asked for. */
  originalSha256(): string {
    if (this.#original === null) throw new Error('the original was not hashed');
    return this.#original.digest('hex');
  }

  close(): void {
    this.#codec?.close();
  }

  async #begin(head: Uint8Array): Promise<void> {
    this.#head = null;
    const codec = codecOf(head);
    this.#codec =
      codec === null
        ? null
        : new PackedText(codec, (part) => {
            this.#unpacked?.update(part);
            this.#bytes += part.length;
            return this.#take(part);
          });
    if (head.length > 0) await this.#pass(head);
  }

  async #pass(block: Uint8Array): Promise<void> {
    if (this.#codec !== null) return this.#codec.write(block);
    this.#bytes += block.length;
    await this.#take(block);
  }
}

/** The same, where what it was unpacked from turned out to be damaged itself. */
export function withDamage(unpacked: Unpacked, damage: Damage): Unpacked {
  return { ...unpacked, damage, remarks: [...unpacked.remarks, damageRemark(damage)] };
}

/** What breaks off is right as far as it goes. Damage shows only behind where it is, in a check sum at the very end. */
function damageRemark({ kind, what }: Damage): string {
  if (kind === 'cut') return `The file is cut: ${what}. What comes before was kept; ask for a whole copy.`;
  return `The file is damaged: ${what}. That does not say where: what could be unpacked was kept, but any of its records may be false. Ask for a whole copy.`;
}

function remarks(codec: StreamUnpacker): string[] {
  const found: string[] = codec.remark === undefined ? [] : [codec.remark];
  if (codec.damage !== null) found.push(damageRemark(codec.damage));
  if (codec.trailing > 0) found.push(`Left out: ${plural(codec.trailing, 'byte')} after the packed data that belong to nothing.`);
  return found;
}
