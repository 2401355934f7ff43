import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { FlowcaseError } from '../errors.ts';
import { fileError } from './file-error.ts';

/** Read at once. */
const BLOCK = 2 ** 20;

/** See `Original.read`. */
export type Room = (waiting: number) => Uint8Array | null | undefined;

const noRoom: Room = () => undefined;

function mustHaveRoom(): never {
  throw new Error('there must be room where nothing waits to be taken');
}

/** A block that is on its way. */
interface Reading {
  readonly buffer: Uint8Array;
  readonly done: Promise<number>;
}

/** An original, open for reading only. */
export class Original {
  readonly path: string;
  readonly bytes: number;
  /** Time of last change, microseconds since 1970. */
  readonly modified: number;
  readonly #file: FileHandle;
  readonly #before: BigIntStats;

  private constructor(path: string, file: FileHandle, before: BigIntStats) {
    this.path = path;
    this.bytes = Number(before.size);
    this.modified = Number(before.mtimeNs / 1000n);
    this.#file = file;
    this.#before = before;
  }

  /** Tells it from every other file, and from itself before its last change, whatever its time of change was set to. */
  get state(): string {
    const { dev, ino, size, mtimeNs, ctimeNs } = this.#before;
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  }

  /** @throws FlowcaseError FILE_NOT_FOUND, FILE_UNREADABLE */
  static async open(path: string): Promise<Original> {
    try {
      // without waiting: a pipe put in the file's place would never open
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const before = await file.stat({ bigint: true });
        if (!before.isFile()) throw new FlowcaseError('FILE_UNREADABLE', `${path} is not a file any more. Import it again.`, { path });
        return new Original(path, file, before);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /**
   * Hands the bytes [from, to) to `take`, in blocks that are overwritten afterwards; the next block is read meanwhile. `room` may name the memory
   * into which that one is read, where so many bytes of the block before it have not been taken: null to wait until they are, undefined for none.
   * @throws FlowcaseError FILE_UNREADABLE; FILE_CHANGED where it was read to its end and is not what it was when it was opened
   */
  async read(take: (block: Uint8Array) => Promise<void> | void, from = 0, to = Infinity, room: Room = noRoom): Promise<void> {
    const buffers = [Buffer.allocUnsafeSlow(BLOCK), Buffer.allocUnsafeSlow(BLOCK)];
    let position = from;
    let turn = 0;
    const begin = (waiting: number): Reading | null => {
      const into = room(waiting);
      if (into === null) return null;
      turn = 1 - turn;
      const buffer = into?.subarray(0, BLOCK) ?? buffers[turn];
      return { buffer, done: this.#block(buffer, position) };
    };
    for (let next = begin(0); ;) {
      const { buffer, done } = next ?? begin(0) ?? mustHaveRoom();
      const length = Math.min(await done, to - position);
      if (length === 0) break;
      position += length;
      next = begin(length);
      try {
        await take(buffer.subarray(0, length));
      } catch (error) {
        await next?.done.catch(() => 0);
        throw error;
      }
    }
    // behind its end there is nothing, and nothing is missing
    if (position < to) await this.mustBeUnchanged(from > this.bytes ? this.bytes : position);
  }

  /** Bytes [start, end), as far as there are any. @throws FlowcaseError FILE_UNREADABLE, FILE_CHANGED where it has become shorter */
  async at(start: number, until: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(until, this.bytes);
    const bytes = new Uint8Array(new ArrayBuffer(Math.max(0, end - start)));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, start + done).catch((error: unknown) => {
        throw fileError(error, this.path);
      });
      // it was longer when it was opened
      if (bytesRead === 0) await this.mustBeUnchanged(-1);
      done += bytesRead;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #block(buffer: Uint8Array, position: number): Promise<number> {
    try {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position);
      return bytesRead;
    } catch (error) {
      throw fileError(error, this.path);
    }
  }

  /** @throws FlowcaseError FILE_CHANGED where it is not what it was when it was opened, or `read` bytes are not all of it */
  async mustBeUnchanged(read = this.bytes): Promise<void> {
    const after = await this.#file.stat({ bigint: true });
    if (read === this.bytes && after.size === this.#before.size && after.mtimeNs === this.#before.mtimeNs) return;
    const message = `${this.path} changed while it was read (${this.bytes} bytes before, ${after.size} after), so nothing of it was kept. Wait until it is written, or import a copy.`;
    throw new FlowcaseError('FILE_CHANGED', message, { path: this.path });
  }
}
