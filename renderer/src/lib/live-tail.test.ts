import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFilter, columnsOf, TailRing } from './live-tail.ts';

const rows = (from: number, to: number): { id: number }[] => Array.from({ length: from - to + 1 }, (_, at) => ({ id: from - at }));

describe('the tail', () => {
  it('puts what is new before what is there', () => {
    const tail = new TailRing(5);
    expect(tail.latest).toBe(-1);
    expect(tail.take(rows(3, 1), 3)).toBe(true);
    expect(tail.take([], 0)).toBe(false);
    expect(tail.take(rows(6, 4), 3)).toBe(true);
    expect(tail.rows.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2]);
  });

  it('never has a gap: where more came than it was given, the older go', () => {
    const tail = new TailRing(100);
    tail.take(rows(10, 1), 10);
    tail.take(rows(500, 481), 490);
    expect(tail.rows).toEqual(rows(500, 481));
  });

  it('is by falling id, without one twice, and never longer than it may be', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 10 }))),
        (most, steps) => {
          const tail = new TailRing<{ id: number }>(most);
          let end = 0;
          for (const [more, page] of steps) {
            const first = tail.latest + 1;
            end += more;
            const there = rows(end - 1, Math.max(first, 0));
            tail.take(there.slice(0, page), there.length);
          }
          const ids = tail.rows.map(({ id }) => id);
          expect(ids.length).toBeLessThanOrEqual(most);
          expect(ids).toEqual(ids.length === 0 ? [] : rows(ids[0] ?? 0, (ids[0] ?? 0) - ids.length + 1).map(({ id }) => id));
          if (end > 0) expect(ids[0]).toBe(end - 1);
        },
      ),
    );
  });

  it('asks for what came later within the filter that is there', () => {
    expect(afterFilter('', -1)).toBe('');
    expect(afterFilter('', 7)).toBe('id > 7');
    expect(afterFilter('a = 1 or b = 2', 7)).toBe('(a = 1 or b = 2) and id > 7');
  });

  it('shows the columns of its kind as far as the log has them, else the first that are shown', () => {
    const column = (name: string, shown: boolean): { name: string; type: 'string'; title: string; shown: boolean } => ({
      name,
      type: 'string',
      title: '',
      shown,
    });
    expect(columnsOf('request', [column('status', true), column('ts', true), column('x', true)])).toEqual(['ts', 'status']);
    expect(columnsOf('dns', [column('ts', true), column('hidden', false), column('query', true)])).toEqual(['ts', 'query']);
    // a kind is whatever a log calls itself
    expect(columnsOf('constructor', [column('a', false)])).toEqual(['a']);
  });
});
