import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { VolumeBasis } from '../contract/records.ts';

const payload = ['orig_bytes', 'resp_bytes'] as const;
const withHeaders = ['orig_ip_bytes', 'resp_ip_bytes'] as const;

/**
 * How many bytes connections carried. Most logs count payload; of a log that knows only packets with their headers (NetFlow, VPC flow logs, eve.json) these are
 * taken. That is decided for a log as a whole, so that no two of its connections are measured by different rules.
 */
export class Volumes {
  /** Evidence whose connections are measured with headers. */
  readonly #withHeaders: ReadonlySet<number>;

  constructor({ chunks }: Pick<RecordTable, 'chunks'>) {
    const only = new Set(chunks.filter((chunk) => hasAny(chunk, withHeaders)).map(({ evidence }) => evidence));
    for (const chunk of chunks) if (only.has(chunk.evidence) && hasAny(chunk, payload)) only.delete(chunk.evidence);
    this.#withHeaders = only;
  }

  /** Of records of this evidence. */
  basis(evidence: Iterable<number>): VolumeBasis {
    const found = new Set<VolumeBasis>();
    for (const id of evidence) found.add(this.#withHeaders.has(id) ? 'headers' : 'payload');
    return found.size > 1 ? 'mixed' : found.has('headers') ? 'headers' : 'payload';
  }

  /** Whether these logs are measured by the same rules. */
  alike(other: Volumes, evidence: Iterable<number>): boolean {
    for (const id of evidence) if (this.#withHeaders.has(id) !== other.#withHeaders.has(id)) return false;
    return true;
  }

  /** Bytes that the originators of the slice's connections sent; NaN where the log does not say. As all of SliceColumns, valid until the next slice. */
  sent(columns: SliceColumns, slice: Slice): Float64Array {
    return columns.numbers(slice, this.#columnsOf(slice)[0]);
  }

  /** The same of their responders. */
  received(columns: SliceColumns, slice: Slice): Float64Array {
    return columns.numbers(slice, this.#columnsOf(slice)[1]);
  }

  #columnsOf({ chunk }: Slice): readonly [string, string] {
    return this.#withHeaders.has(chunk.evidence) ? withHeaders : payload;
  }
}

function hasAny(chunk: ChunkView, columns: readonly string[]): boolean {
  return columns.some((column) => {
    const stats = chunk.stats(column);
    return stats !== null && stats.absent < stats.rows;
  });
}

/** What a sum of bytes counts, to be said behind it: "" for payload. */
export const basisWords: Readonly<Record<VolumeBasis, string>> = {
  payload: '',
  headers: ' (bytes with headers)',
  mixed: ' (bytes with headers where a log knows no others)',
};
