import { countRows, slicesOf, type RowFilter } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { Overview } from '../contract/records.ts';
import { countNames, countPorts, countStates } from './names.ts';
import { sentencesOf } from './sentences.ts';
import { spanOf } from './slices.ts';
import { sumHosts, topTalkers } from './talkers.ts';
import { timelineOf } from './timeline.ts';

/**
 * The figures behind the overview, for the connections that a filter lets through. `talkers` are originators, `responders` the others,
 * each from its own point of view: out is what it sent. Both hold the `top` by bytes out and the `top` by connections, in the order of bytes out.
 */
export function overview(
  table: RecordTable,
  filter: RowFilter,
  { buckets, top }: { readonly buckets: number; readonly top: number },
): Overview {
  const started = performance.now();
  const slices = slicesOf(table, filter);
  const span = spanOf(slices);
  const sums = sumHosts(table, slices);
  const figures = {
    total: countRows(slices),
    all: table.rows,
    first: span?.first ?? null,
    last: span?.last ?? null,
    bytesOut: sums.bytesOut,
    bytesIn: sums.bytesIn,
    hosts: sums.hosts,
    timeline: timelineOf(table, slices, buckets),
    talkers: topTalkers(table, slices, sums.originators, 'orig_h', top),
    responders: topTalkers(table, slices, sums.responders, 'resp_h', top),
    services: countNames(table, slices, 'service', top),
    states: countStates(table, slices, top),
    ports: countPorts(slices, top),
  };
  const sentences = sentencesOf(table, slices, figures);
  return { ...figures, sentences, milliseconds: performance.now() - started };
}
