import type Database from 'better-sqlite3';
import { mainKinds, type CaseInfo } from '../contract/case.ts';
import { hostsOfCase } from './host-bitmap.ts';
import { needMeta, needNumber } from './meta.ts';
import { schemaVersion } from './migrate.ts';
import { currentFindings } from './run-reader.ts';

interface Sums {
  readonly evidence: number;
  readonly connections: number;
  readonly requests: number;
  readonly rejects: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** What the case is and how much it holds, as this connection sees it now. */
export function readInfo(db: Database.Database, path: string): CaseInfo {
  const sums = db
    .prepare<[], Sums>(
      `SELECT count(*) AS evidence, coalesce(sum(rows) FILTER (WHERE kind = 'connection'), 0) AS connections,
        coalesce(sum(rows) FILTER (WHERE kind = 'request'), 0) AS requests, coalesce(sum(rejected), 0) AS rejects,
        min(first) AS first, max(last) AS last FROM evidence`,
    )
    .get();
  if (sums === undefined) throw new Error('an aggregate gave no row');
  const count = (table: string): number => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return {
    id: needMeta(db, 'id'),
    path,
    name: needMeta(db, 'name'),
    number: needMeta(db, 'number'),
    examiner: needMeta(db, 'examiner'),
    created: needNumber(db, 'created'),
    schema: schemaVersion(db),
    readOnly: false,
    program: needMeta(db, 'program'),
    ...sums,
    kinds: kindsOf(db),
    hosts: hostsOfCase(db).count(),
    runs: count('run'),
    tags: count('tag'),
    findings: count(`finding WHERE ${currentFindings}`),
    custody: { entries: needNumber(db, 'custody_entries'), head: needMeta(db, 'custody_head') },
    revision: needNumber(db, 'revision'),
  };
}

/** Connections and requests even where there are none; other kinds where a finished import has brought some, by name. */
function kindsOf(db: Database.Database): CaseInfo['kinds'] {
  const sums = db.prepare<[], readonly [string, number]>('SELECT kind, sum(rows) FROM evidence GROUP BY kind ORDER BY kind').raw().all();
  const records = new Map(sums);
  const kinds = new Set<string>([...mainKinds, ...records.keys()]);
  return [...kinds].map((kind) => ({ kind, records: records.get(kind) ?? 0 }));
}
