import { textCodecOf, type Codec } from './codecs.ts';
import type { Damage, StreamUnpacker, Take } from './unpacker.ts';

/** So many bytes tell how text is written: two of a mark, and two that would make it UTF-32. */
const MARK_BYTES = 4;

/** Unpacks a stream, and reads the text in it as a file with those bytes is read: UTF-16 with its mark becomes UTF-8. */
export class PackedText implements StreamUnpacker {
  readonly #packed: StreamUnpacker;
  readonly #take: Take;
  /** The first bytes, until they tell how the text is written. */
  #head: Uint8Array | null = new Uint8Array(0);
  #text: StreamUnpacker | null = null;

  constructor(codec: Pick<Codec, 'unpack'>, take: Take) {
    this.#take = take;
    this.#packed = codec.unpack((block) => this.#pass(block));
  }

  /** What is wrong with the packing cuts the text too. */
  get damage(): Damage | null {
    return this.#packed.damage ?? this.#text?.damage ?? null;
  }

  get trailing(): number {
    return this.#packed.trailing;
  }

  get remark(): string | undefined {
    return this.#packed.remark ?? this.#text?.remark;
  }

  write(block: Uint8Array): Promise<void> {
    return this.#packed.write(block);
  }

  async end(): Promise<void> {
    await this.#packed.end();
    if (this.#head !== null) await this.#begin(this.#head);
    await this.#text?.end();
  }

  close(): void {
    this.#packed.close();
    this.#text?.close();
  }

  #pass(block: Uint8Array): Promise<void> | void {
    if (this.#head === null) return this.#text === null ? this.#take(block) : this.#text.write(block);
    this.#head = this.#head.length === 0 ? block : Buffer.concat([this.#head, block]);
    if (this.#head.length >= MARK_BYTES) return this.#begin(this.#head);
  }

  #begin(head: Uint8Array): Promise<void> | void {
    this.#head = null;
    this.#text = textCodecOf(head)?.unpack(this.#take) ?? null;
    if (head.length > 0) return this.#pass(head);
  }
}
