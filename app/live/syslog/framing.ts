const LF = 10;

/** Takes messages as they were framed. `cut`: only the beginning, of a message that was longer than is taken. */
export type TakeMessage = (message: Uint8Array, cut: boolean) => void;

/**
 * Parts a TCP stream of syslog messages (RFC 6587): with octet counting, `LENGTH <PRI>...`, or ended by LF. Which of them it is is told anew by the first
 * bytes of every message.
 */
export class SyslogFraming {
  readonly #most: { readonly line: number; readonly counted: number };
  readonly #take: TakeMessage;
  /** The beginning of a message, or of its length. */
  #held = Buffer.alloc(0);
  /** Bytes of a message that is too long, still to come; Infinity: up to its line end. */
  #skip = 0;

  /** Messages of at most so many bytes: of those that end with a line end, and of those whose length stands before them. */
  constructor(most: { readonly line: number; readonly counted: number }, take: TakeMessage) {
    this.#most = most;
    this.#take = take;
  }

  /** The next bytes of the stream. */
  push(block: Uint8Array): void {
    let bytes = Buffer.concat([this.#held, block]);
    while (bytes.length > 0) {
      const used = this.#skip > 0 ? this.#over(bytes) : this.#next(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.#held = Buffer.from(bytes);
  }

  /** The stream ended: what is held of a line is a message, what is held of a counted one is not whole. */
  end(): void {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    if (held.length === 0 || this.#skip > 0) return;
    const counted = countedLength(held);
    if (counted === null || counted.length < 0) this.#take(held, false);
    else this.#take(held.subarray(counted.start), true);
  }

  /** Takes the message that the bytes begin with; returns how many of them it was, 0 where more are needed. */
  #next(bytes: Buffer): number {
    const counted = countedLength(bytes);
    if (counted === null) return 0;
    return counted.length < 0 ? this.#line(bytes) : this.#counted(bytes, counted.start, counted.length);
  }

  #counted(bytes: Buffer, start: number, length: number): number {
    const taken = Math.min(length, this.#most.counted);
    if (bytes.length < start + taken) return 0;
    this.#take(Buffer.from(bytes.subarray(start, start + taken)), taken < length);
    this.#skip = length - taken;
    return start + taken;
  }

  #line(bytes: Buffer): number {
    const end = bytes.indexOf(LF);
    if (end >= 0 && end <= this.#most.line) {
      this.#take(Buffer.from(bytes.subarray(0, end)), false);
      return end + 1;
    }
    if (bytes.length <= this.#most.line) return 0;
    this.#take(Buffer.from(bytes.subarray(0, this.#most.line)), true);
    this.#skip = Infinity;
    return this.#most.line;
  }

  /** Steps over the rest of a message that was too long. */
  #over(bytes: Buffer): number {
    if (this.#skip === Infinity) {
      const end = bytes.indexOf(LF);
      if (end >= 0) this.#skip = 0;
      return end < 0 ? bytes.length : end + 1;
    }
    const used = Math.min(this.#skip, bytes.length);
    this.#skip -= used;
    return used;
  }
}

/** What `LENGTH <` at the beginning says, -1 where it does not stand there; null: more bytes are needed to tell. */
function countedLength(bytes: Buffer): { readonly start: number; readonly length: number } | null {
  const [, digits, rest] = /^([1-9]\d{0,8}|)([^]{0,2})/.exec(bytes.toString('latin1', 0, 11)) ?? ['', '', ''];
  if (digits === '' || !' <'.startsWith(rest)) return { start: 0, length: -1 };
  return rest.length < 2 ? null : { start: digits.length + 1, length: Number(digits) };
}
