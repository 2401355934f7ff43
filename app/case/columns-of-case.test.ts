import Database from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { listColumns, SessionColumns } from './columns-of-case.ts';
import { createCase } from './open.ts';
import { caseFields, column, scratchFolder } from './testing.ts';

const folder = scratchFolder();
afterAll(() => folder.remove());
let db: Database.Database;
let count = 0;
beforeEach(() => {
  const path = `${folder.path}/columns-${++count}.flowcase`;
  createCase(path, caseFields).close();
  db = new Database(path);
});

const names = (): string[] => listColumns(db, 'request').map(({ id, spec }) => `${id} ${spec.name}`);

describe('columns of evidences that are received at once', () => {
  it('are the same where they are called and kept alike, and others where they are not', () => {
    const [one, two] = [new SessionColumns(db, 'request'), new SessionColumns(db, 'request')];
    const spec = column('query', 'string', 'text');
    expect(two.register(spec)).toEqual(one.register(spec));
    expect(two.register(column('query', 'count', 'number')).name).toBe('query_2');
    expect(one.of(spec)).toBe(two.of(spec));
    one.save();
    two.save();
    expect(names()).toEqual(['1 query', '2 query_2']);
    db.close();
  });

  it('are written again after what wrote them was rolled back', () => {
    const columns = new SessionColumns(db, 'request');
    columns.register(column('query', 'string', 'text'));
    const failing = db.transaction(() => {
      columns.save();
      throw new Error('the disk is full');
    });
    expect(failing).toThrow('full');
    expect(names()).toEqual([]);
    const next = new SessionColumns(db, 'request');
    next.register(column('query', 'string', 'text'));
    next.register(column('path', 'string', 'text'));
    next.save();
    columns.save();
    expect(names()).toEqual(['1 query', '2 path']);
    db.close();
  });

  it('of one that was given up are no columns of the case', () => {
    new SessionColumns(db, 'request').register(column('given_up', 'string', 'text'));
    const columns = new SessionColumns(db, 'request');
    columns.register(column('query', 'string', 'text'));
    columns.save();
    expect(names()).toEqual(['2 query']);
    expect(new SessionColumns(db, 'request').all().map(({ name }) => name)).toEqual(['query']);
    db.close();
  });
});
