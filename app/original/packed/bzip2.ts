import { createRequire } from 'node:module';
import { asError, type Damage, type StreamUnpacker, type Take } from './unpacker.ts';

/** Gives so many bits of what is packed; with null it goes on at the next whole byte. */
interface BitReader {
  (bits: number | null): number;
  readonly bytesRead: number;
}

/** The parts of the library `unbzip2-stream` that its stream is made of. The stream itself unpacks all it can at once, and nothing stops it. */
interface Bzip2 {
  /** The size of blocks, in units of 100,000 bytes. */
  header(bits: BitReader): number;
  /** Unpacks one block, byte by byte; returns the check sum so far, null behind the last block of a stream. */
  decompress(bits: BitReader, out: (byte: number) => void, memory: Int32Array, size: number, sum: number): number | null;
}

const require = createRequire(import.meta.url);
const load = (): { readonly bzip2: Bzip2; readonly bitsOf: (next: () => Uint8Array | undefined) => BitReader } => ({
  bzip2: require('unbzip2-stream/lib/bzip2.js') as Bzip2,
  bitsOf: require('unbzip2-stream/lib/bit_iterator.js') as (next: () => Uint8Array | undefined) => BitReader,
});

const UNIT = 100_000;
/** Beside its content a block has tables of at most this size. */
const TABLES = 25_000;
const OUT = 2 ** 16;

/**
 * Unpacks bzip2, several streams one after the other too, with the library `unbzip2-stream`; on the calling thread, block by block. What a block holds
 * (up to 46 MB where it says the same byte over and over) is in memory at once, not more.
 */
export class Bzip2Unpacker implements StreamUnpacker {
  damage: Damage | null = null;
  /** The library does not tell what is left over. */
  readonly trailing = 0;
  readonly #take: Take;
  readonly #library = load();
  readonly #waiting: Uint8Array[] = [];
  /** Null until there is a first byte. */
  #bits: BitReader | null = null;
  #bytes = 0;
  /** Of the stream at hand; 0: before its header. */
  #blockSize = 0;
  #sum = 0;
  #memory = new Int32Array(0);

  constructor(take: Take) {
    this.#take = take;
  }

  async write(block: Uint8Array): Promise<void> {
    if (this.damage !== null) return;
    this.#waiting.push(Uint8Array.from(block));
    this.#bytes += block.length;
    this.#bits ??= this.#library.bitsOf(() => this.#waiting.shift());
    // a block is read once all of it must be there: the library cannot wait within one
    while (this.#left + 1 >= TABLES + UNIT * this.#blockSize && (await this.#next()));
  }

  async end(): Promise<void> {
    while (this.#left > 0 && (await this.#next()));
    if (this.damage === null && this.#blockSize > 0) this.damage = cut;
  }

  close(): void {
    this.#waiting.length = 0;
  }

  get #left(): number {
    return this.#bytes - (this.#bits?.bytesRead ?? 0);
  }

  /** Unpacks a header or a block; false where there is damage. */
  async #next(): Promise<boolean> {
    const out: Uint8Array[] = [];
    if (this.#bits === null) return false;
    try {
      if (this.#blockSize === 0) this.#begin(this.#bits);
      else this.#block(this.#bits, out);
    } catch (error) {
      this.damage = endsEarly(error) ? cut : { kind: 'damaged', what: 'the packed data is damaged' };
      return false;
    }
    for (const part of out) {
      try {
        await this.#take(part);
      } catch (error) {
        throw asError(error);
      }
    }
    return true;
  }

  #begin(bits: BitReader): void {
    this.#blockSize = this.#library.bzip2.header(bits);
    this.#sum = 0;
    if (this.#memory.length !== this.#blockSize * UNIT) this.#memory = new Int32Array(this.#blockSize * UNIT);
  }

  #block(bits: BitReader, out: Uint8Array[]): void {
    let part = new Uint8Array(OUT);
    let length = 0;
    const put = (byte: number): void => {
      if (length === OUT) {
        out.push(part);
        part = new Uint8Array(OUT);
        length = 0;
      }
      part[length++] = byte;
    };
    const sum = this.#library.bzip2.decompress(bits, put, this.#memory, this.#memory.length, this.#sum);
    if (sum === null) this.#blockSize = 0;
    else this.#sum = sum;
    if (length > 0) out.push(part.subarray(0, length));
  }
}

const cut: Damage = { kind: 'cut', what: 'the packed data breaks off' };

/** What the library says where there are no more bytes: those of reading behind the last buffer. */
function endsEarly(error: unknown): boolean {
  return error instanceof TypeError;
}
