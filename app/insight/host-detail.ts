import type { CaseReader } from '../case/types.ts';
import type { HostDetail, HostRow, Talker } from '../contract/records.ts';
import type { RecordTable } from '../columns/types.ts';
import type { HostAssignment } from '../shared/run-outcome.ts';
import type { HostFigures } from './hosts.ts';
import { sumConnections } from './connection-sums.ts';
import { topNames, topPorts } from './names.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { sliceOf, type Slice } from '../columns/scan/slices.ts';
import { largest } from './talkers.ts';
import { rhythmOf } from './timeline.ts';
import { Volumes } from './volumes.ts';

const TOP = 50;

/** Everything about the host of `row`. `figures` are those of all connections: a peer's `peers` are all it had to do with. */
export function hostDetail(reader: CaseReader, row: HostRow, figures: HostFigures, buckets: number): HostDetail {
  const table = reader.table('connection');
  const id = table.dictionary('host').idOf(row.host);
  const slices = slicesOfHost(table, id);
  const { sums, timeline } = sumConnections(table, slices, buckets);
  return {
    row,
    timeline,
    peers: peersOf(table, slices, id, figures),
    ports: topPorts(sums.ports, TOP),
    services: topNames(table, 'service', sums.services, TOP),
    clusters: clustersOf(reader, slices, id),
    findings: reader.findings({ host: row.host }),
    rhythm: rhythmOf(slices),
  };
}

/** The connections that the host takes part in. */
export function slicesOfHost(table: RecordTable, id: number): readonly Slice[] {
  const columns = new SliceColumns();
  return table.chunks.flatMap((chunk) => {
    const may = ['orig_h', 'resp_h'].some((column) => {
      const stats = chunk.stats(column);
      return stats !== null && stats.min !== null && stats.max !== null && id >= stats.min && id <= stats.max;
    });
    if (!may || id === 0) return [];
    const whole = { chunk, rows: null, count: chunk.rows };
    const orig = columns.ids(whole, 'orig_h');
    const resp = columns.ids(whole, 'resp_h');
    const mask = new Uint8Array(chunk.rows);
    for (let i = 0; i < mask.length; i++) mask[i] = orig[i] === id || resp[i] === id ? 1 : 0;
    const slice = sliceOf(chunk, mask);
    return slice === null ? [] : [slice];
  });
}

/** Hosts on the other side; bytes from the host's own point of view. The most bytes and the most connections, the most bytes first. */
function peersOf(table: RecordTable, slices: readonly Slice[], id: number, figures: HostFigures): Talker[] {
  const hosts = table.dictionary('host');
  const connections = new Float64Array(hosts.size + 1);
  const bytesOut = new Float64Array(hosts.size + 1);
  const bytesIn = new Float64Array(hosts.size + 1);
  const columns = new SliceColumns();
  const volumes = new Volumes(table);
  for (const slice of slices) {
    const orig = columns.ids(slice, 'orig_h');
    const resp = columns.ids(slice, 'resp_h');
    const sent = volumes.sent(columns, slice);
    const received = volumes.received(columns, slice);
    for (let i = 0; i < slice.count; i++) {
      const isOriginator = orig[i] === id;
      const peer = isOriginator ? resp[i] : orig[i];
      const out = isOriginator ? sent[i] : received[i];
      const back = isOriginator ? received[i] : sent[i];
      connections[peer]++;
      bytesOut[peer] += out === out ? out : 0;
      bytesIn[peer] += back === back ? back : 0;
    }
  }
  const both = bytesOut.map((out, peer) => out + bytesIn[peer]);
  const chosen = [...new Set([...largest(both, TOP), ...largest(connections, TOP)])];
  chosen.sort((a, b) => both[b] - both[a] || connections[b] - connections[a] || a - b);
  return chosen.map((peer) => ({
    host: hosts.textOf(peer),
    connections: connections[peer],
    bytesOut: bytesOut[peer],
    bytesIn: bytesIn[peer],
    peers: figures.peers[peer],
  }));
}

/** The cluster that a run over hosts put the host in, with all of its records. */
function ownCluster(found: HostAssignment | null, run: number, host: number, slices: readonly Slice[]): HostDetail['clusters'] {
  const cluster = found?.labels[found.hosts.indexOf(host)] ?? 0;
  return cluster === 0 ? [] : [{ run, cluster, records: slices.reduce((sum, { count }) => sum + count, 0) }];
}

/** How many of the rows lie in which cluster of which run; the latest run first, its clusters by number. */
function clustersOf(reader: CaseReader, slices: readonly Slice[], host: number): HostDetail['clusters'] {
  return [...reader.runs()]
    .sort((a, b) => b.id - a.id)
    .flatMap(({ id: run, k, of, window }) => {
      if (of === 'hosts') return window === null ? ownCluster(reader.hostAssignment(run), run, host, slices) : [];
      const counts = new Float64Array(k + 1);
      for (const { chunk, rows, count } of slices) {
        const labels = reader.assignment(run, chunk.id)?.labels;
        if (labels !== undefined) for (let n = 0; n < count; n++) counts[labels[rows === null ? n : rows[n]]]++;
      }
      return Array.from(counts, (records, cluster) => ({ run, cluster, records })).filter(
        ({ cluster, records }) => cluster > 0 && records > 0,
      );
    });
}
