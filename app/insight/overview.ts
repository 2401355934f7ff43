import { slicesOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { ConnectionOverview } from '../contract/records.ts';
import { ConnectionSums, longerTimeline } from './connection-sums.ts';
import { CountedRows, slicesOfRest } from './counted-rows.ts';
import { topNames, topPorts, topStates } from './names.ts';
import { sentencesOf } from './sentences.ts';
import { spanOf, wider, type Span } from './slices.ts';
import { chosenOf, PeerCounts, talkersOf } from './talkers.ts';
import { bucketsFor, fits, type Timeline } from './timeline.ts';
import { Volumes } from './volumes.ts';

/**
 * The figures behind the overview, for the connections that a filter lets through. `talkers` are originators, `responders` the others,
 * each from its own point of view: out is what it sent. Both hold the `top` by bytes out and the `top` by connections, in the order of bytes out.
 */
export function overview(
  table: RecordTable,
  filter: RowFilter,
  options: { readonly buckets: number; readonly top: number },
): ConnectionOverview {
  return new ConnectionFigures().overview(table, filter, options);
}

/** Of no records. */
const nothing = longerTimeline(null, bucketsFor(null, 0));
/** Beyond so many bytes what was counted is not kept for the next time. */
const MOST_KEPT = 48 * 2 ** 20;

/**
 * The overview of the connections through one filter, again and again while records come: what was counted is kept, and only what is new is read, with
 * the same answer, bit for bit, as from all records. The filter must say of a record what it said before.
 */
export class ConnectionFigures {
  #counted = new CountedRows();
  #sums = new ConnectionSums();
  #span: Span | null = null;
  #timeline = nothing;
  #peers = new PeerCounts([], []);
  #volumes: Volumes | null = null;
  /** Evidence that has records among those that were counted. */
  #evidence = new Set<number>();

  /** Bytes that it keeps in memory, roughly. */
  get size(): number {
    return this.#sums.size + this.#peers.memory;
  }

  overview(table: RecordTable, filter: RowFilter, options: { readonly buckets: number; readonly top: number }): ConnectionOverview {
    try {
      return this.#overview(table, filter, options);
    } catch (error) {
      // half of it may have been counted
      this.#forget();
      throw error;
    }
  }

  #overview(
    table: RecordTable,
    filter: RowFilter,
    { buckets, top }: { readonly buckets: number; readonly top: number },
  ): ConnectionOverview {
    const started = performance.now();
    const volumes = new Volumes(table);
    const fresh = this.#grow(table, filter, volumes, buckets);
    const sums = this.#sums;
    const talkers = chosenOf(sums.originators, top);
    const responders = chosenOf(sums.responders, top);
    this.#countPeers(table, filter, fresh, talkers, responders);
    const figures = {
      kind: 'connection' as const,
      volume: volumes.basis(this.#evidence),
      total: sums.total,
      all: table.rows,
      first: this.#span?.first ?? null,
      last: this.#span?.last ?? null,
      bytesOut: sums.bytesOut,
      bytesIn: sums.bytesIn,
      hosts: countHosts(sums),
      timeline: copyOf(this.#timeline),
      talkers: talkersOf(table, talkers, sums.originators, this.#peers.originators),
      responders: talkersOf(table, responders, sums.responders, this.#peers.responders),
      services: topNames(table, 'service', sums.services, top),
      states: topStates(table, sums.states, top),
      ports: topPorts(sums.ports, top),
    };
    const sentences = sentencesOf(table, filter, figures);
    if (this.size > MOST_KEPT) this.#forget();
    return { ...figures, sentences, milliseconds: performance.now() - started };
  }

  /** Counts what is new, and says what that is. */
  #grow(table: RecordTable, filter: RowFilter, volumes: Volumes, buckets: number): readonly Slice[] {
    let rest = this.#counted.rest(table);
    if (rest === null || this.#volumes?.alike(volumes, this.#evidence) === false) {
      this.#forget();
      rest = this.#counted.rest(table) ?? [];
    }
    const fresh = slicesOfRest(rest, filter);
    this.#span = wider(this.#span, spanOf(fresh));
    const wanted = bucketsFor(this.#span, buckets);
    const kept = fits(this.#timeline, wanted) ? this.#timeline : null;
    const goesOn = kept !== null || this.#sums.total === 0;
    this.#timeline = longerTimeline(kept, wanted);
    this.#sums.add(table, volumes, fresh, goesOn ? this.#timeline : null);
    // the buckets are other ones
    if (!goesOn) this.#sums.over(table, volumes, slicesOf(table, filter), this.#timeline);
    for (const { chunk } of fresh) this.#evidence.add(chunk.evidence);
    this.#counted.all(table);
    this.#volumes = volumes;
    return fresh;
  }

  #countPeers(
    table: RecordTable,
    filter: RowFilter,
    fresh: readonly Slice[],
    talkers: readonly number[],
    responders: readonly number[],
  ): void {
    const hosts = this.#sums.originators.connections.length;
    if (this.#peers.covers(talkers, responders)) this.#peers.add(fresh, hosts);
    else {
      this.#peers = new PeerCounts(talkers, responders);
      this.#peers.add(this.#whole(table, filter, fresh), hosts);
    }
  }

  /** All that was counted. */
  #whole(table: RecordTable, filter: RowFilter, fresh: readonly Slice[]): readonly Slice[] {
    return fresh.reduce((sum, { count }) => sum + count, 0) === this.#sums.total ? fresh : slicesOf(table, filter);
  }

  #forget(): void {
    this.#counted = new CountedRows();
    this.#sums = new ConnectionSums();
    this.#span = null;
    this.#timeline = nothing;
    this.#peers = new PeerCounts([], []);
    this.#volumes = null;
    this.#evidence = new Set();
  }
}

/** What was answered does not change any more. */
function copyOf({ start, step, connections, bytesOut, bytesIn, failed }: Timeline): Timeline {
  const rows = { connections: connections.slice(), bytesOut: bytesOut.slice(), bytesIn: bytesIn.slice(), failed: failed.slice() };
  return { start, step, ...rows };
}

/** Hosts that take part on either side. */
function countHosts({ originators, responders }: ConnectionSums): number {
  let hosts = 0;
  for (let id = 1; id < originators.connections.length; id++)
    if (originators.connections[id] > 0 || responders.connections[id] > 0) hosts++;
  return hosts;
}
