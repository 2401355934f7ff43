import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { hashOf, hashOfNumber } from './hash.ts';

/** Begins that are kept of a pair in a pane, the earliest: who calls more often has no rhythm that an hour of it would tell better. */
const MOST_TIMES = 64;
const WORD = 4_294_967_296;

/** The calls of one host to one port of another in a window. */
export interface PairCalls {
  readonly originator: string;
  readonly responder: string;
  readonly port: number;
  /** Whether these ends lie in one's own network, as the log says: 1 they do, 0 they do not, -1 it does not say. */
  readonly localOriginator: number;
  readonly localResponder: number;
  readonly records: number;
  /** That the originator sent; what the log does not say counts 0. */
  readonly bytesOut: number;
  /** When they began, microseconds since 1970 UTC, ascending; the earliest 64. A connection that was logged late may have begun before the window. */
  readonly times: readonly number[];
}

interface Calls extends PairCalls {
  localOriginator: number;
  localResponder: number;
  records: number;
  bytesOut: number;
  readonly times: number[];
}

/** Who called whom, by row of a batch. `port`: NaN where absent. */
export interface CallRows {
  readonly originators: { readonly keys: readonly string[]; readonly hashes: Uint32Array };
  readonly responders: { readonly keys: readonly string[]; readonly hashes: Uint32Array };
  readonly ports: Float64Array;
  /** 1, 0, or NaN where absent; null: the log has no such column. */
  readonly localOriginators: Float64Array | null;
  readonly localResponders: Float64Array | null;
  readonly times: Float64Array;
  readonly bytesOut: Float64Array;
}

/**
 * Calls by pair of hosts and port, of at most `capacity` pairs. Where there are more, those are kept whose hash lies in the lowest half, quarter, ... of
 * all (adaptive sampling by Wegman; Flajolet 1990, "On adaptive sampling"): which, depends neither on their order nor on how often they call, and is
 * the same pairs in window after window, so that a rhythm goes on. What has no port (0: a ping) is no call.
 */
export class CallTable {
  readonly #capacity: number;
  #pairs = new Map<number, Calls>();
  /** One pair in 2^level is kept. */
  #level = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds the records `rows[0..count)` of a batch. */
  add(calling: CallRows, rows: Uint32Array, count: number): void {
    const { originators, responders, ports, localOriginators, localResponders, times, bytesOut } = calling;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      const [from, to, port] = [originators.hashes[row], responders.hashes[row], ports[row]];
      if (from === 0 || to === 0 || !(port >= 1)) continue;
      const calls = this.#callsOf(keyOf(from, to, port), originators.keys[row], responders.keys[row], port);
      if (calls === null) continue;
      calls.localOriginator = Math.max(calls.localOriginator, localAt(localOriginators, row));
      calls.localResponder = Math.max(calls.localResponder, localAt(localResponders, row));
      calls.records++;
      calls.bytesOut = Math.min(Number.MAX_SAFE_INTEGER, calls.bytesOut + bytesOut[row]);
      insert(calls.times, Math.floor(times[row]));
    }
    this.#thin();
  }

  /** Adds what another table has: the same as if its records had come here. */
  merge(other: CallTable): void {
    this.#level = Math.max(this.#level, other.#level);
    for (const [key, { originator, responder, port, localOriginator, localResponder, records, bytesOut, times }] of other.#pairs) {
      const calls = this.#callsOf(key, originator, responder, port);
      if (calls === null) continue;
      calls.localOriginator = Math.max(calls.localOriginator, localOriginator);
      calls.localResponder = Math.max(calls.localResponder, localResponder);
      calls.records += records;
      calls.bytesOut = Math.min(Number.MAX_SAFE_INTEGER, calls.bytesOut + bytesOut);
      for (const time of times) insert(calls.times, time);
    }
    this.#drop();
    this.#thin();
  }

  /** In the order in which they came. They are this table's own: it takes no records any more but behind `clear`. */
  calls(): readonly PairCalls[] {
    return [...this.#pairs.values()];
  }

  /** Empties it for the next records; what `calls` gave stays as it is. */
  clear(): void {
    this.#pairs = new Map();
    this.#level = 0;
  }

  write(out: ByteWriter): void {
    out.whole(this.#level);
    out.whole(this.#pairs.size);
    for (const { originator, responder, port, localOriginator, localResponder, records, bytesOut, times } of this.#pairs.values()) {
      out.text(originator);
      out.text(responder);
      out.whole(port);
      out.signed(localOriginator);
      out.signed(localResponder);
      out.whole(records);
      out.whole(bytesOut);
      writeTimes(out, times);
    }
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  read(bytes: ByteReader): void {
    this.clear();
    this.#level = bytes.whole();
    for (let left = bytes.count(9); left > 0; left--) {
      const [originator, responder, port] = [bytes.text(), bytes.text(), bytes.whole()];
      const [localOriginator, localResponder, records, bytesOut] = [bytes.signed(), bytes.signed(), bytes.whole(), bytes.whole()];
      const calls = { originator, responder, port, localOriginator, localResponder, records, bytesOut, times: readTimes(bytes) };
      this.#pairs.set(keyOf(hashOf(originator), hashOf(responder), port), calls);
    }
  }

  /** Null where the pair is not among those that are kept. */
  #callsOf(key: number, originator: string, responder: string, port: number): Calls | null {
    const known = this.#pairs.get(key);
    if (known === undefined) {
      if (!this.#keeps(key)) return null;
      const made: Calls = { originator, responder, port, localOriginator: -1, localResponder: -1, records: 0, bytesOut: 0, times: [] };
      this.#pairs.set(key, made);
      // in the middle of a batch it may be over its capacity by half, not by what a scan has
      if (this.#pairs.size > this.#capacity * 1.5) this.#thin();
      return this.#keeps(key) ? made : null;
    }
    // two pairs may have the same key: the second is not told from the first
    return known.port === port && known.originator === originator && known.responder === responder ? known : null;
  }

  #keeps(key: number): boolean {
    return this.#level === 0 || hashOfNumber(key) < WORD / 2 ** this.#level;
  }

  #thin(): void {
    while (this.#pairs.size > this.#capacity) {
      this.#level++;
      this.#drop();
    }
  }

  #drop(): void {
    if (this.#level === 0) return;
    for (const key of this.#pairs.keys()) if (!this.#keeps(key)) this.#pairs.delete(key);
  }
}

function localAt(says: Float64Array | null, row: number): number {
  return says === null || Number.isNaN(says[row]) ? -1 : says[row];
}

/** Times in ascending order as their distances; whole microseconds. */
export function writeTimes(out: ByteWriter, times: readonly number[]): void {
  out.whole(times.length);
  if (times.length > 0) out.signed(times[0]);
  for (let i = 1; i < times.length; i++) out.whole(times[i] - times[i - 1]);
}

/** @throws FlowcaseError FILE_DAMAGED */
export function readTimes(bytes: ByteReader): number[] {
  const times: number[] = [];
  for (let left = bytes.count(); left > 0; left--)
    times.push(times.length === 0 ? bytes.signed() : times[times.length - 1] + bytes.whole());
  return times;
}

function insert(times: number[], time: number): void {
  let at = times.length;
  while (at > 0 && times[at - 1] > time) at--;
  if (at === times.length) {
    if (at < MOST_TIMES) times.push(time);
    return;
  }
  times.splice(at, 0, time);
  if (times.length > MOST_TIMES) times.pop();
}

/** 53 bits for a pair and its port. */
function keyOf(from: number, to: number, port: number): number {
  const high = (from ^ Math.imul(to, 0x85ebca6b) ^ Math.imul(port, 0x27d4eb2f)) >>> 0;
  const low = (Math.imul(from, 0xc2b2ae35) ^ to ^ Math.imul(port, 0x9e3779b1)) >>> 11;
  return low * WORD + high;
}
