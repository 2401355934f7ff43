import type { LiveWindow, WindowKey } from '../contract/live.ts';
import type { ClosedWindow } from './windows/types.ts';

/** A window as the contract tells it, with so many keys of each dimension. */
export function windowWords(window: ClosedWindow, top: number): LiveWindow {
  const { whole, kind, start, end, late } = window;
  const clients = window.dimensions.find(({ dimension }) => dimension === 'client' || dimension === 'originator');
  return {
    kind,
    start,
    width: end - start,
    records: whole.records,
    errors: whole.errors,
    bytes: whole.bytesIn + whole.bytesOut,
    clients: kind === 'request' || kind === 'connection' ? whole.peers : (clients?.keys.length ?? 0),
    p95: whole.latency?.p95 ?? null,
    late,
    top: Object.fromEntries(window.dimensions.map(({ dimension, keys }) => [dimension, keys.slice(0, top).map(keyWords)])),
  };
}

function keyWords({ key, records, errors, bytesIn, bytesOut }: ClosedWindow['dimensions'][number]['keys'][number]): WindowKey {
  return { key, records, errors, bytes: bytesIn + bytesOut };
}
