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
 * followed at that rate. The values are kept in their order all the time: there are thousands of histories, each of them asked for every window.
 */
export class History {
  readonly #most: number;
  /** Codes as they came, a ring, and behind them, from the middle on, the same in ascending order. */
  #codes: Uint16Array = none;
  #windows = 0;
  /** Of the ring, where the oldest is: 0 until it is full. */
  #oldest = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get windows(): number {
    return this.#windows;
  }

  /** `most`: what a first value that was flagged may be. */
  push(value: number, flagged: boolean, most = 0): void {
    const code = codeOf(value);
    this.#take(flagged ? Math.min(code, (this.#windows > 0 ? this.#code(1) : codeOf(most)) + DRIFT) : code);
  }

  usual(): Usual {
    return { low: this.#at(0.05), middle: this.middle, high: this.high, highest: this.highest, windows: this.#windows };
  }

  get middle(): number {
    return this.#at(0.5);
  }

  /** Of nine windows in ten it is no more. */
  get high(): number {
    return this.#at(0.95);
  }

  get highest(): number {
    return this.#at(1);
  }

  /** The least of the last windows. */
  get lowest(): number {
    return this.#at(0);
  }

  write(out: ByteWriter): void {
    out.whole(this.#windows);
    for (let i = 0; i < this.#windows; i++) out.whole(this.#codes[(this.#oldest + i) % this.#windows]);
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  read(bytes: ByteReader): this {
    for (let left = bytes.count(); left > 0; left--) {
      const code = bytes.whole();
      if (code > HIGHEST_CODE) throw bytes.damaged();
      this.#take(code);
    }
    return this;
  }

  /** 0 without windows. */
  #at(share: number): number {
    return this.#windows === 0 ? 0 : valueOf(this.#code(share));
  }

  #code(share: number): number {
    return this.#codes[(this.#codes.length >>> 1) + Math.round((this.#windows - 1) * share)];
  }

  #take(code: number): void {
    if (this.#windows === this.#most) this.#replaceOldest(code);
    else {
      if (this.#windows * 2 === this.#codes.length) this.#grow();
      this.#codes[this.#windows] = code;
      this.#sortIn(this.#windows++, code);
    }
  }

  #replaceOldest(code: number): void {
    const sorted = this.#codes.length >>> 1;
    const old = this.#codes[this.#oldest];
    this.#codes[this.#oldest] = code;
    this.#oldest = (this.#oldest + 1) % this.#most;
    let low = 0;
    for (let high = this.#windows - 1; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.#codes[sorted + middle] < old) low = middle + 1;
      else high = middle;
    }
    this.#sortIn(low, code);
  }

  /** Puts a code where order wants it; `free`: its neighbours move over to this place. */
  #sortIn(free: number, code: number): void {
    const codes = this.#codes;
    const first = codes.length >>> 1;
    const last = first + this.#windows - 1;
    let at = first + free;
    while (at > first && codes[at - 1] > code) codes[at] = codes[--at];
    while (at < last && codes[at + 1] < code) codes[at] = codes[++at];
    codes[at] = code;
  }

  #grow(): void {
    const half = Math.min(this.#most, Math.max(FIRST_ROOM, this.#windows * 2));
    const codes = new Uint16Array(half * 2);
    codes.set(this.#codes.subarray(0, this.#windows));
    codes.set(this.#codes.subarray(this.#windows), half);
    this.#codes = codes;
  }
}

const none = new Uint16Array(0);
/** Most clients are seen in a few windows only. */
const FIRST_ROOM = 8;
const HIGHEST_CODE = 0xffff;

/** Codes of small whole numbers, and values of codes: most of what is asked for. */
const codesOfWhole = Uint16Array.from({ length: 4096 }, (_, value) => encode(value));
const values = Float64Array.from({ length: 54 * PER_DOUBLING }, (_, code) => decode(code));
/** Whole numbers up to here have codes of their own, and come back as they were: a limit of twice four is eight. */
const OWN_CODES = 256;
for (let value = 0; value <= OWN_CODES; value++) values[encode(value)] = value;

function codeOf(value: number): number {
  return Number.isInteger(value) && value >= 0 && value < codesOfWhole.length ? codesOfWhole[value] : encode(value);
}

function valueOf(code: number): number {
  return code < values.length ? values[code] : decode(code);
}

function encode(value: number): number {
  return Math.min(HIGHEST_CODE, Math.round(Math.log2(1 + Math.max(0, value)) * PER_DOUBLING));
}

function decode(code: number): number {
  return 2 ** (code / PER_DOUBLING) - 1;
}
