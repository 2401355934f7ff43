import type { Migration } from '../migrate.ts';

/** The first schema. What each table is for stands beside it; the bytes in BLOBs: app/columns/ENCODING.md. */
export const first: Migration = {
  version: 1,
  name: 'first',
  up(db) {
    db.exec(`
      -- Single values: who and what the case is, the head of the custody log, and the next numbers (never given out twice).
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      -- One row per imported file, written when its import is complete. Chunks and rejects without a row here belong to an import that did not end.
      CREATE TABLE evidence (
        id INTEGER PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, format TEXT NOT NULL, format_title TEXT NOT NULL, kind TEXT NOT NULL,
        bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, unpacked_bytes INTEGER NOT NULL, unpacked_sha256 TEXT, modified REAL,
        imported REAL NOT NULL, imported_by TEXT NOT NULL, program TEXT NOT NULL, options TEXT NOT NULL,
        rows INTEGER NOT NULL, rejected INTEGER NOT NULL, comments INTEGER NOT NULL, lines INTEGER NOT NULL,
        first REAL, last REAL, seconds REAL NOT NULL, status TEXT NOT NULL, remarks TEXT NOT NULL,
        hosts BLOB NOT NULL -- bitmap of the host ids among its originators and responders
      ) STRICT;
      CREATE INDEX evidence_sha256 ON evidence(sha256);

      CREATE TABLE reject (
        id INTEGER PRIMARY KEY, evidence INTEGER NOT NULL, line INTEGER NOT NULL, offset INTEGER NOT NULL,
        reason TEXT NOT NULL, what TEXT NOT NULL, text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX reject_evidence ON reject(evidence);

      -- The columns of each kind of record.
      CREATE TABLE column_spec (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, storage TEXT NOT NULL, dictionary TEXT,
        title TEXT NOT NULL, UNIQUE (kind, name)
      ) STRICT;
      -- Up to 65,536 records of one piece of evidence. A record's id is first_row + its place in the chunk.
      CREATE TABLE chunk (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, evidence INTEGER NOT NULL, first_row INTEGER NOT NULL, rows INTEGER NOT NULL, digest TEXT NOT NULL
      ) STRICT;
      CREATE INDEX chunk_evidence ON chunk(evidence);
      -- One column of one chunk.
      CREATE TABLE segment (
        chunk INTEGER NOT NULL, "column" INTEGER NOT NULL, encoding TEXT NOT NULL, codec TEXT NOT NULL, rows INTEGER NOT NULL, absent INTEGER NOT NULL,
        min REAL, max REAL, base REAL, step REAL, data BLOB NOT NULL, PRIMARY KEY (chunk, "column")
      ) STRICT;
      -- Texts that repeat, each once: 'host' (addresses) and 'term' (the rest). Entry i of a block has id first + i.
      CREATE TABLE dictionary_block (
        dictionary TEXT NOT NULL, first INTEGER NOT NULL, entries INTEGER NOT NULL, encoding TEXT NOT NULL, base REAL, digest TEXT NOT NULL,
        data BLOB NOT NULL, PRIMARY KEY (dictionary, first)
      ) STRICT;

      -- What the machine said. summary, features, odd, curve, request, detail and records are JSON.
      CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT, created REAL NOT NULL, by TEXT NOT NULL, program TEXT NOT NULL, request TEXT NOT NULL, summary TEXT NOT NULL,
        features TEXT NOT NULL, odd TEXT NOT NULL, curve TEXT NOT NULL, centres BLOB NOT NULL
      ) STRICT;
      CREATE TABLE cluster (
        run INTEGER NOT NULL, cluster INTEGER NOT NULL, name TEXT NOT NULL, auto_name TEXT NOT NULL, suspect INTEGER NOT NULL, size INTEGER NOT NULL,
        detail TEXT NOT NULL, PRIMARY KEY (run, cluster)
      ) STRICT;
      -- Labels and distances of one chunk. The BLOBs become NULL when its evidence is removed; the digest stays.
      CREATE TABLE assignment (
        run INTEGER NOT NULL, chunk INTEGER NOT NULL, digest TEXT NOT NULL, labels BLOB, distance BLOB, z BLOB, PRIMARY KEY (run, chunk)
      ) STRICT;
      CREATE TABLE scatter (
        run INTEGER PRIMARY KEY, variance REAL NOT NULL, ids BLOB NOT NULL, x BLOB NOT NULL, y BLOB NOT NULL, cluster BLOB NOT NULL
      ) STRICT;
      CREATE TABLE finding (
        id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER, kind TEXT NOT NULL, title TEXT NOT NULL, subject TEXT NOT NULL, host TEXT NOT NULL,
        score REAL NOT NULL, severity TEXT NOT NULL, why TEXT NOT NULL, doubt TEXT NOT NULL, records TEXT NOT NULL, created REAL NOT NULL
      ) STRICT;
      CREATE INDEX finding_host ON finding(host);

      -- What the analyst said. A tag is there while something carries it.
      CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, color TEXT NOT NULL) STRICT;
      CREATE TABLE tagging (
        id INTEGER PRIMARY KEY AUTOINCREMENT, tag INTEGER NOT NULL, note TEXT NOT NULL, who TEXT NOT NULL, at REAL NOT NULL, type TEXT NOT NULL,
        kind TEXT, host TEXT, run INTEGER, cluster INTEGER, filter TEXT, ids BLOB -- ascending record ids
      ) STRICT;
      -- How to take an act of tagging back: the tag and the tagging as they were.
      CREATE TABLE undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT, act TEXT NOT NULL, used INTEGER NOT NULL, state TEXT NOT NULL, ids BLOB
      ) STRICT;

      -- Every act that touched the case; each entry carries the hash of the one before.
      CREATE TABLE custody (
        seq INTEGER PRIMARY KEY, at REAL NOT NULL, who TEXT NOT NULL, act TEXT NOT NULL, summary TEXT NOT NULL, details TEXT NOT NULL,
        previous TEXT NOT NULL, hash TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER custody_is_never_changed BEFORE UPDATE ON custody BEGIN SELECT RAISE(ABORT, 'the custody log is append-only'); END;
      CREATE TRIGGER custody_is_never_cut BEFORE DELETE ON custody BEGIN SELECT RAISE(ABORT, 'the custody log is append-only'); END;
    `);
  },
};
