import { countRows, slicesOf, type RowFilter } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { ConnectionOverview } from '../contract/records.ts';
import { sumConnections, type ConnectionSums } from './connection-sums.ts';
import { topNames, topPorts, topStates } from './names.ts';
import { sentencesOf } from './sentences.ts';
import { topTalkers } from './talkers.ts';

/**
 * The figures behind the overview, for the connections that a filter lets through. `talkers` are originators, `responders` the others,
 * each from its own point of view: out is what it sent. Both hold the `top` by bytes out and the `top` by connections, in the order of bytes out.
 */
export function overview(
  table: RecordTable,
  filter: RowFilter,
  { buckets, top }: { readonly buckets: number; readonly top: number },
): ConnectionOverview {
  const started = performance.now();
  const slices = slicesOf(table, filter);
  const sums = sumConnections(table, slices, buckets);
  const { span, timeline, bytesOut, bytesIn } = sums;
  const figures = {
    kind: 'connection' as const,
    volume: sums.volume,
    total: countRows(slices),
    all: table.rows,
    first: span?.first ?? null,
    last: span?.last ?? null,
    bytesOut,
    bytesIn,
    hosts: countHosts(sums),
    timeline,
    ...topTalkers(table, slices, sums, top),
    services: topNames(table, 'service', sums.services, top),
    states: topStates(table, sums.states, top),
    ports: topPorts(sums.ports, top),
  };
  const sentences = sentencesOf(table, slices, figures);
  return { ...figures, sentences, milliseconds: performance.now() - started };
}

/** Hosts that take part on either side. */
function countHosts({ originators, responders }: ConnectionSums): number {
  let hosts = 0;
  for (let id = 1; id < originators.connections.length; id++)
    if (originators.connections[id] > 0 || responders.connections[id] > 0) hosts++;
  return hosts;
}
