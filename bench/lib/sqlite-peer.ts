import Database from 'better-sqlite3';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { writtenAs, type Peer } from './query-peer.ts';
import { logColumns, type Cell } from './questions.ts';

/** SQLite rows without an index, all of the file in its cache. */
export async function sqlitePeer(log: string, path: string): Promise<Peer> {
  const db = new Database(path);
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -4000000');
  db.exec(
    `CREATE TABLE conn(id INTEGER PRIMARY KEY, ${logColumns.map((name) => `${name} ${writtenAs(name) === 'text' ? 'TEXT' : 'INTEGER'}`).join(', ')})`,
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
      const startedCpu = process.cpuUsage();
      const rows = statements.flatMap((statement) => db.prepare<[], Cell[]>(statement).raw().all());
      const milliseconds = performance.now() - started;
      const { user, system } = process.cpuUsage(startedCpu);
      return Promise.resolve({ rows, milliseconds, cpu: (user + system) / 1000 });
    },
    close: () => db.close(),
  };
}

function valueOf(name: string, text: string): Cell {
  if (text === '-') return null;
  switch (writtenAs(name)) {
    case 'text':
      return text;
    case 'truth':
      return text === 'T' ? 1 : 0;
    case 'seconds':
      return Math.round(Number(text) * 1e6);
    case 'number':
      return Number(text);
  }
}
