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
  /** The taker is at work. */
  #busy: Promise<void> | null = null;
  #wake: () => void = () => undefined;

  constructor(stream: ZlibStream, take: Take) {
    this.#stream = stream;
    this.#take = take;
    stream.on('data', (block: Buffer) => this.#out(block));
    stream.on('error', (error) => {
      // one that was closed may still complain
      if (this.#closed) return;
      this.error = error;
      // what came out before it and was not asked for yet
      for (let rest = stream.read() as Buffer | null; rest !== null; rest = stream.read() as Buffer | null) this.#out(rest);
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

  /** Lets the stream do one thing and waits until it did, ended or failed, and everything that came out was taken. */
  async #step(act: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      act(() => resolve());
    });
    while (this.#failed === null && !this.#closed && (this.#busy !== null || this.#stream.readableLength > 0)) {
      await (this.#busy ?? new Promise((resolve) => setImmediate(resolve)));
    }
    if (this.#failed !== null) throw this.#failed;
  }

  /** While the taker is busy the stream rests; it has at most one block more ready. */
  #out(block: Buffer): void {
    const busy = this.#busy === null ? this.#give(block) : this.#busy.then(() => this.#give(block));
    if (busy === undefined) return;
    this.#stream.pause();
    const done: Promise<void> = busy.then(() => {
      if (this.#busy !== done) return;
      this.#busy = null;
      this.#stream.resume();
    });
    this.#busy = done;
  }

  /** Within an event nothing may be thrown: it is kept for the step. */
  #give(block: Buffer): Promise<void> | undefined {
    if (this.#failed !== null) return undefined;
    try {
      return this.#take(block)?.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    this.#failed ??= asError(error);
    this.close();
    this.#wake();
  }
}
