import type { Migration } from '../migrate.ts';

/**
 * Custody entries say of what form they are and who the examiner was. Entries that are there keep form 1, without an examiner, and their
 * hashes.
 */
export const examinerInCustody: Migration = {
  version: 2,
  name: 'examiner in custody',
  up(db) {
    db.exec(`
      ALTER TABLE custody ADD COLUMN form INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE custody ADD COLUMN examiner TEXT;
    `);
  },
};
