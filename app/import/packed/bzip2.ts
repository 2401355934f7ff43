import unbzip2 from 'unbzip2-stream';
import { asError, type Damage, type StreamUnpacker, type Take } from './unpacker.ts';

/** Unpacks bzip2, several streams one after the other too, with the library `unbzip2-stream`; on the calling thread. */
export class Bzip2Unpacker implements StreamUnpacker {
  damage: Damage | null = null;
  /** The library does not tell what is left over. */
  readonly trailing = 0;
  readonly #stream = unbzip2();
  #failed: Error | null = null;

  constructor(take: Take) {
    this.#stream.on('data', (block: Uint8Array) => {
      if (this.#failed !== null) return;
      try {
        take(block);
      } catch (error) {
        this.#failed = asError(error);
      }
    });
    this.#stream.on('error', (error: unknown) => {
      this.damage ??= {
        kind: endsEarly(error) ? 'cut' : 'damaged',
        what: endsEarly(error) ? 'the packed data breaks off' : 'the packed data is damaged',
      };
    });
  }

  write(block: Uint8Array): Promise<void> {
    // the library keeps what it is given
    if (this.damage === null) this.#stream.write(Buffer.from(block));
    return this.#outcome();
  }

  end(): Promise<void> {
    if (this.damage === null) this.#stream.end();
    return this.#outcome();
  }

  close(): void {
    this.#stream.removeAllListeners('data');
  }

  #outcome(): Promise<void> {
    return this.#failed === null ? Promise.resolve() : Promise.reject(this.#failed);
  }
}

/** What the library says where there are no more bytes: its own words, or those of reading behind the last buffer. */
function endsEarly(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && /prematurely/.test(error.message));
}
