import * as zlib from 'node:zlib';
import { SteppedStream } from './stepped.ts';
import { countTrailing, type Damage, type StreamUnpacker, type Take } from './unpacker.ts';

const FRAME = 0xfd2f_b528;
/** Frames with the reader's own data, to be stepped over: 0x184D2A50 to 5F. */
const SKIPPABLE = 0x184d_2a50;

/** Windows up to 128 MiB, as `zstd -d` takes them without being asked; larger ones are refused, whatever a file says. */
const WINDOW_LOG = 27;
const OUT = 2 ** 16;

/** Unpacks Zstandard (RFC 8878) as it comes, frame after frame. Node's own stream stops without a word behind the first. */
export class ZstdUnpacker implements StreamUnpacker {
  damage: Damage | null = null;
  trailing = 0;
  readonly #take: Take;
  #stream: SteppedStream | null = null;
  #frames = 0;
  /** Bytes of a frame's head that is not whole yet. */
  #pending = Buffer.alloc(0);
  /** Of a frame to be stepped over: bytes still to come. */
  #skip = 0;
  #done = false;

  constructor(take: Take) {
    this.#take = take;
  }

  async write(block: Uint8Array): Promise<void> {
    let rest = block;
    while (rest.length > 0 && this.damage === null) {
      if (this.#done) {
        this.trailing += countTrailing(rest);
        return;
      }
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, rest.length);
        this.#skip -= step;
        rest = rest.subarray(step);
      } else rest = this.#stream === null ? this.#head(rest) : await this.#body(this.#stream, rest);
    }
  }

  async end(): Promise<void> {
    const between = this.#pending.length === 0 && this.#skip === 0 && this.#frames > 0;
    const whole = between && (this.#stream === null || (await this.#isOver(this.#stream)));
    this.close();
    if (this.damage === null && !whole && !this.#done) this.damage = { kind: 'cut', what: 'the packed data breaks off' };
  }

  /** A frame that is over takes no further byte. */
  async #isOver(stream: SteppedStream): Promise<boolean> {
    const { used } = await stream.write(Uint8Array.of(0));
    return used === 0;
  }

  close(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  async #body(stream: SteppedStream, block: Uint8Array): Promise<Uint8Array> {
    const { used, ended } = await stream.write(block);
    if (stream.error !== null) {
      this.damage = { kind: 'damaged', what: 'the packed data is damaged' };
      this.close();
      return block;
    }
    if (ended) this.close();
    return block.subarray(used);
  }

  /** The four bytes that every frame begins with tell what it is. */
  #head(block: Uint8Array): Uint8Array {
    const bytes = Buffer.concat([this.#pending, block]);
    this.#pending = Buffer.alloc(0);
    const magic = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
    const skippable = magic >= SKIPPABLE && magic < SKIPPABLE + 16;
    if (bytes.length < (skippable ? 8 : 4)) {
      this.#pending = bytes;
      return new Uint8Array(0);
    }
    if (skippable) {
      this.#frames++;
      this.#skip = bytes.readUInt32LE(4);
      return bytes.subarray(8);
    }
    if (magic !== FRAME) {
      this.#done = true;
      return bytes;
    }
    this.#frames++;
    const params = { [zlib.constants.ZSTD_d_windowLogMax]: WINDOW_LOG };
    this.#stream = new SteppedStream(zlib.createZstdDecompress({ chunkSize: OUT, params }), this.#take);
    return bytes;
  }
}
