import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { LatencySketch } from './latency-sketch.ts';
import type { KeyFigures } from './types.ts';
import { Variety } from './variety.ts';

/** Sums stay whole numbers that a double holds: beyond, they stop growing (a log may claim any number of bytes). */
const MOST = Number.MAX_SAFE_INTEGER;
const sumNames = ['errors', 'refused', 'bytesOut', 'bytesIn', 'durations'] as const;

/** What a record adds to its key, by row of a batch. `bins`: of durations (latency-sketch.ts), -1 is absent. */
export interface RowFigures {
  readonly errors: Uint8Array;
  readonly refused: Uint8Array;
  readonly bytesOut: Float64Array;
  readonly bytesIn: Float64Array;
  readonly durations: Float64Array;
  readonly bins: Int16Array;
}

/**
 * Figures by key, of at most `capacity` keys. When there would be more, the lighter half goes: heavy hitters by Misra and Gries 1982, in the
 * form that purges many at once (Anderson et al. 2017, "A high-performance algorithm for identifying frequent items in data streams") and can be
 * merged (Agarwal et al. 2012). A key that is not there has at most `bound` records, and bound ≤ records / (capacity / 2 + 1). Figures of a key are
 * exact since it is kept track of; at most `missed` of its records came before, 0 where nothing had been purged yet.
 */
export class FigureTable {
  readonly #capacity: number;
  #slots = new Map<string, number>();
  #keys: string[] = [];
  #bound = 0;
  records = new Float64Array(16);
  #missed = new Float64Array(16);
  errors = new Float64Array(16);
  refused = new Float64Array(16);
  bytesOut = new Float64Array(16);
  bytesIn = new Float64Array(16);
  durations = new Float64Array(16);
  #peers: Variety[] = [];
  #targets: Variety[] = [];
  #latency: LatencySketch[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.length;
  }

  get bound(): number {
    return this.#bound;
  }

  /** Adds the records `rows[0..count)` of a batch, in this order. `peers`, `targets`: hashes by row, 0 where absent; null where the dimension has none. */
  add(
    keys: readonly string[],
    figures: RowFigures,
    rows: Uint32Array,
    count: number,
    peers: Uint32Array | null,
    targets: Uint32Array | null,
  ): void {
    let key: string | null = null;
    let slot = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      if (keys[row] !== key) slot = this.#slot((key = keys[row]));
      this.records[slot]++;
      this.errors[slot] += figures.errors[row];
      this.refused[slot] += figures.refused[row];
      this.bytesOut[slot] = Math.min(MOST, this.bytesOut[slot] + figures.bytesOut[row]);
      this.bytesIn[slot] = Math.min(MOST, this.bytesIn[slot] + figures.bytesIn[row]);
      if (figures.bins[row] >= 0) {
        this.durations[slot] = Math.min(MOST, this.durations[slot] + figures.durations[row]);
        this.#latency[slot].add(figures.bins[row]);
      }
      if (peers !== null && peers[row] !== 0) this.#peers[slot].add(peers[row]);
      if (targets !== null && targets[row] !== 0) this.#targets[slot].add(targets[row]);
    }
  }

  /** Adds what another table counted: the same as if its records had come here, but for keys that one of the two had purged. */
  merge(other: FigureTable): void {
    const { bound: mine } = this;
    const { bound: others } = other;
    if (others > 0) for (let i = 0; i < this.size; i++) if (!other.#slots.has(this.#keys[i])) this.#missed[i] += others;
    for (let i = 0; i < other.size; i++) {
      const known = this.#slots.get(other.#keys[i]);
      const slot = known ?? this.#new(other.#keys[i], mine);
      this.#missed[slot] += other.#missed[i];
      this.records[slot] += other.records[i];
      for (const name of sumNames) this[name][slot] = Math.min(MOST, this[name][slot] + other[name][i]);
      this.#peers[slot].merge(other.#peers[i]);
      this.#targets[slot].merge(other.#targets[i]);
      this.#latency[slot].merge(other.#latency[i]);
    }
    this.#bound = mine + others;
    if (this.size > this.#capacity) this.#purge();
  }

  /** Puts a key back as `figures` had it. */
  put(figures: KeyFigures): void {
    const slot = this.#new(figures.key, figures.missed);
    this.records[slot] = figures.records;
    this.errors[slot] = figures.errors;
    this.refused[slot] = figures.refused;
    this.bytesOut[slot] = figures.bytesOut;
    this.bytesIn[slot] = figures.bytesIn;
    this.durations[slot] = figures.sketches.durations;
    this.#peers[slot] = figures.sketches.peers;
    this.#targets[slot] = figures.sketches.targets;
    this.#latency[slot] = figures.sketches.latency;
  }

  /** At least so many records may be missing of a key that is not there. */
  raise(bound: number): void {
    this.#bound = Math.max(this.#bound, bound);
  }

  /** The most records first, then by key. The sketches are this table's own: it takes no records any more. */
  figures(): KeyFigures[] {
    return this.#keys.map((key, slot) => this.#figuresOf(key, slot)).sort((a, b) => b.records - a.records || (a.key < b.key ? -1 : 1));
  }

  write(out: ByteWriter): void {
    out.whole(this.size);
    out.whole(this.#bound);
    for (let slot = 0; slot < this.size; slot++) {
      out.text(this.#keys[slot]);
      out.whole(this.records[slot]);
      out.whole(this.#missed[slot]);
      for (const name of sumNames) out.whole(this[name][slot]);
      this.#peers[slot].write(out);
      this.#targets[slot].write(out);
      this.#latency[slot].write(out);
    }
  }

  static read(bytes: ByteReader, capacity: number): FigureTable {
    const table = new FigureTable(capacity);
    const size = bytes.count(9);
    table.#bound = bytes.whole();
    for (let i = 0; i < size; i++) {
      const key = bytes.text();
      if (table.#slots.has(key)) throw bytes.damaged();
      const slot = table.#new(key, 0);
      table.records[slot] = bytes.whole();
      table.#missed[slot] = bytes.whole();
      for (const name of sumNames) table[name][slot] = bytes.whole();
      table.#peers[slot] = Variety.read(bytes);
      table.#targets[slot] = Variety.read(bytes);
      table.#latency[slot] = LatencySketch.read(bytes);
    }
    return table;
  }

  #slot(key: string): number {
    const slot = this.#slots.get(key);
    if (slot !== undefined) return slot;
    if (this.size >= this.#capacity) this.#purge();
    return this.#new(key, this.#bound);
  }

  #new(key: string, missed: number): number {
    const slot = this.size;
    if (slot === this.records.length) this.#grow();
    this.#keys.push(key);
    this.#slots.set(key, slot);
    this.records[slot] = 0;
    this.#missed[slot] = missed;
    for (const name of sumNames) this[name][slot] = 0;
    this.#peers.push(new Variety());
    this.#targets.push(new Variety());
    this.#latency.push(new LatencySketch());
    return slot;
  }

  /** The bound rises to the weight of the first key beyond half the capacity; what weighs no more goes. */
  #purge(): void {
    const weights = Float64Array.from({ length: this.size }, (_, i) => this.records[i] + this.#missed[i]);
    const sorted = weights.slice().sort();
    const bound = sorted[this.size - 1 - (this.#capacity >>> 1)];
    this.#bound = Math.max(this.#bound, bound);
    const kept: number[] = [];
    weights.forEach((weight, slot) => {
      if (weight > this.#bound) kept.push(slot);
    });
    const move = <T>(values: T[]): T[] => kept.map((slot) => values[slot]);
    this.#keys = move(this.#keys);
    this.#peers = move(this.#peers);
    this.#targets = move(this.#targets);
    this.#latency = move(this.#latency);
    for (const column of [this.records, this.#missed, ...sumNames.map((name) => this[name])]) {
      kept.forEach((slot, to) => (column[to] = column[slot]));
    }
    this.#slots = new Map(this.#keys.map((key, slot) => [key, slot]));
  }

  #figuresOf(key: string, slot: number): KeyFigures {
    const [peers, targets, latency] = [this.#peers[slot], this.#targets[slot], this.#latency[slot]];
    const durations = this.durations[slot];
    return {
      key,
      records: this.records[slot],
      missed: this.#missed[slot],
      errors: this.errors[slot],
      refused: this.refused[slot],
      bytesOut: this.bytesOut[slot],
      bytesIn: this.bytesIn[slot],
      peers: peers.distinct(),
      targets: targets.distinct(),
      entropy: targets.entropy(),
      latency: latency.records === 0 ? null : { records: latency.records, mean: durations / latency.records, p95: latency.quantile(0.95) },
      sketches: { peers, targets, durations, latency },
    };
  }

  #grow(): void {
    const longer = (values: Float64Array): Float64Array<ArrayBuffer> => {
      const copy = new Float64Array(values.length * 2);
      copy.set(values);
      return copy;
    };
    this.records = longer(this.records);
    this.#missed = longer(this.#missed);
    for (const name of sumNames) this[name] = longer(this[name]);
  }
}
