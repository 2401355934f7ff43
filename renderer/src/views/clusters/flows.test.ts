import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowLayout, flowPath } from './flows.ts';

const flows = fc.uniqueArray(
  fc.record({ a: fc.integer({ min: 1, max: 8 }), b: fc.integer({ min: 1, max: 8 }), count: fc.integer({ min: 1, max: 10_000 }) }),
  { selector: ({ a, b }) => `${a} ${b}`, minLength: 1, maxLength: 40 },
);

describe('bands between two groupings', () => {
  it('are as high as their counts, fill the clusters at both sides and stay in the picture', () => {
    fc.assert(
      fc.property(flows, (list) => {
        const height = 240;
        const { left, right, bands } = flowLayout(list, height);
        expect(bands).toHaveLength(list.length);
        const total = list.reduce((sum, { count }) => sum + count, 0);
        for (const nodes of [left, right]) {
          expect(nodes.reduce((sum, { count }) => sum + count, 0)).toBe(total);
          expect(nodes.map(({ cluster }) => cluster)).toEqual(nodes.map(({ cluster }) => cluster).toSorted((a, b) => a - b));
          for (const [at, node] of nodes.entries()) {
            expect(node.to).toBeLessThanOrEqual(height + 1e-6);
            expect(node.from).toBeGreaterThanOrEqual(nodes[at - 1]?.to ?? 0);
          }
        }
        for (const { cluster, from, to } of left) {
          const own = bands.filter(({ a }) => a === cluster);
          expect(own[0]?.fromA).toBeCloseTo(from, 6);
          expect(own.at(-1)?.toA).toBeCloseTo(to, 6);
        }
        for (const band of bands) {
          const node = right.find(({ cluster }) => cluster === band.b);
          expect(band.toB - band.fromB).toBeCloseTo(band.toA - band.fromA, 6);
          expect(band.fromB).toBeGreaterThanOrEqual((node?.from ?? 0) - 1e-6);
          expect(band.toB).toBeLessThanOrEqual((node?.to ?? 0) + 1e-6);
        }
      }),
    );
  });

  it('are drawn as closed outlines; nothing is drawn of nothing', () => {
    expect(flowPath({ a: 1, b: 1, count: 1, fromA: 0, toA: 2, fromB: 4, toB: 6 }, 0, 10)).toBe(
      'M0.0,0.0C5.0,0.0 5.0,4.0 10.0,4.0L10.0,6.0C5.0,6.0 5.0,2.0 0.0,2.0Z',
    );
    expect(flowLayout([], 240)).toEqual({ left: [], right: [], bands: [] });
  });
});
