import type { Migration } from '../migrate.ts';

/** Every record that a finding rests on, ascending (app/columns/varint.ts). Findings that are there keep the examples they have. */
export const recordsOfFindings: Migration = {
  version: 3,
  name: 'records of findings',
  up(db) {
    db.exec('ALTER TABLE finding ADD COLUMN ids BLOB');
  },
};
