import type Database from 'better-sqlite3';

/** A run of record ids, [first, first + rows). */
export interface IdRange {
  readonly first: number;
  readonly rows: number;
}

/** The ids that records of this kind have, as ascending ranges. */
export function idRanges(db: Database.Database, kind: string): IdRange[] {
  return db
    .prepare<[string], IdRange>(
      'SELECT first_row AS first, chunk.rows AS rows FROM chunk JOIN evidence ON evidence.id = chunk.evidence WHERE chunk.kind = ? ORDER BY first_row',
    )
    .all(kind);
}

/** Those of the ascending `ids` that lie in one of the ascending ranges. */
export function idsWithin(ids: Float64Array, ranges: readonly IdRange[]): Float64Array {
  const kept = new Float64Array(ids.length);
  let count = 0;
  let range = 0;
  for (const id of ids) {
    while (range < ranges.length && id >= ranges[range].first + ranges[range].rows) range++;
    if (range === ranges.length) break;
    if (id >= ranges[range].first) kept[count++] = id;
  }
  return kept.subarray(0, count);
}
