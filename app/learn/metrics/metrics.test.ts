import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { Pace } from '../pace.ts';
import { NO_CLASS } from '../types.ts';
import { adjustedRandIndex, agreement, contingencyTable, purity } from './agreement.ts';
import { classificationReport } from './classes.ts';
import { clusterFigures } from './clusters.ts';
import { calibration, confidenceCalibration, probabilityFigures } from './probabilities.ts';
import { classRanking, rankingFigures } from './ranking.ts';
import { different, metricCase, ourFigures, type MetricFigures } from './testing.ts';

const { figures } = JSON.parse(readFileSync(new URL('./fixtures/figures.json', import.meta.url), 'utf8')) as {
  figures: Record<string, MetricFigures>;
};

describe('metrics', () => {
  it.each(Object.keys(figures))('are scikit-learn’s to 1e-9, seed %s', async (seed) => {
    const ours = await ourFigures(metricCase(Number(seed)));
    expect(different(ours, figures[seed])).toEqual([]);
    // The comparison itself can fail.
    expect(different({ ...ours, purity: Number(ours['purity']) + 2e-9 }, figures[seed])).toEqual(['purity']);
  });
});

describe('figures of clusters', () => {
  it('are not defined for one cluster, and for as many as rows', async () => {
    const matrix = Matrix.fromRows([1, 2, 6], 1);
    expect(await clusterFigures(matrix, Uint16Array.of(3, 3, 3), 5)).toEqual({
      clusters: 1,
      inertia: 14,
      daviesBouldin: null,
      calinskiHarabasz: null,
    });
    expect(await clusterFigures(matrix, Uint16Array.of(0, 1, 2), 3)).toMatchObject({ clusters: 3, inertia: 0, daviesBouldin: null });
  });

  it('take clusters without spread, and clusters in one place', async () => {
    const apart = await clusterFigures(Matrix.fromRows([1, 1, 5, 5], 1), Uint16Array.of(0, 0, 1, 1), 2);
    expect(apart).toEqual({ clusters: 2, inertia: 0, daviesBouldin: 0, calinskiHarabasz: 1 });
    const together = await clusterFigures(Matrix.fromRows([1, 3, 1, 3], 1), Uint16Array.of(0, 0, 1, 1), 2);
    expect(together).toMatchObject({ daviesBouldin: 0, calinskiHarabasz: 0 });
  });

  it('stop when they are told to', async () => {
    const pace = new Pace({ report: () => undefined, stopped: () => true });
    const began = performance.now();
    while (performance.now() - began < 60);
    await expect(clusterFigures(new Matrix(10, 1), new Uint16Array(10), 1, { pace })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

const labels = (kinds: number): fc.Arbitrary<Uint16Array> =>
  fc.array(fc.nat(kinds - 1), { minLength: 2, maxLength: 40 }).map((list) => Uint16Array.from(list));

describe('agreement', () => {
  it('does not depend on what clusters are called, and is whole for the same partition', () => {
    fc.assert(
      fc.property(labels(5), labels(4), (a, b) => {
        const length = Math.min(a.length, b.length);
        const [one, other] = [a.slice(0, length), b.slice(0, length)];
        const renamed = other.map((label) => 7 - label);
        const plain = agreement(one, other);
        const again = agreement(one, renamed);
        expect(again.adjustedRandIndex).toBeCloseTo(plain.adjustedRandIndex, 12);
        expect(again.normalisedMutualInformation).toBeCloseTo(plain.normalisedMutualInformation, 12);
        expect(again.purity).toBe(plain.purity);
        const same = agreement(
          one,
          one.map((label) => 9 - label),
        );
        expect([same.adjustedRandIndex, same.purity]).toEqual([1, 1]);
        expect(same.normalisedMutualInformation).toBeCloseTo(1, 12);
      }),
    );
  });

  it('counts pairs as the definition does', () => {
    fc.assert(
      fc.property(labels(4), (a) => {
        const b = a.map((label, i) => (label + (i % 3 === 0 ? 1 : 0)) % 3);
        let [both, first, second, pairs] = [0, 0, 0, 0];
        for (let i = 0; i < a.length; i++) {
          for (let j = 0; j < i; j++) {
            const [one, other] = [a[i] === a[j] ? 1 : 0, b[i] === b[j] ? 1 : 0];
            both += one * other;
            first += one;
            second += other;
            pairs++;
          }
        }
        const expected = (first * second) / pairs;
        const most = (first + second) / 2;
        if (most !== expected) expect(adjustedRandIndex(contingencyTable(a, b))).toBeCloseTo((both - expected) / (most - expected), 9);
      }),
    );
  });

  it('leaves rows out that have no label on one side', () => {
    const known = Uint16Array.of(0, NO_CLASS, 1, 1, 0);
    const clusters = Uint16Array.of(0, 0, 1, NO_CLASS, 1);
    expect(contingencyTable(known, clusters)).toEqual({ rows: 2, columns: 2, counts: Float64Array.of(1, 1, 0, 1), total: 3 });
    expect(agreement(known, clusters).rows).toBe(3);
    expect(purity(contingencyTable(new Uint16Array(0), new Uint16Array(0)))).toBe(1);
  });
});

describe('figures of classes', () => {
  it('leave rows without a class or without a prediction out, and classes that nobody has', () => {
    const y = Uint16Array.of(0, 0, 1, NO_CLASS, 1);
    const report = classificationReport(y, Uint16Array.of(0, 1, 1, 0, NO_CLASS), 4);
    expect(report).toMatchObject({ rows: 3, accuracy: 2 / 3, balancedAccuracy: 0.75 });
    expect(report.macroF1).toBeCloseTo(2 / 3, 12);
    expect(report.perClass[3]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it('of no rows are not numbers', () => {
    const report = classificationReport(Uint16Array.of(NO_CLASS), Uint16Array.of(0), 2);
    expect([report.rows, report.accuracy, report.balancedAccuracy, report.macroF1]).toEqual([0, NaN, NaN, NaN]);
  });
});

describe('ranking', () => {
  it('is the share of pairs in the right order, ties half, and the mean precision at the positive rows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.nat(6)), { minLength: 1, maxLength: 40 }), (rows) => {
        const positive = rows.filter(([is]) => is === 1).map(([, score]) => score);
        const negative = rows.filter(([is]) => is === 0).map(([, score]) => score);
        const won = positive.flatMap((a) => negative.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const { rocAuc, prAuc } = rankingFigures(
          rows.map(([is]) => is),
          rows.map(([, score]) => score),
        );
        if (won.length === 0) expect(rocAuc).toBeNull();
        else expect(rocAuc).toBeCloseTo(won.reduce<number>((sum, value) => sum + value, 0) / won.length, 12);
        if (positive.length === 0) expect(prAuc).toBeNull();
        else {
          const precisions = positive.map((at) => positive.filter((a) => a >= at).length / rows.filter(([, score]) => score >= at).length);
          expect(prAuc).toBeCloseTo(precisions.reduce((sum, value) => sum + value, 0) / positive.length, 12);
        }
      }),
    );
  });

  it('leaves classes out that have no rows, or all', () => {
    const probabilities = [0.9, 0.1, 0, 0.2, 0.8, 0, 0.5, 0.5, 0];
    const ranking = classRanking(Uint16Array.of(0, 1, NO_CLASS), probabilities, 3);
    expect(ranking).toMatchObject({ macroRocAuc: 1, macroPrAuc: 1 });
    expect(ranking.perClass[2]).toEqual({ rocAuc: null, prAuc: null });
    expect(classRanking(Uint16Array.of(0, 0, 0), probabilities, 3).macroRocAuc).toBeNull();
  });
});

describe('probabilities', () => {
  it('that are sure and wrong cost much, not infinitely; rows without a class cost nothing', () => {
    const wrong = probabilityFigures(Uint16Array.of(0, NO_CLASS), Float64Array.of(0, 1, 0, 1), 2);
    expect(wrong.logLoss).toBeCloseTo(-Math.log(2 ** -52), 9);
    expect(wrong.brier).toBe(1);
    expect(probabilityFigures(Uint16Array.of(0), Float32Array.of(0, 1), 2).logLoss).toBeCloseTo(-Math.log(2 ** -23), 9);
  });

  it('fall into the bin that holds them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (bins, probability) => {
        const filled = calibration([1], [probability], bins).bins.filter((bin) => bin.rows === 1);
        expect(filled).toHaveLength(1);
        expect(probability).toBeLessThanOrEqual(filled[0].to);
        if (probability > 0) expect(probability).toBeGreaterThan(filled[0].from);
      }),
    );
  });

  it('that come true as often as they say have hardly an error', () => {
    const random = new Random(3);
    const said = Float64Array.from({ length: 20_000 }, () => random.float());
    const came = Uint8Array.from(said, (probability) => (random.float() < probability ? 1 : 0));
    expect(calibration(came, said).expectedCalibrationError).toBeLessThan(0.02);
    const boast = said.map((probability) => (probability > 0.5 ? 1 : 0));
    expect(calibration(came, boast).expectedCalibrationError).toBeGreaterThan(0.2);
  });

  it('of many classes are judged by the one found most probable', () => {
    const { bins, expectedCalibrationError } = confidenceCalibration(Uint16Array.of(0, 1, NO_CLASS), [0.75, 0.25, 0.75, 0.25, 0, 1], 2, 2);
    expect(bins[1]).toEqual({ from: 0.5, to: 1, rows: 2, meanProbability: 0.75, shareOfPositives: 0.5 });
    expect(expectedCalibrationError).toBe(0.25);
  });
});
