import type Database from 'better-sqlite3';

const known = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/** A statement that is run again and again, compiled once for each connection. Not for one that is iterated over while it is asked for again. */
export function prepared(db: Database.Database, sql: string): Database.Statement {
  let statements = known.get(db);
  if (statements === undefined) {
    statements = new Map();
    known.set(db, statements);
  }
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = db.prepare(sql);
    statements.set(sql, statement);
  }
  return statement;
}
