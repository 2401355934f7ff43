import { createRequire } from 'node:module';
import type * as XzDecompress from 'xz-decompress';
import { asError, type Damage, type StreamUnpacker, type Take } from './unpacker.ts';

// CommonJS whose names Node does not see; loaded where there is xz to unpack
const load = (): typeof XzDecompress => createRequire(import.meta.url)('xz-decompress') as typeof XzDecompress;

/** Unpacks xz with the library `xz-decompress` (XZ Embedded in WebAssembly): it pulls, so what is written waits until it has been pulled. */
export class XzUnpacker implements StreamUnpacker {
  damage: Damage | null = null;
  readonly trailing = 0;
  readonly #feed = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#feed.writable.getWriter();
  readonly #pulling: Promise<void>;
  #ended = false;
  #failed: Error | null = null;

  constructor(take: Take) {
    this.#pulling = this.#pull(new (load().XzReadableStream)(this.#feed.readable), take);
  }

  async write(block: Uint8Array): Promise<void> {
    if (this.damage !== null || this.#failed !== null) return this.#outcome();
    // the library may look at it later
    await Promise.race([this.#orPulled(this.#writer.write(Uint8Array.from(block))), this.#pulling]);
    await this.#outcome();
  }

  async end(): Promise<void> {
    this.#ended = true;
    if (this.damage === null) await Promise.race([this.#orPulled(this.#writer.close()), this.#pulling]);
    await this.#pulling;
    await this.#outcome();
  }

  close(): void {
    this.#ended = true;
    void this.#writer.abort().catch(() => undefined);
  }

  async #pull(from: ReadableStream<Uint8Array>, take: Take): Promise<void> {
    try {
      for await (const block of from) {
        try {
          await take(block);
        } catch (error) {
          this.#failed = asError(error);
          return;
        }
      }
    } catch (error) {
      this.damage = damageOf(error, this.#ended);
    }
  }

  /** Where nobody pulls any more writing fails, and does not say why. */
  async #orPulled(writing: Promise<void>): Promise<void> {
    await writing.catch(() => this.#pulling);
  }

  #outcome(): Promise<void> {
    return this.#failed === null ? Promise.resolve() : Promise.reject(this.#failed);
  }
}

/** XZ Embedded's codes: 6 = made with options or a check (SHA-256) that it does not know; 8 = no more bytes. */
function damageOf(error: unknown, ended: boolean): Damage {
  const code = /error code (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (code === '6')
    return { kind: 'damaged', what: 'it is packed with an option of xz that Flowcase does not read (unpack it with xz -d first)' };
  return ended || code === '8'
    ? { kind: 'cut', what: 'the packed data breaks off' }
    : { kind: 'damaged', what: 'the packed data is damaged' };
}
