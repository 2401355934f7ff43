import type { ByteReader, ByteWriter } from '../windows/byte-stream.ts';

/** Values are kept on a scale of logarithms, in whole 1/256ths of a doubling: within 0.14 % of what they were. */
const PER_DOUBLING = 256;
/** A value that was flagged, or lies far out, moves the highest by no more than this: what drifts is followed by a hundredth a window. */
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
 * One figure over the last clean windows. Robust: judged are its median, its median absolute deviation and its highest value; nothing comes in that
 * is further out than a hundredth above the highest when it was flagged, so that an attack cannot teach it (winsorising).
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

  push(value: number, flagged: boolean): void {
    let code = codeOf(value);
    if (flagged && this.#codes.length > 0) code = Math.min(code, this.#order()[this.#codes.length - 1] + DRIFT);
    this.#codes.push(code);
    if (this.#codes.length > this.#most) this.#codes.shift();
    this.#sorted = null;
  }

  usual(): Usual {
    const at = (share: number): number => valueOf(this.#order()[Math.round((this.#codes.length - 1) * share)] ?? 0);
    return { low: at(0.05), middle: at(0.5), high: at(0.95), highest: at(1), windows: this.windows };
  }

  /** What nobody would call usual: above `factor` times the highest, and 6 robust deviations (1.4826 × median absolute deviation) above the middle. */
  limit(factor: number): number {
    const sorted = this.#order();
    const middle = sorted[(sorted.length - 1) >> 1] ?? 0;
    const deviations = sorted.map((code) => Math.abs(code - middle)).sort((a, b) => a - b);
    const spread = 1.4826 * (deviations[(deviations.length - 1) >> 1] ?? 0);
    return Math.max(valueOf(sorted[sorted.length - 1] ?? 0) * factor, valueOf(middle + 6 * spread));
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
