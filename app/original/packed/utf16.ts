import { TextDecoder } from 'node:util';
import { plural } from '../../contract/format.ts';
import type { Damage, StreamUnpacker, Take } from './unpacker.ts';

const encodings = { le: ['utf-16le', 'little endian'], be: ['utf-16be', 'big endian'] } as const;

/**
 * Makes UTF-8 of UTF-16 as it comes (RFC 2781), without its mark. Halves of characters that stand alone become U+FFFD and are counted. What ends
 * within a character is without that one, as it was before the character was written.
 */
export class Utf16Unpacker implements StreamUnpacker {
  readonly damage: Damage | null = null;
  readonly trailing = 0;
  readonly #take: Take;
  readonly #order: 'le' | 'be';
  readonly #decoder: TextDecoder;
  #bytes = 0;
  #alone = 0;
  #within = false;
  /** The last half is the first of a character that needs two; its second may come. */
  #high = false;

  constructor(take: Take, order: 'le' | 'be') {
    this.#take = take;
    this.#order = order;
    this.#decoder = new TextDecoder(encodings[order][0]);
  }

  get remark(): string {
    const said = `It is written in UTF-16 (${encodings[this.#order][1]}) and was read as UTF-8: lines are those of the text, places and the hash of what was read those of its bytes in UTF-8.`;
    const within = this.#within ? ' It ends within a character, which was left out.' : '';
    return this.#alone === 0
      ? `${said}${within}`
      : `${said}${within} ${plural(this.#alone, 'half', 'halves')} of characters stand alone in it, and were read as U+FFFD.`;
  }

  async write(block: Uint8Array): Promise<void> {
    this.#count(block);
    await this.#give(this.#decoder.decode(block, { stream: true }));
  }

  async end(): Promise<void> {
    this.#within = this.#high || this.#bytes % 2 === 1;
    const rest = this.#decoder.decode();
    await this.#give(this.#within ? rest.replace(/\ufffd+$/, '') : rest);
  }

  close(): void {
    this.#high = false;
  }

  async #give(text: string): Promise<void> {
    if (text !== '') await this.#take(Buffer.from(text, 'utf8'));
  }

  /** Counts halves that stand alone, by their upper bytes. */
  #count(block: Uint8Array): void {
    const upper = this.#order === 'le' ? 1 : 0;
    for (let at = 0; at < block.length; at++) {
      if ((this.#bytes + at) % 2 !== upper) continue;
      const kind = block[at] & 0xfc;
      if (kind === 0xdc) {
        if (!this.#high) this.#alone++;
        this.#high = false;
      } else {
        if (this.#high) this.#alone++;
        this.#high = kind === 0xd8;
      }
    }
    this.#bytes += block.length;
  }
}
