import type { LiveTransaction } from '../../case/live-types.ts';
import type { CaseWriter } from '../../case/types.ts';
import type { KeptBatch, LiveSource, Position } from '../types.ts';

interface Place {
  readonly position: Position;
  readonly reader: unknown;
  readonly evidence: number | null;
}

/** Where a source stands behind what a commit takes; what outlives the source is kept with the evidence (the case drops it with that). */
export function keepPlace(transaction: LiveTransaction, id: number, source: LiveSource, place: Place): void {
  transaction.position(id, place);
  const kept = source.placeOf?.(place.position);
  if (kept === undefined || place.evidence === null) return;
  transaction.state(`place:${place.evidence}`, Buffer.from(JSON.stringify(kept)));
}

/** What a source has kept beside a batch, in the same commit. */
export function keepStates(transaction: LiveTransaction, source: LiveSource, after: Position, batch: KeptBatch): void {
  for (const [key, value] of source.keeps?.(after, batch) ?? []) transaction.state(key, value);
}

/** What sources that are on the list no more left with their evidence, the oldest first: of `path` and, where it is given, read as `format`. */
export function placesOf(writer: CaseWriter, path: string, format: string | undefined): readonly unknown[] {
  const listed = new Set(writer.live.sources().map(({ id }) => id));
  const left = writer
    .evidence()
    .filter((one) => one.path === path && !listed.has(Number(one.options['source'])) && (format ?? one.format) === one.format);
  return left.flatMap(({ id }) => {
    const kept = writer.live.state(`place:${id}`);
    return kept === null ? [] : [JSON.parse(Buffer.from(kept).toString()) as unknown];
  });
}
