import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { ChunkDigest, digestOfDigests, type ChunkPlace } from '../columns/digest.ts';
import { recomputedDigests } from '../columns/dictionary-store.ts';
import type { Segment } from '../columns/segment.ts';
import type { ColumnSpec, DictionaryName } from '../columns/types.ts';
import { canonicalJson } from './canonical.ts';
import { getEvidence, resumeText } from './evidence-rows.ts';
import { HostBitmap } from './host-bitmap.ts';
import { RejectDigest, type RejectRow } from './rejects.ts';

type Details = Readonly<Record<string, unknown>>;
type SegmentRow = Segment & ColumnSpec;

/** Whether the row of a piece of evidence says what the custody log recorded; null details: the log does not know it. */
export function rowDifference(db: Database.Database, id: number, details: Details | undefined): string | null {
  const found = getEvidence(db, id);
  if (found?.status === 'live') return null;
  if (details === undefined) return 'It is not in the custody log.';
  if (found === null) return 'It is in the custody log, but no longer in the case.';
  const wanted: [string, unknown][] = Object.keys(found).map((key) => [key, details[key]]);
  const differs = wanted.find(
    ([key, value]) => canonicalJson({ key: (found as unknown as Details)[key] }) !== canonicalJson({ key: value }),
  );
  if (canonicalJson({ key: found.continues ?? null }) !== canonicalJson({ key: details['continues'] ?? null }))
    return 'Its row was changed: the custody log says otherwise what it continues.';
  const resume = resumeText(db, id);
  if ((resume === null ? null : createHash('sha256').update(resume).digest('hex')) !== (details['resume'] ?? null))
    return 'Its row was changed: how reading goes on behind it.';
  if (differs !== undefined) return `Its row was changed: the custody log has another '${differs[0]}'.`;
  const hosts = db.prepare<[number], Uint8Array>('SELECT hosts FROM evidence WHERE id = ?').pluck().get(id);
  const bitmap = new HostBitmap();
  bitmap.merge(hosts ?? new Uint8Array(0));
  return bitmap.digest() === details['hosts'] ? null : 'Its list of hosts was changed.';
}

/** Recomputes the digests of records and rejects of one piece of evidence, chunk after chunk; returns what differs, or null. */
export function* recordDifference(
  db: Database.Database,
  id: number,
  details: Details | undefined,
  dictionaries: DictionaryDigests,
): Generator<number, string | null> {
  const received = details === undefined && getEvidence(db, id)?.status === 'live';
  if (details === undefined && !received) return 'There is nothing to compare its records with.';
  const chunks = db
    .prepare<[number], ChunkPlace & { readonly digest: string }>(
      'SELECT id, kind, evidence, first_row AS firstRow, rows, digest FROM chunk WHERE evidence = ? ORDER BY id',
    )
    .all(id);
  const digests: string[] = [];
  for (const chunk of chunks) {
    const { digest, bytes } = chunkDigest(db, chunk);
    if (digest !== chunk.digest) return `Records ${chunk.firstRow} to ${chunk.firstRow + chunk.rows - 1} were changed.`;
    digests.push(digest);
    yield bytes;
  }
  // not sealed yet: nothing more is known of it
  if (details === undefined) return null;
  const records = canonicalJson({ chunks: digests.length, digest: digestOfDigests(digests) });
  if (records !== canonicalJson(details['records'])) return 'Its records are not those that the custody log recorded.';
  if (canonicalJson(rejectSeal(db, id)) !== canonicalJson(details['rejects'])) return 'Its rejects were changed.';
  if (!dictionaries.match(details['dictionaries'])) return 'The texts that its records refer to were changed.';
  return null;
}

function chunkDigest(db: Database.Database, chunk: ChunkPlace): { readonly digest: string; readonly bytes: number } {
  const select = db.prepare<[number], SegmentRow>(
    `SELECT name, type, storage, dictionary, title, encoding, codec, rows, absent, min, max, base, step, data
     FROM segment JOIN column_spec ON column_spec.id = segment."column" WHERE chunk = ? ORDER BY segment."column"`,
  );
  const digest = new ChunkDigest(chunk);
  let bytes = 0;
  for (const row of select.iterate(chunk.id)) {
    digest.add(row, row);
    bytes += row.data.length;
  }
  return { digest: digest.hex(), bytes };
}

/** How many rejects evidence has, and their digest. */
export function rejectSeal(db: Database.Database, evidence: number): { readonly kept: number; readonly digest: string } {
  const digest = new RejectDigest();
  let kept = 0;
  const select = db.prepare<[number], RejectRow>('SELECT line, offset, reason, what, text FROM reject WHERE evidence = ? ORDER BY id');
  for (const row of select.iterate(evidence)) {
    digest.add(row);
    kept++;
  }
  return { kept, digest: digest.hex() };
}

/** The blocks of both dictionaries, hashed once and compared with what each import recorded. */
export class DictionaryDigests {
  readonly #db: Database.Database;
  readonly #blocks = new Map<DictionaryName, { readonly first: number; readonly digest: string }[]>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  match(details: unknown): boolean {
    if (typeof details !== 'object' || details === null) return false;
    return (['host', 'term'] as const).every((name) => {
      const { entries, digest } = (details as Readonly<Record<string, { entries: number; digest: string }>>)[name];
      const last = this.#of(name).findLast((block) => block.first <= entries);
      return (last?.digest ?? '') === digest;
    });
  }

  #of(name: DictionaryName): readonly { readonly first: number; readonly digest: string }[] {
    let blocks = this.#blocks.get(name);
    if (blocks === undefined) {
      blocks = [...recomputedDigests(this.#db, name)];
      this.#blocks.set(name, blocks);
    }
    return blocks;
  }
}
