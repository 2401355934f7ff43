import Database from 'better-sqlite3';
import { FlowcaseError } from '../errors.ts';
import { sqlTables, type SqlTable } from './sql-tables.ts';
import type { CaseReader } from './types.ts';

/**
 * Runs one SELECT (or WITH ... SELECT) over the case and yields its rows as they are found. The query runs in an empty database in memory that knows
 * the case's tables as virtual ones (sql-tables.ts): it can neither write nor see how the case is kept.
 * @throws FlowcaseError SQL with SQLite's own words
 */
export function runSql(
  reader: CaseReader,
  file: Database.Database,
  text: string,
): { readonly columns: readonly string[]; readonly rows: Iterable<readonly unknown[]> } {
  if (!/^\s*(--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(select|with)\b/i.test(text)) {
    throw new FlowcaseError('SQL', 'Only a query can be run here: one statement that begins with SELECT or WITH.', { sql: text });
  }
  const db = new Database(':memory:');
  const tables = sqlTables(reader, file, text);
  try {
    for (const table of tables) db.table(table.name, { columns: [...table.columns], rows: table.rows });
    db.pragma('query_only = ON');
    const statement = db.prepare<[], unknown[]>(text);
    if (!statement.reader || !statement.readonly)
      throw new FlowcaseError('SQL', 'Only a query can be run here: it would change the case.', { sql: text });
    const columns = statement.columns().map((column) => column.name);
    return { columns, rows: rowsOf(db, statement.raw(), text, tables) };
  } catch (error) {
    db.close();
    throw sqlError(error, text, tables);
  }
}

function* rowsOf(
  db: Database.Database,
  statement: Database.Statement<[], unknown[]>,
  text: string,
  tables: readonly SqlTable[],
): Generator<readonly unknown[]> {
  try {
    yield* statement.iterate();
  } catch (error) {
    throw sqlError(error, text, tables);
  } finally {
    db.close();
  }
}

function sqlError(error: unknown, sql: string, tables: readonly SqlTable[]): unknown {
  const ours = error instanceof Database.SqliteError || error instanceof RangeError || error instanceof TypeError;
  if (!ours) return error;
  const known = error.message.startsWith('no such table') ? ` The tables are ${tables.map((table) => table.name).join(', ')}.` : '';
  return new FlowcaseError('SQL', `SQLite did not take the query: ${error.message}.${known}`, { sql }, error);
}
