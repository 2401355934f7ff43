import type { Consumer, RecordsBatch } from '@platformatic/kafka';

/** A broker's answer to a fetch. */
export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type FetchResponsePartition = FetchResponse['responses'][number]['partitions'][number];

/** Bits of a record batch's attributes (Kafka's message format, version 2). */
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** Of a control record's key: the transaction was given up. */
const ABORT = 0;

/** What one answer of a broker had of one partition. */
export interface FetchedPart {
  readonly partition: number;
  /** Of the messages handed over; null where there were none. */
  readonly firstOffset: number | null;
  readonly lastOffset: number | null;
  /** Where reading goes on: behind markers and messages of transactions that were given up, too. */
  readonly next: number;
  /** Messages handed over. */
  readonly count: number;
  /** Newest time stamp of them, milliseconds since 1970 UTC. */
  readonly newest: number | null;
  /** The partition's end when it answered. */
  readonly highWatermark: number;
}

/**
 * Puts the values of a partition's committed messages from `from` on into `values`: a batch is answered whole, also where only its last message was asked for.
 * Messages without a value (deletions in a compacted topic) hold no line.
 */
export function readPartition(answer: FetchResponsePartition, from: number, values: Uint8Array[]): FetchedPart {
  const given = new AbortedTransactions(answer);
  let next = from;
  let firstOffset: number | null = null;
  let lastOffset: number | null = null;
  let newest: number | null = null;
  const before = values.length;
  for (const batch of answer.records ?? []) {
    const first = Number(batch.firstOffset);
    const end = first + batch.lastOffsetDelta + 1;
    if (end <= next) continue;
    if (given.holds(batch)) {
      next = end;
      continue;
    }
    for (const { offsetDelta, value, timestampDelta } of batch.records) {
      const offset = first + offsetDelta;
      if (offset < next || value === null || value.length === 0) continue;
      firstOffset ??= offset;
      lastOffset = offset;
      const at = Number(batch.firstTimestamp + timestampDelta);
      if (newest === null || at > newest) newest = at;
      values.push(value);
    }
    next = end;
  }
  const count = values.length - before;
  return { partition: answer.partitionIndex, firstOffset, lastOffset, next, count, newest, highWatermark: Number(answer.highWatermark) };
}

/** Follows the transactions of an answer in the order of its batches, as the Java client does (read committed). */
class AbortedTransactions {
  readonly #waiting: { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly #open = new Set<bigint>();

  constructor({ abortedTransactions }: FetchResponsePartition) {
    this.#waiting = [...(abortedTransactions ?? [])].sort((a, b) =>
      a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0,
    );
  }

  /** Is this batch a marker, or of a transaction that was given up? */
  holds(batch: RecordsBatch): boolean {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (this.#waiting.length > 0 && this.#waiting[0].firstOffset <= last) this.#open.add(this.#waiting.splice(0, 1)[0].producerId);
    if ((batch.attributes & CONTROL) !== 0) {
      if (batch.records.at(0)?.key?.readInt16BE(2) === ABORT) this.#open.delete(batch.producerId);
      return true;
    }
    return (batch.attributes & TRANSACTIONAL) !== 0 && this.#open.has(batch.producerId);
  }
}
