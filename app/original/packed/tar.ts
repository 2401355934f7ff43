import { createTarDecoder } from 'modern-tar';
import { FlowcaseError } from '../../errors.ts';
import { CODEC_BYTES, codecOf } from './codecs.ts';
import type { PackedFile, UncountedMember } from './member.ts';
import type { Damage, StreamUnpacker } from './unpacker.ts';

/** So many bytes tell whether it is one. */
export const TAR_HEAD = 512;
const SUM_AT = 148;
const SUM_END = 156;
const BLANK = 32;

/** By the check sum that every header of a tar archive has in it (POSIX ustar, GNU and older ones). */
export function isTar(head: Uint8Array): boolean {
  if (head.length < TAR_HEAD || head[0] === 0) return false;
  const said = /^ *([0-7]{1,7})[ \0]/.exec(Buffer.from(head.subarray(SUM_AT, SUM_END)).toString('latin1'));
  if (said === null) return false;
  let sum = 0;
  for (let i = 0; i < TAR_HEAD; i++) sum += i >= SUM_AT && i < SUM_END ? BLANK : head[i];
  return sum === parseInt(said[1], 8);
}

/**
 * The files of a tar archive, which may be packed as a stream, in one reading of it. Read by the library `modern-tar`, with little of it in memory.
 * @throws FlowcaseError FILE_DAMAGED where it breaks off or is no archive from some place on: the members before were given; FILE_CHANGED
 */
export async function* tarMembers(original: PackedFile): AsyncGenerator<UncountedMember> {
  const source = new TarSource(original);
  let damage: Damage | null = null;
  try {
    for await (const { header, body } of source.entries()) {
      if (header.type === 'file') {
        yield {
          name: header.name.toWellFormed(),
          position: () => source.position,
          read: async (take) => (damage = await source.drain(body, take)),
        };
      }
      // what was not read is passed over
      if (!body.locked) await body.cancel().catch(() => undefined);
    }
  } catch (error) {
    if (source.failure !== null) throw source.failure;
    // whoever read the last member has heard of it
    if (damage === null) throw damaged(original.path, error);
  } finally {
    await source.close();
  }
}

type Decoder = ReturnType<typeof createTarDecoder>;
type Entries = Decoder['readable'];

/**
 * What an archive that breaks off is filled up with: the library would throw away what it has of the last member. It keeps the blocks that it is
 * given, so these are known by their memory.
 */
const PADDING = new Uint8Array(2 ** 16);
const PADDINGS = 32;

/** The bytes of an archive on their way through the unpacker into the library. */
class TarSource {
  /** Bytes of the original that were read. */
  position = 0;
  /** What went wrong with the file itself. */
  failure: Error | null = null;
  readonly #original: PackedFile;
  readonly #decoder = createTarDecoder({ strict: true });
  readonly #writer = this.#decoder.writable.getWriter();
  #pushing: Promise<void> | null = null;
  #closed = false;

  constructor(original: PackedFile) {
    this.#original = original;
  }

  entries(): Entries {
    this.#pushing = this.#push().catch((error: unknown) => {
      if (this.#closed) return;
      if (error instanceof FlowcaseError) this.failure = error;
      void this.#writer.abort(error).catch(() => undefined);
    });
    return this.#decoder.readable;
  }

  async drain(body: ReadableStream<Uint8Array>, take: (block: Uint8Array) => Promise<void> | void): Promise<Damage | null> {
    let taking = false;
    try {
      for await (const block of body) {
        if (block.buffer === PADDING.buffer) return { kind: 'cut', what: 'the archive breaks off' };
        taking = true;
        await take(block);
        taking = false;
      }
      return null;
    } catch (error) {
      if (taking) throw error;
      if (this.failure !== null) throw this.failure;
      return { kind: 'cut', what: 'the archive breaks off or is damaged' };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.abort().catch(() => undefined);
    await this.#pushing;
  }

  async #push(): Promise<void> {
    const head = await this.#original.at(0, CODEC_BYTES);
    // the library keeps what it is given
    const put = (block: Uint8Array): Promise<void> => this.#writer.write(Uint8Array.from(block));
    const unpacker: StreamUnpacker | null = codecOf(head)?.unpack(put) ?? null;
    try {
      await this.#original.read(async (block) => {
        await (unpacker === null ? put(block) : unpacker.write(block));
        this.position += block.length;
      });
      await unpacker?.end();
      for (let i = 0; i < PADDINGS; i++) await this.#writer.write(PADDING);
      await this.#writer.close();
    } finally {
      unpacker?.close();
    }
  }
}

function damaged(path: string, error: unknown): FlowcaseError {
  const message = `${path} is a damaged tar archive: it breaks off, or is damaged from some place on. What comes before was kept; ask for a whole copy.`;
  return new FlowcaseError('FILE_DAMAGED', message, { path }, error);
}
