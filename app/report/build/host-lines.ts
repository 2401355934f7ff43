import type { DictionaryReader } from '../../columns/types.ts';
import type { HostFigures } from '../../insight/hosts.ts';

/** What one host did, for the report. Times in microseconds, null where its records have none. */
export interface HostLine {
  readonly asOriginator: number;
  readonly asResponder: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly peers: number;
  readonly failed: number;
  readonly first: number | null;
  readonly last: number | null;
}

export function hostLines(dictionary: DictionaryReader, figures: HostFigures, wanted: ReadonlySet<string>): ReadonlyMap<string, HostLine> {
  const lines = new Map<string, HostLine>();
  for (const host of wanted) {
    const id = dictionary.idOf(host);
    if (id === 0) continue;
    const first = figures.first[id];
    const last = figures.last[id];
    const timed = first <= last;
    lines.set(host, {
      asOriginator: figures.asOriginator[id],
      asResponder: figures.asResponder[id],
      bytesOut: figures.bytesOut[id],
      bytesIn: figures.bytesIn[id],
      peers: figures.peers[id],
      failed: figures.failed[id],
      first: timed ? first : null,
      last: timed ? last : null,
    });
  }
  return lines;
}
