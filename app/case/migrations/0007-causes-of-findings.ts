import type { Migration } from '../migrate.ts';

/** What does it, as figures: JSON, see FindingCauses in app/contract/records.ts. Findings that are there have said it in words alone. */
export const causesOfFindings: Migration = {
  version: 7,
  name: 'causes of findings',
  up(db) {
    db.exec('ALTER TABLE finding ADD COLUMN causes TEXT');
  },
};
