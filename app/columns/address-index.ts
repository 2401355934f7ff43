import { randomBytes } from 'node:crypto';
import { parseIpv4 } from '../shared/ipv4.ts';
import { KeyedIndex, type TextIndex } from './keyed-index.ts';

/** Numbers of hosts, found without their texts: an IPv4 address is known by itself, in eleven to fourteen bytes; others as KeyedIndex knows them. */
export class AddressIndex implements TextIndex {
  #size = 0;
  readonly #addresses = new AddressTable();
  readonly #others = new KeyedIndex();
  /** The numbers of the others, in the order in which they came. */
  #numbers = new Uint32Array(1024);

  get size(): number {
    return this.#size;
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    const address = parseIpv4(bytes, start, end);
    if (address >= 0) return this.#addresses.get(address);
    const other = this.#others.find(bytes, start, end);
    return other === 0 ? 0 : this.#numbers[other - 1];
  }

  intern(bytes: Uint8Array, start: number, end: number): number {
    const address = parseIpv4(bytes, start, end);
    const next = this.#size + 1;
    const number = address >= 0 ? this.#addresses.getOr(address, next) : this.#other(this.#others.intern(bytes, start, end), next);
    if (number === next) this.#size = next;
    return number;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    const address = parseIpv4(bytes, start, end);
    this.#size++;
    if (address >= 0) this.#addresses.getOr(address, this.#size);
    else {
      this.#others.append(bytes, start, end);
      this.#other(this.#others.size, this.#size);
    }
  }

  /** `next` is that of `other` where it has none. */
  #other(other: number, next: number): number {
    if (other > this.#numbers.length) this.#numbers = new Uint32Array(this.#numbers.buffer.transfer(this.#numbers.byteLength * 2));
    return (this.#numbers[other - 1] ||= next);
  }
}

/** The table has so many parts: when one of them grows, little is moved. */
const PART_BITS = 6;
const LOW = 2 ** (32 - PART_BITS) - 1;
const FIRST_SLOTS = 64;

/** Numbers by IPv4 addresses. */
class AddressTable {
  /** An address and its number, side by side; number 0: free. At most three quarters full. */
  readonly #parts = Array.from({ length: 1 << PART_BITS }, () => new Uint32Array(FIRST_SLOTS * 2));
  #scratch = new Uint32Array(0);
  readonly #counts = new Uint32Array(1 << PART_BITS);
  /** Different in every process, so that nobody can prepare addresses that all collide. */
  readonly #seed = randomBytes(4).readUInt32LE();

  /** 0: it has none. */
  get(address: number): number {
    const hash = this.#hash(address);
    const part = this.#parts[hash >>> (32 - PART_BITS)];
    return part[slotOf(part, hash, address) + 1];
  }

  /** `number` is what it has from now on where it had none. */
  getOr(address: number, number: number): number {
    const hash = this.#hash(address);
    const place = hash >>> (32 - PART_BITS);
    const part = this.#parts[place];
    const slot = slotOf(part, hash, address);
    if (part[slot + 1] !== 0) return part[slot + 1];
    part[slot] = address;
    part[slot + 1] = number;
    if (++this.#counts[place] * 8 > part.length * 3) this.#parts[place] = this.#longer(part);
    return number;
  }

  /** What it was before is given back at once. */
  #longer(part: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    const { length } = part;
    if (this.#scratch.length < length) this.#scratch = new Uint32Array(length * 2);
    const scratch = this.#scratch;
    scratch.set(part);
    const longer = new Uint32Array(part.buffer.transfer(Math.ceil((length * 5) / 8) * 8)).fill(0);
    for (let i = 0; i < length; i += 2) {
      if (scratch[i + 1] === 0) continue;
      const slot = slotOf(longer, this.#hash(scratch[i]), scratch[i]);
      longer[slot] = scratch[i];
      longer[slot + 1] = scratch[i + 1];
    }
    return longer;
  }

  /** The last step of MurmurHash3 (Austin Appleby, public domain). */
  #hash(address: number): number {
    let hash = address ^ this.#seed;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** Where the address stands, or would stand. The highest bits of its hash have told the part. */
function slotOf(part: Uint32Array, hash: number, address: number): number {
  const { length } = part;
  for (let slot = Math.floor(((hash & LOW) * (length >>> 1)) / (LOW + 1)) * 2; ; slot = slot + 2 === length ? 0 : slot + 2)
    if (part[slot + 1] === 0 || part[slot] === address) return slot;
}
