import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { LatencySketch } from './latency-sketch.ts';
import type { KeyFigures } from './types.ts';
import { Variety } from './variety.ts';

/** Sums stay whole numbers that a double holds: beyond, they stop growing (a log may claim any number of bytes). */
export const MOST = Number.MAX_SAFE_INTEGER;
/** Where the figures of a key lie, and how far apart two keys are: a row is a line of the processor's cache. */
const [RECORDS, MISSED, ERRORS, REFUSED, BYTES_OUT, BYTES_IN, DURATIONS, FIGURES] = [0, 1, 2, 3, 4, 5, 6, 7];
const WIDTH = 8;
/** Stand for those of keys that have none of either: never added to. */
const noVariety = new Variety();
const noLatency = new LatencySketch();

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
  /** WIDTH numbers a key. */
  #rows = new Float64Array(16 * WIDTH);
  /** null: none so far, as of most keys. */
  #peers: (Variety | null)[] = [];
  #targets: (Variety | null)[] = [];
  #latency: (LatencySketch | null)[] = [];

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
      const into = this.#rows;
      const at = slot * WIDTH;
      into[at + RECORDS]++;
      into[at + ERRORS] += figures.errors[row];
      into[at + REFUSED] += figures.refused[row];
      into[at + BYTES_OUT] = Math.min(MOST, into[at + BYTES_OUT] + figures.bytesOut[row]);
      into[at + BYTES_IN] = Math.min(MOST, into[at + BYTES_IN] + figures.bytesIn[row]);
      if (figures.bins[row] >= 0) {
        into[at + DURATIONS] = Math.min(MOST, into[at + DURATIONS] + figures.durations[row]);
        (this.#latency[slot] ??= new LatencySketch()).add(figures.bins[row]);
      }
      if (peers !== null && peers[row] !== 0) (this.#peers[slot] ??= new Variety()).add(peers[row]);
      if (targets !== null && targets[row] !== 0) (this.#targets[slot] ??= new Variety()).add(targets[row]);
    }
  }

  /** Adds what another table counted: the same as if its records had come here, but for keys that one of the two had purged. */
  merge(other: FigureTable): void {
    const { bound: mine } = this;
    const { bound: others } = other;
    if (others > 0) for (let i = 0; i < this.size; i++) if (!other.#slots.has(this.#keys[i])) this.#rows[i * WIDTH + MISSED] += others;
    for (let i = 0; i < other.size; i++) {
      const slot = this.#slots.get(other.#keys[i]) ?? this.#new(other.#keys[i], mine);
      const [to, from] = [slot * WIDTH, i * WIDTH];
      for (let of = 0; of < FIGURES; of++) this.#rows[to + of] = Math.min(MOST, this.#rows[to + of] + other.#rows[from + of]);
      const [peers, targets, latency] = [other.#peers[i], other.#targets[i], other.#latency[i]];
      if (peers !== null) (this.#peers[slot] ??= new Variety()).merge(peers);
      if (targets !== null) (this.#targets[slot] ??= new Variety()).merge(targets);
      if (latency !== null) (this.#latency[slot] ??= new LatencySketch()).merge(latency);
    }
    this.#bound = mine + others;
    if (this.size > this.#capacity) this.#purge();
  }

  /** Puts a key back as `figures` had it. */
  put({ key, records, missed, errors, refused, bytesOut, bytesIn, sketches }: KeyFigures): void {
    const slot = this.#new(key, missed);
    this.#rows.set([records, missed, errors, refused, bytesOut, bytesIn, sketches.durations], slot * WIDTH);
    if (sketches.peers !== noVariety) this.#peers[slot] = sketches.peers;
    if (sketches.targets !== noVariety) this.#targets[slot] = sketches.targets;
    if (sketches.latency !== noLatency) this.#latency[slot] = sketches.latency;
  }

  /** At least so many records may be missing of a key that is not there. */
  raise(bound: number): void {
    this.#bound = Math.max(this.#bound, bound);
  }

  /** The most records first, then by key. The sketches are this table's own: it takes no records any more. */
  figures(): KeyFigures[] {
    return this.#keys.map((key, slot) => this.#figuresOf(key, slot)).sort((a, b) => b.records - a.records || (a.key < b.key ? -1 : 1));
  }

  /** Empties it for the next records; what `figures` gave stays as it is. */
  clear(): void {
    this.#slots.clear();
    this.#keys = [];
    this.#peers = [];
    this.#targets = [];
    this.#latency = [];
    this.#bound = 0;
  }

  /** What `write` writes of a table that these were put into, with the heaviest `keep` of them. */
  static writeFigures(out: ByteWriter, keys: readonly KeyFigures[], bound: number, keep: number): void {
    let most = bound;
    for (let i = keep; i < keys.length; i++) most = Math.max(most, keys[i].records + keys[i].missed);
    const kept = Math.min(keep, keys.length);
    out.whole(kept);
    out.whole(most);
    for (let i = 0; i < kept; i++) {
      const { key, records, missed, errors, refused, bytesOut, bytesIn, sketches } = keys[i];
      out.text(key);
      out.whole(records);
      out.whole(missed);
      out.whole(errors);
      out.whole(refused);
      out.whole(bytesOut);
      out.whole(bytesIn);
      out.whole(sketches.durations);
      sketches.peers.write(out);
      sketches.targets.write(out);
      sketches.latency.write(out);
    }
  }

  write(out: ByteWriter): void {
    out.whole(this.size);
    out.whole(this.#bound);
    for (let slot = 0; slot < this.size; slot++) {
      out.text(this.#keys[slot]);
      for (let of = 0; of < FIGURES; of++) out.whole(this.#rows[slot * WIDTH + of]);
      (this.#peers[slot] ?? noVariety).write(out);
      (this.#targets[slot] ?? noVariety).write(out);
      (this.#latency[slot] ?? noLatency).write(out);
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
      for (let of = 0; of < FIGURES; of++) table.#rows[slot * WIDTH + of] = bytes.whole();
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
    if ((slot + 1) * WIDTH > this.#rows.length) this.#grow();
    this.#keys.push(key);
    this.#slots.set(key, slot);
    this.#rows.fill(0, slot * WIDTH, (slot + 1) * WIDTH);
    this.#rows[slot * WIDTH + MISSED] = missed;
    this.#peers.push(null);
    this.#targets.push(null);
    this.#latency.push(null);
    return slot;
  }

  /** The bound rises to the weight of the first key beyond half the capacity; what weighs no more goes. */
  #purge(): void {
    const weights = Float64Array.from({ length: this.size }, (_, i) => this.#rows[i * WIDTH + RECORDS] + this.#rows[i * WIDTH + MISSED]);
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
    kept.forEach((slot, to) => this.#rows.copyWithin(to * WIDTH, slot * WIDTH, (slot + 1) * WIDTH));
    this.#slots = new Map(this.#keys.map((key, slot) => [key, slot]));
  }

  #figuresOf(key: string, slot: number): KeyFigures {
    const [peers, targets, latency] = [this.#peers[slot] ?? noVariety, this.#targets[slot] ?? noVariety, this.#latency[slot] ?? noLatency];
    const rows = this.#rows;
    const at = slot * WIDTH;
    const durations = rows[at + DURATIONS];
    return {
      key,
      records: rows[at + RECORDS],
      missed: rows[at + MISSED],
      errors: rows[at + ERRORS],
      refused: rows[at + REFUSED],
      bytesOut: rows[at + BYTES_OUT],
      bytesIn: rows[at + BYTES_IN],
      peers: peers.distinct(),
      targets: targets.distinct(),
      entropy: targets.entropy(),
      latency: latency.records === 0 ? null : { records: latency.records, mean: durations / latency.records, p95: latency.quantile(0.95) },
      sketches: { peers, targets, durations, latency },
    };
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
