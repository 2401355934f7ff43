/** Reads a log into a table of a new DuckDB database and prints what it took: `node duckdb-child.ts LOG DATABASE`. Two threads, the order of rows not kept. */
import { DuckDBInstance } from '@duckdb/node-api';
import { connColumns } from './traffic.ts';

const [, , log, path] = process.argv;
const types = { time: 'DOUBLE', text: 'VARCHAR', number: 'BIGINT', bool: 'BOOLEAN' } as const;
const columns = connColumns.map(([name, type]) => `'${name}': '${types[type]}'`).join(', ');
const started = performance.now();
const instance = await DuckDBInstance.create(path, { threads: '2', preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run(
  `CREATE TABLE conn AS SELECT * FROM read_csv('${log}', delim = '\t', header = false, auto_detect = false, nullstr = '-', comment = '#',
    quote = '', escape = '', columns = {${columns}})`,
);
await connection.run('CHECKPOINT');
const rows = Number((await connection.runAndReadAll('SELECT count(*) FROM conn')).getRowsJS()[0][0]);
connection.closeSync();
instance.closeSync();
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ rows, seconds, maxRss: process.resourceUsage().maxRSS * 1024 }));
