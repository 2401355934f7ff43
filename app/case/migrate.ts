import type Database from 'better-sqlite3';
import { constants, copyFileSync, existsSync } from 'node:fs';

/** One step of the schema: from `version - 1` to `version`. Never edited once released; a change is a new step. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  up(db: Database.Database): void;
}

/** 'Flow' in ASCII: `PRAGMA application_id` of every case file (bytes 68 to 71 of the file). */
export const APPLICATION_ID = 0x466c6f77;

export function schemaVersion(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Applies what is missing, each step in a transaction of its own with its version number.
 * `afterStep` runs inside that transaction: the custody entry of the step.
 */
export function applyMigrations(db: Database.Database, migrations: readonly Migration[], afterStep: (step: Migration) => void): void {
  for (const step of migrations) {
    if (step.version <= schemaVersion(db)) continue;
    if (step.version !== schemaVersion(db) + 1) throw new Error(`migration ${step.version} does not follow schema ${schemaVersion(db)}`);
    db.transaction(() => {
      step.up(db);
      db.pragma(`user_version = ${step.version}`);
      afterStep(step);
    }).immediate();
  }
}

/** Copies a closed case beside itself before it is migrated; returns the copy's path. An earlier copy is never overwritten. */
export function backUp(path: string, version: number): string {
  let copy = `${path}.backup-v${version}`;
  for (let i = 2; existsSync(copy); i++) copy = `${path}.backup-v${version}-${i}`;
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  return copy;
}
