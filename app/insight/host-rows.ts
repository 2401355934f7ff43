import type { TagIndex } from '../case/types.ts';
import type { DictionaryReader } from '../columns/types.ts';
import type { Finding, HostRow, Severity } from '../contract/records.ts';
import type { HostFigures } from './hosts.ts';

export interface Suspicion {
  readonly rank: number;
  readonly score: number;
  readonly severity: Severity;
  readonly why: string;
}

/** Hosts by their strongest finding. `findings` come strongest first, as the case gives them; the first host has rank 1. */
export function rankHosts(findings: readonly Finding[]): ReadonlyMap<string, Suspicion> {
  const ranks = new Map<string, Suspicion>();
  for (const { host, score, severity, why } of findings) {
    if (host !== '' && !ranks.has(host)) ranks.set(host, { rank: ranks.size + 1, score, severity, why });
  }
  return ranks;
}

/** One line of the list of hosts. */
export function hostRow(
  id: number,
  figures: HostFigures,
  dictionary: DictionaryReader,
  ranks: ReadonlyMap<string, Suspicion>,
  tags: TagIndex,
): HostRow {
  const host = dictionary.textOf(id);
  const suspicion = ranks.get(host);
  const timed = figures.first[id] <= figures.last[id];
  return {
    host,
    rank: suspicion?.rank ?? null,
    score: suspicion?.score ?? null,
    severity: suspicion?.severity ?? null,
    why: suspicion?.why ?? '',
    asOriginator: figures.asOriginator[id],
    asResponder: figures.asResponder[id],
    requests: figures.requests[id],
    bytesOut: figures.bytesOut[id],
    bytesIn: figures.bytesIn[id],
    peers: figures.peers[id],
    failed: figures.failed[id],
    first: timed ? figures.first[id] : 0,
    last: timed ? figures.last[id] : 0,
    tags: tags.ofHost(host),
  };
}
