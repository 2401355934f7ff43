import { STATUS_CODES } from 'node:http';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { slicesOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RequestOverview } from '../contract/records.ts';
import { CountedRows, slicesOfRest } from './counted-rows.ts';
import { ABSENT_NAME } from './names.ts';
import { requestSentencesOf } from './request-sentences.ts';
import { FIRST_ERROR, RequestSums } from './request-sums.ts';
import { spanOf, wider, type Span } from './slices.ts';
import { bucketsFor, fits, longer } from './timeline.ts';

type Timeline = RequestOverview['timeline'];

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
  #timeline: Timeline | null = null;

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

  #grow(table: RecordTable, filter: RowFilter, buckets: number): Timeline {
    let rest = this.#counted.rest(table);
    if (rest === null) {
      this.#forget();
      rest = this.#counted.rest(table) ?? [];
    }
    const fresh = slicesOfRest(rest, filter);
    this.#sums.add(table, fresh);
    this.#span = wider(this.#span, spanOf(fresh));
    this.#counted.all(table);
    const wanted = bucketsFor(this.#span, buckets);
    if (this.#timeline !== null && fits(this.#timeline, wanted)) {
      const { start, step, requests, bytes, failed } = this.#timeline;
      const long = (row: Float64Array): Float64Array => longer(row, wanted.length);
      this.#timeline = { start, step, requests: long(requests), bytes: long(bytes), failed: long(failed) };
      addOverTime(fresh, this.#timeline);
    } else {
      const row = (): Float64Array => new Float64Array(wanted.length);
      this.#timeline = { start: wanted.start, step: wanted.step, requests: row(), bytes: row(), failed: row() };
      // the buckets are other ones
      addOverTime(this.#sums.total === rowsOf(fresh) ? fresh : slicesOf(table, filter), this.#timeline);
    }
    return this.#timeline;
  }

  #forget(): void {
    this.#counted = new CountedRows();
    this.#sums = new RequestSums();
    this.#span = null;
    this.#timeline = null;
  }
}

function rowsOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { count }) => sum + count, 0);
}

/** What was answered does not change any more. */
function copyOf({ start, step, requests, bytes, failed }: Timeline): Timeline {
  return { start, step, requests: requests.slice(), bytes: bytes.slice(), failed: failed.slice() };
}

function statusWords(status: string): string {
  if (status === ABSENT_NAME) return 'The log does not say';
  return STATUS_CODES[status] ?? 'Not a status that HTTP knows';
}

function addOverTime(slices: readonly Slice[], { start, step, requests, bytes, failed }: Timeline): void {
  const columns = new SliceColumns();
  for (const slice of slices) {
    const ts = columns.numbers(slice, 'ts');
    const sizes = columns.numbers(slice, 'bytes');
    const status = columns.numbers(slice, 'status');
    for (let i = 0; i < slice.count; i++) {
      const time = ts[i];
      if (time !== time) continue;
      const bucket = Math.floor((time - start) / step);
      requests[bucket]++;
      if (sizes[i] === sizes[i]) bytes[bucket] += sizes[i];
      if (status[i] >= FIRST_ERROR) failed[bucket]++;
    }
  }
}
