import type { ByteReader, ByteWriter } from '../windows/byte-stream.ts';

/** Values are kept on a scale of logarithms, in whole 1/256ths of a doubling: within 0.14 % of what they were. */
const PER_DOUBLING = 256;
/** A value that was flagged moves the highest by no more than a hundredth. */
const DRIFT = Math.round(Math.log2(1.01) * PER_DOUBLING);

export interface Usual {
  /** Of nine windows in ten. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly highest: number;
  readonly windows: number;
}

/**
 * One figure over the last clean windows, by its quantiles: they do not ask how it is distributed, and most figures of traffic have heavy tails. What
 * was flagged comes in no further out than a hundredth above the highest (winsorised), so that an attack cannot teach it, and what lasts is
 * followed at that rate.
 */
export class History {
  readonly #most: number;
  /** The oldest first. */
  #codes: number[] = [];
  #sorted: number[] | null = null;

  constructor(most: number) {
    this.#most = most;
  }

  get windows(): number {
    return this.#codes.length;
  }

  /** `most`: what a first value that was flagged may be. */
  push(value: number, flagged: boolean, most = 0): void {
    let code = codeOf(value);
    if (flagged) code = Math.min(code, (this.#codes.length > 0 ? this.#order()[this.#codes.length - 1] : codeOf(most)) + DRIFT);
    this.#codes.push(code);
    if (this.#codes.length > this.#most) this.#codes.shift();
    this.#sorted = null;
  }

  usual(): Usual {
    const at = (share: number): number => valueOf(this.#order()[Math.round((this.#codes.length - 1) * share)] ?? 0);
    return { low: at(0.05), middle: at(0.5), high: at(0.95), highest: at(1), windows: this.windows };
  }

  /** The least of the last windows. */
  lowest(): number {
    return valueOf(this.#order()[0] ?? 0);
  }

  write(out: ByteWriter): void {
    out.whole(this.#codes.length);
    for (const code of this.#codes) out.whole(code);
  }

  read(bytes: ByteReader): this {
    const count = bytes.count();
    this.#codes = Array.from({ length: count }, () => bytes.whole());
    this.#sorted = null;
    return this;
  }

  #order(): number[] {
    return (this.#sorted ??= [...this.#codes].sort((a, b) => a - b));
  }
}

function codeOf(value: number): number {
  return Math.round(Math.log2(1 + Math.max(0, value)) * PER_DOUBLING);
}

function valueOf(code: number): number {
  return 2 ** (code / PER_DOUBLING) - 1;
}
