import type { Migration } from '../migrate.ts';

/**
 * A file that has grown is a piece of evidence of its own that goes on where an earlier one stopped. `continues`: JSON of
 * {evidence, line, byte}; `resume`: how reading goes on at the end of this one (ResumePoint), NULL where it cannot.
 */
export const evidenceThatGrows: Migration = {
  version: 4,
  name: 'evidence that grows',
  up(db) {
    db.exec(`
      ALTER TABLE evidence ADD COLUMN continues TEXT;
      ALTER TABLE evidence ADD COLUMN resume TEXT;
    `);
  },
};
