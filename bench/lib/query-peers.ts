import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import Database from 'better-sqlite3';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { logColumns, type Cell, type Row } from './questions.ts';

/** Somebody who answers SQL about the table `conn`. */
export interface Peer {
  readonly title: string;
  /** Division that rounds down. */
  readonly div: string;
  /** The answer, and how long it took, without making JavaScript values of it where the peer does that in a step of its own. */
  ask(statements: readonly string[]): Promise<{ readonly rows: Row[]; readonly milliseconds: number }>;
  close(): void;
}

const texts = new Set(['uid', 'orig_h', 'resp_h', 'proto', 'service', 'conn_state', 'history', 'tunnel_parents']);
const seconds = new Set(['ts', 'duration']);
const truths = new Set(['local_orig', 'local_resp']);

/** DuckDB with two threads, the table in memory: read by its own reader of CSV, in the order of the log. */
export async function duckPeer(log: string): Promise<Peer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const types = logColumns.map(
    (name) => `'${name}': '${seconds.has(name) ? 'DOUBLE' : texts.has(name) || truths.has(name) ? 'VARCHAR' : 'BIGINT'}'`,
  );
  const chosen = logColumns.map((name) => {
    if (seconds.has(name)) return `CAST(round(${name} * 1e6) AS BIGINT) AS ${name}`;
    return truths.has(name) ? `CASE ${name} WHEN 'T' THEN 1 WHEN 'F' THEN 0 END AS ${name}` : name;
  });
  await connection.run(
    `CREATE TABLE conn AS SELECT row_number() OVER () - 1 AS id, ${chosen.join(', ')} FROM read_csv('${log}', delim = '\t', header = false,
      auto_detect = false, nullstr = '-', comment = '#', quote = '', escape = '', columns = {${types.join(', ')}})`,
  );
  const version = plainCell((await connection.runAndReadAll('SELECT version()')).getRowsJS()[0][0]);
  return {
    title: `DuckDB ${version}, 2 threads`,
    div: '//',
    ask: (statements) => askDuck(connection, statements),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function askDuck(connection: DuckDBConnection, statements: readonly string[]): ReturnType<Peer['ask']> {
  const started = performance.now();
  const answers = [];
  for (const statement of statements) answers.push(await connection.runAndReadAll(statement));
  const milliseconds = performance.now() - started;
  const rows = answers.flatMap((answer) => answer.getRowsJS().map((row) => row.map(plainCell)));
  return { rows, milliseconds };
}

function plainCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  throw new TypeError(`an answer holds a ${typeof value}`);
}

/** SQLite rows without an index, all of the file in its cache. */
export async function sqlitePeer(log: string, path: string): Promise<Peer> {
  const db = new Database(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -4000000');
  db.exec(
    `CREATE TABLE conn(id INTEGER PRIMARY KEY, ${logColumns.map((name) => `${name} ${texts.has(name) ? 'TEXT' : 'INTEGER'}`).join(', ')})`,
  );
  const insert = db.prepare(`INSERT INTO conn VALUES (${['?', ...logColumns.map(() => '?')].join(', ')})`);
  db.exec('BEGIN');
  const lines = createInterface({ input: createReadStream(log), crlfDelay: Infinity });
  let id = 0;
  lines.on('line', (line) => {
    if (!line.startsWith('#')) insert.run(id++, ...line.split('\t').map((text, c) => valueOf(logColumns[c], text)));
  });
  await once(lines, 'close');
  db.exec('COMMIT');
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  return {
    title: `SQLite ${version}, rows without an index`,
    div: '/',
    ask(statements) {
      const started = performance.now();
      const rows = statements.flatMap((statement) => db.prepare<[], Cell[]>(statement).raw().all());
      return Promise.resolve({ rows, milliseconds: performance.now() - started });
    },
    close: () => db.close(),
  };
}

function valueOf(name: string, text: string): Cell {
  if (text === '-') return null;
  if (texts.has(name)) return text;
  if (truths.has(name)) return text === 'T' ? 1 : 0;
  return seconds.has(name) ? Math.round(Number(text) * 1e6) : Number(text);
}
