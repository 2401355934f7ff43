import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { writtenAs, type Peer } from './query-peer.ts';
import { logColumns, type Cell } from './questions.ts';

const sqlTypes = { text: 'VARCHAR', truth: 'VARCHAR', seconds: 'DOUBLE', number: 'BIGINT' } as const;

/** DuckDB with two threads, the table in memory: read by its own reader of CSV, in the order of the log. */
export async function duckPeer(log: string): Promise<Peer> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const types = logColumns.map((name) => `'${name}': '${sqlTypes[writtenAs(name)]}'`);
  const chosen = logColumns.map((name) => {
    if (writtenAs(name) === 'seconds') return `CAST(round(${name} * 1e6) AS BIGINT) AS ${name}`;
    return writtenAs(name) === 'truth' ? `CASE ${name} WHEN 'T' THEN 1 WHEN 'F' THEN 0 END AS ${name}` : name;
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
  const startedCpu = process.cpuUsage();
  const answers = [];
  for (const statement of statements) answers.push(await connection.runAndReadAll(statement));
  const milliseconds = performance.now() - started;
  const { user, system } = process.cpuUsage(startedCpu);
  const rows = answers.flatMap((answer) => answer.getRowsJS().map((row) => row.map(plainCell)));
  return { rows, milliseconds, cpu: (user + system) / 1000 };
}

function plainCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  throw new TypeError(`an answer holds a ${typeof value}`);
}
