import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { CODEC_BYTES, codecOf } from '../../original/packed/codecs.ts';
import type { Damage } from '../../original/packed/unpacker.ts';
import { Moved, sameFile, type Sighting } from './family.ts';
import { printOf, type Mark } from './mark.ts';

/** Read at once. */
export const BLOCK = 2 ** 20;

/** Thrown to end unpacking before its end. */
const enough = new Error('enough was unpacked');

/** Opens a file for reading only, without waiting: a pipe put in its place would never open. @throws the system's errors */
export async function openForReading(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Opens the file that was seen, and no other one that has its name by now. @throws Moved; the system's errors */
export async function openSighted(sighting: Sighting): Promise<FileHandle> {
  const file = await openForReading(sighting.path).catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? new Moved(sighting.path) : error;
  });
  try {
    const { dev, ino } = await file.stat({ bigint: true });
    if (!sameFile({ device: String(dev), inode: String(ino) }, sighting)) throw new Moved(sighting.path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Bytes [from, from + length) of a file, as far as there are any. */
export async function bytesAt(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** The first bytes of what a file holds, packed or not: at most `length`. @throws Moved; the system's errors */
export async function firstBytes(sighting: Sighting, length: number): Promise<Uint8Array> {
  const file = await openSighted(sighting);
  try {
    if ((await packing(file)) === null) return await bytesAt(file, 0, length);
    let found: Uint8Array = new Uint8Array(0);
    await unpack(file, (block) => {
      found = Buffer.concat([found, block.subarray(0, length - found.length)]);
      if (found.length === length) throw enough;
    });
    return found;
  } finally {
    await file.close();
  }
}

/** Whether the file, which is not packed, has before the mark's place what the mark says. */
export async function hasMark(file: FileHandle, mark: Mark): Promise<boolean> {
  const { head, tail, byte } = mark;
  if (printOf(await bytesAt(file, byte - tail.bytes, tail.bytes)).sha256 !== tail.sha256) return false;
  return printOf(await bytesAt(file, 0, head.bytes)).sha256 === head.sha256;
}

/** How the file is packed; null: it is not. */
export async function packing(file: FileHandle): Promise<ReturnType<typeof codecOf>> {
  return codecOf(await bytesAt(file, 0, CODEC_BYTES));
}

/** Whether a file is packed and breaks off, as one does that is being packed. `stop` is asked at every block. @throws Moved; the system's errors */
export async function breaksOff(sighting: Sighting, stop: () => void): Promise<boolean> {
  const file = await openSighted(sighting);
  try {
    return (await packing(file)) !== null && (await unpack(file, stop))?.kind === 'cut';
  } finally {
    await file.close();
  }
}

/** Whether what the file holds, packed or not, has before the mark's place what the mark says. @throws Moved; the system's errors */
export async function holdsMark(sighting: Sighting, mark: Mark): Promise<boolean> {
  const file = await openSighted(sighting);
  try {
    if ((await packing(file)) === null) return await hasMark(file, mark);
    const head = new Window(0, mark.head.bytes);
    const tail = new Window(mark.byte - mark.tail.bytes, mark.byte);
    await unpack(file, (block, at) => {
      head.see(block, at);
      tail.see(block, at);
      if (at + block.length >= mark.byte) throw enough;
      if (head.whole && printOf(head.bytes).sha256 !== mark.head.sha256) throw enough;
    });
    return [head, tail].every((window, i) => window.whole && printOf(window.bytes).sha256 === [mark.head, mark.tail][i].sha256);
  } finally {
    await file.close();
  }
}

/** Hands over what a packed file holds, in order, each block with its place; returns what was wrong. What `take` throws comes out. */
export async function unpack(file: FileHandle, take: (block: Uint8Array, at: number) => Promise<void> | void): Promise<Damage | null> {
  const codec = await packing(file);
  if (codec === null) return { kind: 'damaged', what: 'it is packed in no way that Flowcase knows' };
  let at = 0;
  // kept here: an unpacker that is interrupted may complain of something else first
  let thrown: { readonly error: unknown } | null = null;
  const unpacker = codec.unpack(async (block) => {
    const from = at;
    at += block.length;
    try {
      await take(block, from);
    } catch (error) {
      thrown ??= { error };
      throw error;
    }
  });
  try {
    for (let from = 0; ;) {
      const block = await bytesAt(file, from, BLOCK);
      if (block.length === 0) break;
      from += block.length;
      await unpacker.write(block);
    }
    await unpacker.end();
  } catch (error) {
    thrown ??= { error };
  } finally {
    unpacker.close();
  }
  return outcome(thrown, unpacker.damage);
}

function outcome(thrown: { readonly error: unknown } | null, damage: Damage | null): Damage | null {
  if (thrown === null) return damage;
  if (thrown.error === enough) return null;
  throw thrown.error;
}

/** The bytes [from, to) of a stream that passes. */
class Window {
  readonly bytes: Uint8Array;
  readonly #from: number;
  #have = 0;

  constructor(from: number, to: number) {
    this.#from = from;
    this.bytes = new Uint8Array(to - from);
  }

  get whole(): boolean {
    return this.#have === this.bytes.length;
  }

  see(block: Uint8Array, at: number): void {
    const start = this.#from + this.#have;
    if (this.whole || at + block.length <= start) return;
    const part = block.subarray(start - at, start - at + this.bytes.length - this.#have);
    this.bytes.set(part, this.#have);
    this.#have += part.length;
  }
}
