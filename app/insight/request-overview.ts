import { STATUS_CODES } from 'node:http';
import { slicesOf, type RowFilter } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RequestOverview } from '../contract/records.ts';
import { CountedRows, slicesOfRest } from './counted-rows.ts';
import { ABSENT_NAME } from './names.ts';
import { requestSentencesOf } from './request-sentences.ts';
import { RequestSums, type RequestTimeline } from './request-sums.ts';
import { spanOf, wider, type Span } from './slices.ts';
import { bucketsFor, fits, longer, type Buckets } from './timeline.ts';

/** The figures behind the overview, for the requests that a filter lets through. Bytes that a log does not give count as none. */
export function requestOverview(
  table: RecordTable,
  filter: RowFilter,
  options: { readonly buckets: number; readonly top: number },
): RequestOverview {
  return new RequestFigures().overview(table, filter, options);
}

/** Beyond so many bytes what was counted is not kept for the next time. */
const MOST_KEPT = 48 * 2 ** 20;

/**
 * The overview of the requests through one filter, again and again while records come: what was counted is kept, and only what is new is read, with
 * the same answer, bit for bit, as from all records. The filter must say of a record what it said before.
 */
export class RequestFigures {
  #counted = new CountedRows();
  #sums = new RequestSums();
  #span: Span | null = null;
  #timeline: RequestTimeline | null = null;

  /** Bytes that it keeps in memory, roughly. */
  get size(): number {
    return this.#sums.size;
  }

  overview(table: RecordTable, filter: RowFilter, options: { readonly buckets: number; readonly top: number }): RequestOverview {
    try {
      return this.#overview(table, filter, options);
    } catch (error) {
      // half of it may have been counted
      this.#forget();
      throw error;
    }
  }

  #overview(table: RecordTable, filter: RowFilter, { buckets, top }: { readonly buckets: number; readonly top: number }): RequestOverview {
    const started = performance.now();
    const timeline = this.#grow(table, filter, buckets);
    const sums = this.#sums;
    const figures = {
      kind: 'request' as const,
      total: sums.total,
      all: table.rows,
      first: this.#span?.first ?? null,
      last: this.#span?.last ?? null,
      hosts: sums.by('orig_h').present,
      bytes: sums.bytes,
      failed: sums.failed,
      timeline: copyOf(timeline),
      clients: sums.by('orig_h').top(table, top, true),
      paths: sums.by('path').top(table, top, true),
      methods: sums.by('method').top(table, top),
      statuses: sums
        .by('status')
        .top(table, top)
        .map((one) => ({ ...one, meaning: statusWords(one.name) })),
      agents: sums.by('agent').top(table, top),
      agentKinds: sums.by('agent_kind').top(table, top),
      vhosts: sums.by('vhost').top(table, top),
    };
    const sentences = requestSentencesOf(table, filter, figures);
    if (this.size > MOST_KEPT) this.#forget();
    return { ...figures, sentences, milliseconds: performance.now() - started };
  }

  #grow(table: RecordTable, filter: RowFilter, buckets: number): RequestTimeline {
    let rest = this.#sums.misses(table) ? null : this.#counted.rest(table);
    if (rest === null) {
      this.#forget();
      rest = this.#counted.rest(table) ?? [];
    }
    const fresh = slicesOfRest(rest, filter);
    this.#span = wider(this.#span, spanOf(fresh));
    const wanted = bucketsFor(this.#span, buckets);
    const kept = this.#timeline !== null && fits(this.#timeline, wanted) ? this.#timeline : null;
    const goesOn = kept !== null || this.#sums.total === 0;
    const timeline = longerTimeline(kept, wanted);
    this.#sums.add(table, fresh, goesOn ? timeline : null);
    // the buckets are other ones
    if (!goesOn) this.#sums.over(slicesOf(table, filter), timeline);
    this.#counted.all(table);
    this.#timeline = timeline;
    return timeline;
  }

  #forget(): void {
    this.#counted = new CountedRows();
    this.#sums = new RequestSums();
    this.#span = null;
    this.#timeline = null;
  }
}

/** With all these buckets; those that there are stay as they are. */
function longerTimeline(kept: RequestTimeline | null, { start, step, length }: Buckets): RequestTimeline {
  const row = (of: 'requests' | 'bytes' | 'failed'): Float64Array => (kept === null ? new Float64Array(length) : longer(kept[of], length));
  return { start, step, requests: row('requests'), bytes: row('bytes'), failed: row('failed') };
}

/** What was answered does not change any more. */
function copyOf({ start, step, requests, bytes, failed }: RequestTimeline): RequestTimeline {
  return { start, step, requests: requests.slice(), bytes: bytes.slice(), failed: failed.slice() };
}

function statusWords(status: string): string {
  if (status === ABSENT_NAME) return 'The log does not say';
  return STATUS_CODES[status] ?? 'Not a status that HTTP knows';
}
