import type { LiveWindow, WindowKey } from '../contract/live.ts';
import { mergeLight, readLight, type LightKey, type LightWindow } from './windows/light-window.ts';

/** A window as the contract tells it, with so many keys of each dimension: what was packed of it by one source, or by several that go into one. */
export function windowWords(packed: readonly Uint8Array[], top: number): LiveWindow {
  const window = packed.length === 1 ? readLight(packed[0], top) : mergeLight(packed.map((bytes) => readLight(bytes, Infinity)));
  const { whole, kind, start, end, late } = window;
  return {
    kind,
    start,
    width: end - start,
    records: whole.records,
    errors: whole.errors,
    bytes: whole.bytesIn + whole.bytesOut,
    clients: clientsOf(window),
    p95: whole.latency.records === 0 ? null : whole.latency.quantile(0.95),
    late,
    top: Object.fromEntries(window.dimensions.map(({ dimension, keys }) => [dimension, keys.slice(0, top).map(keyWords)])),
  };
}

function clientsOf({ kind, whole, dimensions }: LightWindow): number {
  if (kind === 'request' || kind === 'connection') return whole.peers.distinct();
  return dimensions.find(({ dimension }) => dimension === 'client' || dimension === 'originator')?.size ?? 0;
}

function keyWords({ key, records, errors, bytesIn, bytesOut }: LightKey): WindowKey {
  return { key, records, errors, bytes: bytesIn + bytesOut };
}
