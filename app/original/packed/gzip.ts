import { crc32, createInflateRaw } from 'node:zlib';
import { SteppedStream } from './stepped.ts';
import { countTrailing, type Damage, type StreamUnpacker, type Take } from './unpacker.ts';

/** One block of what comes out. */
const OUT = 2 ** 16;
const MAX_HEADER = 2 ** 17;

/**
 * Unpacks gzip (RFC 1952) as it comes, member after member. Node's own Gunzip throws away what it unpacked in the same breath as it met
 * damage or bytes behind the last member; here everything before the damage is handed on, and the damage is said, not thrown.
 */
export class GzipUnpacker implements StreamUnpacker {
  damage: Damage | null = null;
  members = 0;
  trailing = 0;
  readonly #take: Take;
  #state: 'header' | 'body' | 'trailer' | 'done' = 'header';
  /** Bytes of a header or trailer that is not whole yet. */
  #pending = Buffer.alloc(0);
  #inflate: SteppedStream | null = null;
  #crc = 0;
  #size = 0;

  constructor(take: Take) {
    this.#take = take;
  }

  async write(block: Uint8Array): Promise<void> {
    let rest = block;
    while (rest.length > 0 && this.damage === null) {
      if (this.#state === 'done') {
        this.trailing += countTrailing(rest);
        return;
      }
      rest = this.#state === 'body' ? await this.#body(rest) : this.#frame(rest);
    }
  }

  async end(): Promise<void> {
    if (this.#inflate !== null) await this.#inflate.end();
    this.close();
    const between = this.#state === 'header' && this.#pending.length === 0 && this.members > 0;
    if (this.damage === null && this.#state !== 'done' && !between) this.damage = { kind: 'cut', what: 'the packed data breaks off' };
  }

  close(): void {
    this.#inflate?.close();
    this.#inflate = null;
  }

  async #body(block: Uint8Array): Promise<Uint8Array> {
    const inflate = (this.#inflate ??= this.#open());
    const { used, ended } = await inflate.write(block);
    if (inflate.error !== null) {
      this.damage = { kind: 'damaged', what: 'the packed data is damaged' };
      this.close();
      return block;
    }
    if (ended) {
      this.close();
      this.#state = 'trailer';
    }
    return block.subarray(used);
  }

  #open(): SteppedStream {
    this.#crc = 0;
    this.#size = 0;
    return new SteppedStream(createInflateRaw({ chunkSize: OUT }), (block) => {
      this.#crc = crc32(block, this.#crc);
      this.#size = (this.#size + block.length) % 2 ** 32;
      return this.#take(block);
    });
  }

  /** A member's header or trailer, which may come in parts. */
  #frame(block: Uint8Array): Uint8Array {
    const bytes =
      this.#pending.length === 0 ? Buffer.from(block.buffer, block.byteOffset, block.length) : Buffer.concat([this.#pending, block]);
    const length = this.#state === 'header' ? headerLength(bytes) : bytes.length < 8 ? 0 : 8;
    if (length === 0) {
      this.#pending = Buffer.from(bytes);
      if (this.#pending.length > MAX_HEADER) this.damage = { kind: 'damaged', what: 'the header of the packed data has no end' };
      return new Uint8Array(0);
    }
    this.#pending = Buffer.alloc(0);
    if (length < 0) return this.#noMember(bytes);
    if (this.#state === 'header') {
      this.members++;
      this.#state = 'body';
    } else this.#checkTrailer(bytes);
    return bytes.subarray(length);
  }

  #noMember(bytes: Uint8Array): Uint8Array {
    if (this.members === 0) this.damage = { kind: 'damaged', what: 'the header of the packed data is damaged' };
    this.#state = 'done';
    return bytes;
  }

  #checkTrailer(bytes: Buffer): void {
    this.#state = 'header';
    if (bytes.readUInt32LE(0) !== this.#crc || bytes.readUInt32LE(4) !== this.#size) {
      this.damage = { kind: 'damaged', what: 'what was unpacked does not match the check sum kept with it' };
    }
  }
}

/** Length of a member's header; 0 where more bytes are needed, -1 where it is none. */
function headerLength(bytes: Uint8Array): number {
  const magic = [0x1f, 0x8b, 8];
  for (let i = 0; i < magic.length && i < bytes.length; i++) if (bytes[i] !== magic[i]) return -1;
  if (bytes.length < 10) return 0;
  const flags = bytes[3];
  if ((flags & 0xe0) !== 0) return -1;
  let at = 10;
  if ((flags & 4) !== 0) {
    if (bytes.length < at + 2) return 0;
    at += 2 + bytes[at] + bytes[at + 1] * 256;
  }
  // name, comment: each up to a zero
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0 || at >= bytes.length) return 0;
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at <= bytes.length ? at : 0;
}
