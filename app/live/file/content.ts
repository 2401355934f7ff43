import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { CODEC_BYTES, UTF_16, codecOf } from '../../original/packed/codecs.ts';
import type { Damage } from '../../original/packed/unpacker.ts';
import { identityOf, Moved, sameFile, type Sighting } from './family.ts';
import { MARKED, printOf, type Mark } from './mark.ts';

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
    if (!sameFile(identityOf(await file.stat({ bigint: true })), sighting)) throw new Moved(sighting.path);
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

/** Whether the file, which is not packed, has before the mark's place what the mark says. */
export async function hasMark(file: FileHandle, mark: Mark): Promise<boolean> {
  const { head, tail, byte } = mark;
  if (printOf(await bytesAt(file, byte - tail.bytes, tail.bytes)).sha256 !== tail.sha256) return false;
  return printOf(await bytesAt(file, 0, head.bytes)).sha256 === head.sha256;
}

/** How the file is packed; null: it is not. Text in another encoding is not: it may grow. */
export async function packing(file: FileHandle): Promise<ReturnType<typeof codecOf>> {
  const codec = codecOf(await bytesAt(file, 0, CODEC_BYTES));
  return codec?.name === UTF_16 ? null : codec;
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

/** Whether a file holds what a mark says: and ends there, or has more behind it. */
export type Held = 'no' | 'ends' | 'longer';

/** Whether what the file holds, packed or not, has before the mark's place what the mark says. @throws Moved; the system's errors */
export async function heldBy(sighting: Sighting, mark: Mark): Promise<Held> {
  const file = await openSighted(sighting);
  try {
    if ((await packing(file)) !== null) return await heldPacked(file, mark);
    if (!(await hasMark(file, mark))) return 'no';
    return (await file.stat()).size > mark.byte ? 'longer' : 'ends';
  } finally {
    await file.close();
  }
}

async function heldPacked(file: FileHandle, mark: Mark): Promise<Held> {
  const head = new Window(0, mark.head.bytes);
  const tail = new Window(mark.byte - mark.tail.bytes, mark.byte);
  let longer = false;
  const damage = await unpack(file, (block, at) => {
    head.see(block, at);
    tail.see(block, at);
    longer = at + block.length > mark.byte;
    if (longer) throw enough;
    if (head.whole && printOf(head.bytes).sha256 !== mark.head.sha256) throw enough;
  });
  const holds = [head, tail].every((window, i) => window.whole && printOf(window.bytes).sha256 === [mark.head, mark.tail][i].sha256);
  // of one that breaks off there nobody knows what came behind
  return holds ? (longer || damage !== null ? 'longer' : 'ends') : 'no';
}

/** How many bytes a file holds, packed or not, where the other one begins with all of them; null: it does not. @throws Moved; the system's errors */
export async function beginningOf(whole: FileHandle, sighting: Sighting): Promise<number | null> {
  const file = await openSighted(sighting);
  let length = 0;
  let differs = false;
  const compare = async (block: Uint8Array): Promise<void> => {
    differs = Buffer.compare(block, await bytesAt(whole, length, block.length)) !== 0;
    if (differs) throw enough;
    length += block.length;
  };
  try {
    if ((await packing(file)) === null) await passThrough(file, compare);
    else await unpack(file, compare);
    return differs ? null : length;
  } finally {
    await file.close();
  }
}

/** Whether a file, which is not packed, begins with everything that the other one holds, packed or not. @throws Moved; the system's errors */
export async function beginsWith(whole: Sighting, part: Sighting): Promise<boolean> {
  const file = await openSighted(whole);
  try {
    return (await beginningOf(file, part)) !== null;
  } finally {
    await file.close();
  }
}

/** Hands over what a file holds, unpacked, in order, until `take` says that it is enough (false). @throws Moved; the system's errors */
export async function eachBlock(sighting: Sighting, take: (block: Uint8Array) => boolean): Promise<void> {
  const file = await openSighted(sighting);
  const pass = (block: Uint8Array): Promise<void> => (take(block) ? Promise.resolve() : Promise.reject(enough));
  try {
    if ((await packing(file)) === null) await passThrough(file, pass);
    else await unpack(file, pass);
  } finally {
    await file.close();
  }
}

/** Hands over what a file holds that is not packed. */
async function passThrough(file: FileHandle, take: (block: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for (let at = 0, length = MARKED; ; at += length, length = BLOCK) {
      const block = await bytesAt(file, at, length);
      if (block.length > 0) await take(block);
      if (block.length < length) return;
    }
  } catch (error) {
    if (error !== enough) throw error;
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
