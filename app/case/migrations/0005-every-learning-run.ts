import type { Migration } from '../migrate.ts';

/**
 * Runs of every task, not of clustering alone. `detail`: JSON of what the task tells beside its summary, NULL for clusterings, which have
 * tables of their own; those that are there are clusterings.
 */
export const everyLearningRun: Migration = {
  version: 5,
  name: 'every learning run',
  up(db) {
    db.exec(`
      ALTER TABLE run ADD COLUMN task TEXT NOT NULL DEFAULT 'cluster';
      ALTER TABLE run ADD COLUMN detail TEXT;
      -- Of runs over hosts, row by row: uint32 ids in the dictionary of hosts, starts of their windows (float64 microseconds; NULL: the whole case),
      -- uint16 labels, float32 distances and z. Little-endian.
      CREATE TABLE host_assignment (
        run INTEGER PRIMARY KEY, hosts BLOB NOT NULL, windows BLOB, labels BLOB NOT NULL, distance BLOB NOT NULL, z BLOB NOT NULL
      ) STRICT;
      -- What a run learned, as a file that can be taken elsewhere.
      CREATE TABLE model (run INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, file BLOB NOT NULL) STRICT;
      -- Pictures of a run beside its scatter, made later; the digest stands in the custody log.
      CREATE TABLE picture (
        run INTEGER NOT NULL, kind TEXT NOT NULL, created REAL NOT NULL, by TEXT NOT NULL, program TEXT NOT NULL,
        ids BLOB NOT NULL, x BLOB NOT NULL, y BLOB NOT NULL, cluster BLOB NOT NULL, PRIMARY KEY (run, kind)
      ) STRICT;
      -- Second opinions on a run by an independent implementation. result: JSON; the digest stands in the custody log.
      CREATE TABLE crosscheck (
        id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, created REAL NOT NULL, by TEXT NOT NULL, program TEXT NOT NULL, result TEXT NOT NULL
      ) STRICT;
    `);
  },
};
