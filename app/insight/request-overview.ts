import { STATUS_CODES } from 'node:http';
import { groupBy, type Groups } from '../columns/scan/group.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { countRows, slicesOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import { largest } from '../columns/scan/top.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RequestCount, RequestOverview } from '../contract/records.ts';
import { ABSENT_NAME } from './names.ts';
import { requestSentencesOf } from './request-sentences.ts';
import { spanOf } from './slices.ts';
import { requestTimelineFor } from './timeline.ts';

/** From here on a status says that the request was answered with an error. */
export const FIRST_ERROR = 400;

/** The figures behind the overview, for the requests that a filter lets through. Bytes that a log does not give count as none. */
export function requestOverview(
  table: RecordTable,
  filter: RowFilter,
  { buckets, top }: { readonly buckets: number; readonly top: number },
): RequestOverview {
  const started = performance.now();
  const slices = slicesOf(table, filter);
  const errors = errorsOf(slices);
  const counts = (column: string): Counts => new Counts(table, slices, errors, column);
  const clients = counts('orig_h');
  const span = spanOf(slices);
  const { timeline, bytes } = overTime(slices, requestTimelineFor(span, buckets));
  const figures = {
    kind: 'request' as const,
    total: countRows(slices),
    all: table.rows,
    first: span?.first ?? null,
    last: span?.last ?? null,
    hosts: clients.present,
    bytes,
    failed: countRows(errors),
    timeline,
    clients: clients.top(top, true),
    paths: counts('path').top(top, true),
    methods: counts('method').top(top),
    statuses: counts('status')
      .top(top)
      .map((one) => ({ ...one, meaning: statusWords(one.name) })),
    agents: counts('agent').top(top),
    agentKinds: counts('agent_kind').top(top),
    vhosts: counts('vhost').top(top),
  };
  return { ...figures, sentences: requestSentencesOf(table, slices, figures), milliseconds: performance.now() - started };
}

function statusWords(status: string): string {
  if (status === ABSENT_NAME) return 'The log does not say';
  return STATUS_CODES[status] ?? 'Not a status that HTTP knows';
}

/** The rows that were answered with an error. */
function errorsOf(slices: readonly Slice[]): readonly Slice[] {
  const columns = new SliceColumns();
  return slices.flatMap((slice): Slice[] => {
    const { chunk, rows, count } = slice;
    const status = columns.numbers(slice, 'status');
    const found: number[] = [];
    for (let i = 0; i < count; i++) if (status[i] >= FIRST_ERROR) found.push(rows === null ? i : rows[i]);
    return found.length === 0 ? [] : [{ chunk, rows: Uint32Array.from(found), count: found.length }];
  });
}

function overTime(
  slices: readonly Slice[],
  timeline: RequestOverview['timeline'],
): { readonly timeline: RequestOverview['timeline']; readonly bytes: number } {
  const columns = new SliceColumns();
  const { start, step } = timeline;
  let whole = 0;
  for (const slice of slices) {
    const ts = columns.numbers(slice, 'ts');
    const sizes = columns.numbers(slice, 'bytes');
    const status = columns.numbers(slice, 'status');
    for (let i = 0; i < slice.count; i++) {
      const bytes = sizes[i] === sizes[i] ? sizes[i] : 0;
      whole += bytes;
      const time = ts[i];
      if (time !== time) continue;
      const bucket = Math.floor((time - start) / step);
      timeline.requests[bucket]++;
      timeline.bytes[bucket] += bytes;
      if (status[i] >= FIRST_ERROR) timeline.failed[bucket]++;
    }
  }
  return { timeline, bytes: whole };
}

/** Requests by the value of a column. */
class Counts {
  readonly #groups: Groups | null;
  readonly #bytes: Float64Array;
  readonly #failed: ReadonlyMap<string, number>;
  readonly #isNumber: boolean;

  constructor(table: RecordTable, slices: readonly Slice[], errors: readonly Slice[], column: string) {
    const spec = table.column(column);
    this.#isNumber = spec?.storage === 'number';
    this.#groups = spec === undefined ? null : groupBy(table, slices, [{ column }], [{ sum: ['bytes'] }]);
    this.#bytes = this.#groups?.figures[0] ?? new Float64Array(0);
    const failed = spec === undefined ? null : groupBy(table, errors, [{ column }]);
    this.#failed = new Map(failed === null ? [] : Array.from(failed.counts, (count, group) => [this.#name(failed, group), count]));
  }

  /** How many different values there are. */
  get present(): number {
    if (this.#groups === null) return 0;
    const { size, keys } = this.#groups;
    let absent = 0;
    for (let group = 0; group < size; group++) if (keys[0]?.isAbsent(group) ?? true) absent++;
    return size - absent;
  }

  /** The `most` by requests, and where that is asked for the most by bytes too, the most requests first. Nothing where no record has a value. */
  top(most: number, byBytes = false): RequestCount[] {
    const groups = this.#groups;
    if (groups === null || this.present === 0) return [];
    const { counts } = groups;
    const chosen = [...new Set([...largest(counts, most), ...(byBytes ? largest(this.#bytes, most) : [])])];
    chosen.sort((a, b) => counts[b] - counts[a] || this.#bytes[b] - this.#bytes[a] || a - b);
    return chosen.map((group) => {
      const name = this.#name(groups, group);
      return { name, requests: counts[group], bytes: this.#bytes[group], failed: this.#failed.get(name) ?? 0 };
    });
  }

  #name({ keys: [key] }: Groups, group: number): string {
    if (key === undefined || key.isAbsent(group)) return ABSENT_NAME;
    return this.#isNumber ? String(key.values[group]) : (key.textOf(group) ?? ABSENT_NAME);
  }
}
