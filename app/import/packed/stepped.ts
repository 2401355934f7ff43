import type { Transform } from 'node:stream';
import { asError, type Take } from './unpacker.ts';

/** A stream of node:zlib: it knows how many bytes it has used. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/** Handed over at once: what comes out before damage in such a piece is lost. */
const PIECE = 2 ** 14;

/** One of Node's unpacking streams, taken step by step: so that what was used, what came out and what failed are known at every moment. */
export class SteppedStream {
  /** The stream's own complaint. */
  error: Error | null = null;
  readonly #stream: ZlibStream;
  readonly #take: Take;
  #failed: Error | null = null;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(stream: ZlibStream, take: Take) {
    this.#stream = stream;
    this.#take = take;
    stream.on('data', (block: Buffer) => this.#out(block));
    stream.on('error', (error) => {
      // one that was closed may still complain
      if (this.#closed) return;
      this.error = error;
      this.#wake();
    });
  }

  /** Unpacks the beginning of the block; returns how much of it was used, and whether the packed data ended there. `error` says of damage. */
  async write(block: Uint8Array): Promise<{ readonly used: number; readonly ended: boolean }> {
    const piece = block.subarray(0, PIECE);
    const before = this.#stream.bytesWritten;
    await this.#step((done) => this.#stream.write(piece, done));
    // what follows the end of the packed data is left lying
    const used = this.#stream.bytesWritten - before;
    return { used, ended: used < piece.length };
  }

  /** No more bytes: what is still held back comes out. */
  async end(): Promise<void> {
    await this.#step((done) => this.#stream.end(done));
  }

  close(): void {
    this.#closed = true;
    this.#stream.destroy();
  }

  /** Lets the stream do one thing and waits until it did, ended or failed. */
  async #step(act: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      act(() => resolve());
    });
    if (this.#failed !== null) throw this.#failed;
  }

  /** Within an event nothing may be thrown: it is kept for the step. */
  #out(block: Buffer): void {
    if (this.#failed !== null) return;
    try {
      this.#take(block);
    } catch (error) {
      this.#failed = asError(error);
      this.close();
      this.#wake();
    }
  }
}
