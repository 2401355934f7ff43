import type Database from 'better-sqlite3';
import { isoTime } from '../contract/format.ts';
import type { AnyRun } from '../contract/models.ts';
import type { Cell } from '../contract/records.ts';
import type { SqlTable } from './sql-tables.ts';
import type { CaseReader } from './types.ts';

/**
 * What is not records, as tables for a query. Times are ISO 8601 UTC text, lists are JSON text.
 * evidence, reject, host, run, cluster, finding, tag, tagging, custody.
 */
export function plainTables(reader: CaseReader, file: Database.Database): SqlTable[] {
  return [
    objects('evidence', evidenceColumns, function* () {
      for (const e of reader.evidence()) {
        const times = { modified: time(e.modified), imported: time(e.imported), first: time(e.first), last: time(e.last) };
        yield { ...e, ...times, options: JSON.stringify(e.options), remarks: JSON.stringify(e.remarks) };
      }
    }),
    {
      name: 'reject',
      columns: ['evidence', 'line', 'offset', 'reason', 'what', 'text'],
      *rows() {
        yield* rejectRows(file);
      },
    },
    {
      name: 'host',
      columns: ['id', 'address'],
      *rows() {
        yield* hostRows(reader);
      },
    },
    objects('run', runColumns, function* () {
      for (const run of reader.allRuns()) yield { ...run, created: time(run.created), remarks: JSON.stringify(run.remarks), ...asked(run) };
    }),
    objects('cluster', clusterColumns, function* () {
      for (const { id } of reader.runs()) {
        for (const c of reader.run(id).clusters) {
          yield {
            ...c,
            run: id,
            suspect: Number(c.suspect),
            first: time(c.first),
            last: time(c.last),
            profile: JSON.stringify(c.profile),
            separates: JSON.stringify(c.separates),
            purity: c.purity === null ? null : JSON.stringify(c.purity),
            tags: JSON.stringify(c.tags),
          };
        }
      }
    }),
    objects('finding', findingColumns, function* () {
      for (const f of reader.findings({ all: true }))
        yield {
          ...f,
          causes: f.causes === null ? null : JSON.stringify(f.causes),
          records: JSON.stringify(f.records),
          created: time(f.created),
        };
    }),
    objects('tag', ['id', 'name', 'color', 'connections', 'hosts', 'clusters'], function* () {
      for (const tag of reader.tags().tags) yield { ...tag };
    }),
    objects('tagging', taggingColumns, function* () {
      for (const { target, at, ...tagging } of reader.tags().taggings) yield { ...target, ...tagging, at: time(at) };
    }),
    objects('custody', ['seq', 'form', 'at', 'account', 'examiner', 'act', 'summary', 'details', 'previous', 'hash'], function* () {
      for (const { who, at, details, ...entry } of reader.custody())
        yield { ...entry, ...who, at: time(at), details: JSON.stringify(details) };
    }),
  ];
}

// prettier-ignore
const evidenceColumns = ['id', 'path', 'name', 'format', 'formatTitle', 'kind', 'bytes', 'sha256', 'unpackedBytes', 'unpackedSha256', 'modified', 'imported', 'importedBy', 'program', 'options', 'rows', 'rejected', 'comments', 'lines', 'first', 'last', 'seconds', 'status', 'remarks'];
// prettier-ignore
const runColumns = ['id', 'task', 'created', 'by', 'program', 'of', 'method', 'model', 'recipe', 'requestedK', 'k', 'seed', 'where', 'rows', 'iterations', 'converged', 'seconds', 'inertia', 'logLikelihood', 'bic', 'aic', 'silhouette', 'silhouetteSample', 'daviesBouldin', 'calinskiHarabasz', 'accuracy', 'macroF1', 'threshold', 'flagged', 'fingerprint', 'input', 'remarks'];
// prettier-ignore
const clusterColumns = ['run', 'cluster', 'name', 'autoName', 'suspect', 'size', 'share', 'words', 'originators', 'responders', 'spread', 'bytes', 'first', 'last', 'typical', 'typicalHost', 'profile', 'separates', 'purity', 'tags'];
// prettier-ignore
const findingColumns = ['id', 'run', 'kind', 'title', 'subject', 'host', 'score', 'severity', 'why', 'causes', 'doubt', 'of', 'records', 'created'];
const taggingColumns = ['id', 'tag', 'name', 'color', 'note', 'who', 'at', 'type', 'kind', 'host', 'run', 'cluster', 'filter', 'count'];

/** SQL names are written with underscores: formatTitle is format_title. */
function objects(name: string, columns: readonly string[], list: () => Generator<Readonly<Record<string, unknown>>>): SqlTable {
  return {
    name,
    columns: columns.map((column) => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    *rows() {
      for (const object of list()) yield columns.map((column) => sqlValue(object[column]));
    },
  };
}

/** Whole numbers become INTEGER; better-sqlite3 hands plain numbers over as REAL. */
function sqlValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return value ?? null;
}

/** What only clusterings and their methods have, as SQL can show it. */
function asked(run: AnyRun): Readonly<Record<string, Cell>> {
  return run.task === 'cluster' ? { requestedK: String(run.requestedK) } : {};
}

function time(microseconds: number | null): Cell {
  return microseconds === null ? null : isoTime(microseconds);
}

/** Page by page: a query that is given up would leave an iterator open, and the reader's connection busy. */
function* rejectRows(file: Database.Database): Generator<unknown[]> {
  const select = file
    .prepare<[number], unknown[]>(
      'SELECT id, evidence, line, offset, reason, what, text FROM reject WHERE id > ? AND evidence IN (SELECT id FROM evidence) ORDER BY id LIMIT 1000',
    )
    .raw();
  for (let page = select.all(0); page.length > 0; page = select.all(Number(page[page.length - 1][0]))) {
    for (const row of page) yield row.slice(1).map(sqlValue);
  }
}

/** Every address that the case has seen in any column. */
function* hostRows(reader: CaseReader): Generator<unknown[]> {
  const dictionary = reader.table('connection').dictionary('host');
  for (let id = 1; id <= dictionary.size; id++) yield [BigInt(id), dictionary.textOf(id)];
}
