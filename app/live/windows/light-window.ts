import type { RecordKind } from '../../contract/case.ts';
import { ByteReader } from './byte-stream.ts';
import { MOST } from './figure-table.ts';
import { kindPlan } from './kinds.ts';
import { LatencySketch } from './latency-sketch.ts';
import { PACKED_FORM } from './pack-window.ts';
import { ABSENT } from './text-keys.ts';
import type { Dimension } from './types.ts';
import { Variety } from './variety.ts';

/** The plain figures of a key. */
export interface LightKey {
  readonly key: string;
  readonly records: number;
  readonly errors: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** Of a stored window what a list of windows shows. Sketches of keys, which are most of its bytes, are passed over. */
export interface LightWindow {
  readonly kind: RecordKind;
  readonly start: number;
  readonly end: number;
  readonly late: number;
  /** Its key is empty. */
  readonly whole: LightKey & { readonly peers: Variety; readonly latency: LatencySketch };
  /** `size`: of all its keys. The most records first. */
  readonly dimensions: readonly { readonly dimension: Dimension; readonly size: number; readonly keys: readonly LightKey[] }[];
}

/** Reads what `packWindow` wrote, with the first `top` keys of each dimension. @throws FlowcaseError FILE_DAMAGED */
export function readLight(bytes: Uint8Array, top: number): LightWindow {
  const reader = new ByteReader(bytes, 'A stored window');
  if (reader.whole() !== PACKED_FORM) throw reader.damaged();
  const kind = reader.text();
  // its source
  reader.signed();
  const frame = { kind, start: reader.signed(), end: reader.signed(), late: reader.whole() };
  // early ones, and the table of the whole: one key, no bound
  reader.pass(1);
  if (reader.whole() !== 1) throw reader.damaged();
  reader.pass(1);
  const figures = readKey(reader);
  const peers = Variety.read(reader);
  Variety.pass(reader);
  const whole = { ...figures, peers, latency: LatencySketch.read(reader) };
  const dimensions = kindPlan(kind).dimensions.map(({ dimension }) => ({ dimension, ...readKeys(reader, top) }));
  reader.end();
  return { ...frame, whole, dimensions };
}

function readKeys(reader: ByteReader, top: number): { readonly size: number; readonly keys: readonly LightKey[] } {
  const size = reader.count(9);
  // the bound
  reader.pass(1);
  const keys: LightKey[] = [];
  let first = '';
  for (let i = 0; i < size; i++) {
    if (i < Math.max(top, 1)) {
      const key = readKey(reader);
      if (i === 0) first = key.key;
      if (i < top) keys.push(key);
    } else {
      reader.passBytes(reader.count());
      reader.pass(7);
    }
    Variety.pass(reader);
    Variety.pass(reader);
    LatencySketch.pass(reader);
  }
  // a dimension of which the log says nothing has no keys
  return size === 1 && first === ABSENT ? { size: 0, keys: [] } : { size, keys };
}

function readKey(reader: ByteReader): LightKey {
  const key = reader.text();
  const records = reader.whole();
  // missed
  reader.pass(1);
  const errors = reader.whole();
  // refused
  reader.pass(1);
  const [bytesOut, bytesIn] = [reader.whole(), reader.whole()];
  // the sum of durations
  reader.pass(1);
  return { key, records, errors, bytesOut, bytesIn };
}

/** Windows of the same time as one, as `mergeWindows` has it; they were read with all keys. */
export function mergeLight(windows: readonly LightWindow[]): LightWindow {
  const [{ kind, start, end }] = windows;
  const whole = { ...windows.map((window) => window.whole).reduce(sumOf), peers: new Variety(), latency: new LatencySketch() };
  for (const window of windows) {
    whole.peers.merge(window.whole.peers);
    whole.latency.merge(window.whole.latency);
  }
  const late = windows.reduce((sum, window) => sum + window.late, 0);
  const dimensions = kindPlan(kind).dimensions.map(({ dimension }, i) => {
    const keys = mergedKeys(windows.map((window) => window.dimensions[i].keys));
    return { dimension, size: keys.length, keys };
  });
  return { kind, start, end, late, whole, dimensions };
}

function mergedKeys(all: readonly (readonly LightKey[])[]): LightKey[] {
  const merged = new Map<string, LightKey>();
  for (const key of all.flat()) {
    const before = merged.get(key.key);
    merged.set(key.key, before === undefined ? key : sumOf(before, key));
  }
  return [...merged.values()].sort((a, b) => b.records - a.records || (a.key < b.key ? -1 : 1));
}

/** The figures of both, with everything else of the first. */
function sumOf<F extends Omit<LightKey, 'key'>>(a: F, b: F): F {
  const sum = (of: (figures: F) => number): number => Math.min(MOST, of(a) + of(b));
  return {
    ...a,
    records: sum(({ records }) => records),
    errors: sum(({ errors }) => errors),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    bytesIn: sum(({ bytesIn }) => bytesIn),
  };
}
