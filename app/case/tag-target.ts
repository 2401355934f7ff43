import type Database from 'better-sqlite3';
import { decodeIds } from '../columns/varint.ts';
import type { Tagging } from '../contract/acts.ts';
import { idRanges, idsWithin, type IdRange } from './ids-in-case.ts';
import type { TaggingRow, TagRow } from './tag-rows.ts';

/** How many ids of a tagging travel with it. */
const SAMPLE = 20;

/** How many records, or hosts (one), a tagging is on; records whose evidence was removed do not count. */
export function taggedCount(db: Database.Database, row: TaggingRow, ids: Uint8Array | null): number {
  if (row.type === 'host') return 1;
  if (row.type === 'cluster') return clusterSize(db, row.run ?? 0, row.cluster ?? 0);
  return idsWithin(decodeIds(ids ?? new Uint8Array(0)), idRanges(db, row.kind ?? 'connection')).length;
}

/** A tagging as the contract shows it. */
export function taggingOf(db: Database.Database, row: TaggingRow, tag: TagRow, ids: Uint8Array | null): Tagging {
  const decoded = decodeIds(ids ?? new Uint8Array(0));
  const ranges = row.kind === null ? [] : idRanges(db, row.kind);
  return describeTagging(row, tag, decoded, ranges, (run, cluster) => clusterWords(db, run, cluster));
}

export function describeTagging(
  row: TaggingRow,
  tag: TagRow,
  ids: Float64Array,
  ranges: readonly IdRange[],
  cluster: (run: number, cluster: number) => { readonly name: string; readonly size: number },
): Tagging {
  const { id, note, who, at } = row;
  return { id, tag: tag.id, name: tag.name, color: tag.color, note, who, at, target: target() };

  function target(): Tagging['target'] {
    if (row.type === 'host') return { type: 'host', host: row.host ?? '' };
    if (row.type === 'cluster') {
      const run = row.run ?? 0;
      const number = row.cluster ?? 0;
      const { name, size } = cluster(run, number);
      return { type: 'cluster', run, cluster: number, name, count: size };
    }
    const there = idsWithin(ids, ranges);
    return {
      type: 'records',
      kind: row.kind ?? 'connection',
      count: there.length,
      filter: row.filter,
      run: row.run,
      sample: [...there.subarray(0, SAMPLE)],
    };
  }
}

/** The name a person gave, or the words of the profile; and the size. */
export function clusterWords(db: Database.Database, run: number, cluster: number): { readonly name: string; readonly size: number } {
  const row = db
    .prepare<[number, number], { name: string; auto_name: string; size: number }>(
      'SELECT name, auto_name, size FROM cluster WHERE run = ? AND cluster = ?',
    )
    .get(run, cluster);
  return row === undefined ? { name: '', size: 0 } : { name: row.name === '' ? row.auto_name : row.name, size: row.size };
}

function clusterSize(db: Database.Database, run: number, cluster: number): number {
  return clusterWords(db, run, cluster).size;
}

/** What the members of a run's clusters are. */
export function clusterNoun(db: Database.Database, run: number): 'host' | 'record' {
  const over = db.prepare<[number], number>('SELECT 1 FROM host_assignment WHERE run = ?').pluck().get(run);
  return over === undefined ? 'record' : 'host';
}
