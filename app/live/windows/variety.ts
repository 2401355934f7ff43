import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { CountTable } from './count-table.ts';

/** Different values are counted exactly up to here. */
const EXACT = 128;
/** HyperLogLog with 2^11 registers: standard error 1.04 / √2048 = 2.3 %. */
const PRECISION = 11;
const REGISTERS = 1 << PRECISION;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);
/** Values beyond EXACT are counted by 8 bits of their hash: entropy then is at most 8 bits, and rather too low than too high. */
const BUCKETS = 256;
/** c log2 c is summed in whole 2^-16ths, so that no order of adding can change a bit. */
const UNIT = 65_536;

/**
 * How many different values there were, and how evenly: exact up to 128 of them, beyond by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007;
 * linear counting below 2.5 registers) and by counts of 256 parts of the hash. Its state depends on the values alone, never on their order
 * or on how they were merged. Values are hashes (hash.ts).
 */
export class Variety {
  #few: CountTable | null = new CountTable();
  #registers: Uint8Array = none;
  #buckets: Float64Array = noBuckets;

  add(hash: number, count = 1): void {
    if (this.#few !== null) {
      if (this.#few.add(hash, count) === 0 && this.#few.size > EXACT) this.#spread(this.#few);
      return;
    }
    this.#count(hash, count);
  }

  merge(other: Variety): void {
    if (other.#few !== null) {
      other.#few.forEach((hash, count) => this.add(hash, count));
      return;
    }
    if (this.#few !== null) this.#spread(this.#few);
    for (let i = 0; i < REGISTERS; i++) if (other.#registers[i] > this.#registers[i]) this.#registers[i] = other.#registers[i];
    for (let i = 0; i < BUCKETS; i++) this.#buckets[i] += other.#buckets[i];
  }

  /** A whole number. */
  distinct(): number {
    if (this.#few !== null) return this.#few.size;
    let sum = 0;
    let empty = 0;
    const registers = this.#registers;
    for (let i = 0; i < REGISTERS; i++) {
      sum += shares[registers[i]];
      if (registers[i] === 0) empty++;
    }
    const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
    const small = estimate <= 2.5 * REGISTERS && empty > 0;
    return Math.max(EXACT + 1, Math.round(small ? REGISTERS * Math.log(REGISTERS / empty) : estimate));
  }

  /** Shannon entropy in bits, 0 where there is but one value or none. */
  entropy(): number {
    if (this.#few !== null && this.#few.size <= 1) return 0;
    let total = 0;
    let sum = 0;
    const part = (count: number): void => {
      total += count;
      sum += count < weights.length ? weights[count] : weightOf(count);
    };
    if (this.#few !== null) this.#few.forEach((_, count) => part(count));
    else for (const count of this.#buckets) if (count > 0) part(count);
    return total === 0 ? 0 : Math.max(0, Math.log2(total) - sum / UNIT / total);
  }

  write(out: ByteWriter): void {
    if (this.#few !== null) {
      this.#few.write(out);
      return;
    }
    out.whole(EXACT + 1);
    out.bytes(this.#registers);
    for (const count of this.#buckets) out.whole(count);
  }

  static read(bytes: ByteReader): Variety {
    const variety = new Variety();
    const size = bytes.whole();
    if (size > EXACT + 1) throw bytes.damaged();
    if (size <= EXACT) {
      let hash = 0;
      for (let i = 0; i < size; i++) {
        hash += bytes.whole();
        const count = bytes.whole();
        if (hash > 0xffff_ffff || count === 0 || count > 0xffff_ffff || (variety.#few?.add(hash, count) ?? 0) !== 0) throw bytes.damaged();
      }
      return variety;
    }
    variety.#few = null;
    variety.#registers = bytes.bytes(REGISTERS);
    const registers = variety.#registers;
    for (let i = 0; i < REGISTERS; i++) if (registers[i] > 33 - PRECISION) throw bytes.damaged();
    const buckets = new Float64Array(BUCKETS);
    for (let i = 0; i < BUCKETS; i++) buckets[i] = bytes.whole();
    variety.#buckets = buckets;
    return variety;
  }

  /** Passes over what `write` wrote. */
  static pass(bytes: ByteReader): void {
    const size = bytes.whole();
    if (size > EXACT + 1) throw bytes.damaged();
    if (size <= EXACT) return bytes.pass(2 * size);
    bytes.passBytes(REGISTERS);
    bytes.pass(BUCKETS);
  }

  #spread(few: CountTable): void {
    this.#few = null;
    this.#registers = new Uint8Array(REGISTERS);
    this.#buckets = new Float64Array(BUCKETS);
    few.forEach((hash, count) => this.#count(hash, count));
  }

  #count(hash: number, count: number): void {
    const register = hash >>> (32 - PRECISION);
    const rank = Math.clz32((hash << PRECISION) | (1 << (PRECISION - 1))) + 1;
    if (rank > this.#registers[register]) this.#registers[register] = rank;
    this.#buckets[hash & (BUCKETS - 1)] += count;
  }
}

/** c log2 c. */
function weightOf(count: number): number {
  return Math.round(count * Math.log2(count) * UNIT);
}

/** Shares of a register: 2^-register. */
const shares = Float64Array.from({ length: 34 - PRECISION }, (_, register) => 2 ** -register);
/** Of small counts. */
const weights = Float64Array.from({ length: 1024 }, (_, count) => (count === 0 ? 0 : weightOf(count)));
const none = new Uint8Array(0);
const noBuckets = new Float64Array(0);
