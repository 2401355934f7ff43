import type Database from 'better-sqlite3';
import type { StoredColumn } from '../columns/column-reader.ts';
import type { ChunkRow } from '../columns/record-table.ts';
import type { CaseInfo, Evidence, RecordKind } from '../contract/case.ts';
import { listColumns } from './columns-of-case.ts';
import { listEvidence } from './evidence-rows.ts';
import { readInfo } from './info.ts';
import { needNumber } from './meta.ts';
import { listTaggings, listTags, type TaggingRow, type TagRow } from './tag-rows.ts';

/** Everything small about a case, read in one transaction: what a reader sees until it is told to look again. */
export interface Snapshot {
  readonly info: CaseInfo;
  readonly evidence: readonly Evidence[];
  readonly kinds: ReadonlyMap<RecordKind, { readonly columns: readonly StoredColumn[]; readonly chunks: readonly ChunkRow[] }>;
  readonly dictionaries: { readonly host: number; readonly term: number };
  readonly tags: readonly TagRow[];
  readonly taggings: readonly TaggingRow[];
}

/** Chunks of an import that is not finished have no evidence row yet, and are not seen. */
export function readSnapshot(db: Database.Database, path: string): Snapshot {
  return db.transaction(() => {
    const info = readInfo(db, path);
    return {
      info,
      evidence: listEvidence(db),
      kinds: new Map(info.kinds.map(({ kind }) => [kind, { columns: listColumns(db, kind), chunks: listChunks(db, kind) }])),
      dictionaries: { host: needNumber(db, 'dictionary_host'), term: needNumber(db, 'dictionary_term') },
      tags: listTags(db),
      taggings: listTaggings(db),
    };
  })();
}

function listChunks(db: Database.Database, kind: RecordKind): ChunkRow[] {
  return db
    .prepare<[string], ChunkRow>(
      `SELECT chunk.id, chunk.kind, chunk.evidence, chunk.first_row AS firstRow, chunk.rows AS rows
       FROM chunk JOIN evidence ON evidence.id = chunk.evidence WHERE chunk.kind = ? ORDER BY chunk.first_row`,
    )
    .all(kind);
}
