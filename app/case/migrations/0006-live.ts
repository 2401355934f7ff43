import type { Migration } from '../migrate.ts';

/**
 * What watches and what it says. Evidence of a source has the status `live` while its stretch goes on, and is sealed at the end of it. A chunk
 * whose evidence is negative was merged into a larger one: it is seen by nobody who looks now, and goes when nobody can still be reading it.
 */
export const live: Migration = {
  version: 6,
  name: 'live',
  up(db) {
    db.exec(`
      -- What the records of a finding are, where no run says it.
      ALTER TABLE finding ADD COLUMN "of" TEXT;
      -- What is watched. spec, position and reader are JSON: what was asked for, where the source stands, and how its lines are read on;
      -- position and reader are written with the records that came before them. evidence: the stretch under way.
      CREATE TABLE live_source (
        id INTEGER PRIMARY KEY AUTOINCREMENT, created REAL NOT NULL, by TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, wanted INTEGER NOT NULL,
        position TEXT, reader TEXT, evidence INTEGER
      ) STRICT;
      -- What windows, detectors and alerts know between two batches, by whose it is.
      CREATE TABLE live_state (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
      -- Windows of a source that are closed: start and width in microseconds; figures as app/live/windows/pack-window.ts packs them.
      CREATE TABLE live_window (
        source INTEGER NOT NULL, kind TEXT NOT NULL, width REAL NOT NULL, start REAL NOT NULL, records INTEGER NOT NULL, figures BLOB NOT NULL,
        PRIMARY KEY (source, kind, width, start)
      ) STRICT, WITHOUT ROWID;
      -- Alerts; each belongs to the finding that was written as it was raised. data: JSON.
      CREATE TABLE alert (
        id INTEGER PRIMARY KEY AUTOINCREMENT, finding INTEGER NOT NULL, key TEXT NOT NULL, open INTEGER NOT NULL, raised REAL NOT NULL, updated REAL NOT NULL, data TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alert_key ON alert(key, open);
      -- What is done at set times. steps and last: JSON.
      CREATE TABLE schedule (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, cron TEXT NOT NULL, zone TEXT NOT NULL, enabled INTEGER NOT NULL,
        steps TEXT NOT NULL, created REAL NOT NULL, by TEXT NOT NULL, last TEXT
      ) STRICT;
    `);
  },
};
