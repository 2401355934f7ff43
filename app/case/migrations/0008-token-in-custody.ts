import type { Migration } from '../migrate.ts';

/** Custody entries of acts that were asked for over the API say by which token. Entries that are there keep their forms and their hashes. */
export const tokenInCustody: Migration = {
  version: 8,
  name: 'token in custody',
  up(db) {
    db.exec('ALTER TABLE custody ADD COLUMN token TEXT');
  },
};
