import { describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { chooseComponents, decideByBic } from './choose-components.ts';
import { chooseK } from './choose-k.ts';
import { Matrix } from './matrix.ts';
import { unwatched } from './pace.ts';

describe('chooseComponents', () => {
  it.each(['full', 'diag'] as const)('finds how many Gaussians rows were drawn from, %s', async (covariance) => {
    const random = new Random(6);
    const values = Array.from({ length: 1500 }, (_, i) => {
      const [wide, thin] = [random.normal() * 3, random.normal() * 0.3];
      // three long heaps: by distance alone they would be cut in pieces
      return [
        [wide, thin],
        [12 + thin, wide],
        [20 + thin, 20 + wide],
      ][i % 3];
    }).flat();
    const chosen = await chooseComponents(Matrix.fromRows(values, 2), covariance, 3, unwatched());
    expect(chosen.k).toBe(3);
    expect(chosen.why).toMatch(/^k = 3 \(BIC [\d,]+\): k from 1 to 12 was tried on 1,500 rows/);
    expect(chosen.curve.map((tried) => tried.k)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(chosen.curve[0].silhouette).toBeNull();
    for (const { bic, inertia } of chosen.curve) expect(Number.isFinite(bic) && inertia > 0).toBe(true);
  });

  it('is content with one Gaussian', async () => {
    const random = new Random(1);
    const values = Array.from({ length: 3000 }, () => random.normal());
    expect((await chooseComponents(Matrix.fromRows(values, 3), 'full', 1, unwatched())).k).toBe(1);
  });

  it('says that there is nothing to choose where all rows are alike, of one row that it is one, and of a sample that it is one', async () => {
    const why = async (rows: number): Promise<string[]> => {
      const matrix = Matrix.fromRows(new Float64Array(rows).fill(1), 1);
      const [components, k] = [await chooseComponents(matrix, 'full', 1, unwatched()), await chooseK(matrix, 1, unwatched())];
      return [...new Set([components.why, k.why])];
    };
    expect(await why(1)).toEqual(['k = 1: there is one row alone.']);
    expect(await why(3)).toEqual(['k = 1: all rows are alike in every feature.']);
    expect(await why(20_001)).toEqual(['k = 1: the 20,000 rows of a sample that were looked at are alike in every feature.']);
    expect(await chooseComponents(Matrix.fromRows([1, 1, 1], 1), 'full', 1, unwatched())).toMatchObject({ k: 1, curve: [] });
  });
});

describe('the rule', () => {
  const curve = (...bics: number[]): { k: number; inertia: number; silhouette: null; bic: number }[] =>
    bics.map((bic, i) => ({ k: i + 1, inertia: 1, silhouette: null, bic }));

  it('takes the lowest, the fewest where nothing speaks for more, and owns up where it falls to the end', () => {
    expect(decideByBic(curve(500, 300, 350), 9)).toMatchObject({ k: 2, why: expect.stringMatching(/lowest there/) as string });
    expect(decideByBic(curve(500, 305, 300), 9)).toMatchObject({ k: 2, why: expect.stringMatching(/300 at k = 3, no evidence/) as string });
    expect(decideByBic(curve(-1_565_815, -1_565_900), 9).why).toContain('k = 2 (BIC −1,565,900)');
    expect(decideByBic(curve(500, 300, 200), 9)).toMatchObject({ k: 3, why: expect.stringMatching(/still falls/) as string });
  });
});
