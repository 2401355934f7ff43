import { Random } from '../shared/random.ts';
import { estimators, type EstimatorEntry, type EstimatorName } from './estimators.ts';
import type { ParameterValues } from './declared-parameters.ts';
import { Matrix } from './matrix.ts';
import type { Classifier, Means, SavedEstimator } from './types.ts';

/** Any estimator as the shared suite handles it: it learns from rows whose classes follow from them, and says something of each row. */
export interface Subject {
  fit(matrix: Matrix, means?: Means): Promise<unknown>;
  /** Everything that it says of rows, as numbers. */
  ask(matrix: Matrix, means?: Means): Promise<Float64Array>;
  save(): SavedEstimator;
}

export const CLASSES = 3;

/** Parameters that keep the suite fast; they must not be the defaults where it matters whether they are saved. */
export const quick: Readonly<Record<EstimatorName, ParameterValues>> = {
  kmeans: { nClusters: 4, maxIter: 30 },
  gmm: { nComponents: 3, maxIter: 15 },
  tree: { maxDepth: 6, minSamplesLeaf: 2 },
  forest: { nEstimators: 7, maxDepth: 6 },
  isolation: { nEstimators: 9, maxSamples: 64, contamination: 0.1 },
};

/** With these a fit on 30,000 rows takes long enough to be stopped in the midst of it. */
export const long: Partial<Readonly<Record<EstimatorName, ParameterValues>>> = {
  forest: { nEstimators: 60 },
  isolation: { nEstimators: 5000 },
};

export function entryOf(name: EstimatorName): EstimatorEntry {
  return estimators[name];
}

export function subject(name: EstimatorName, parameters: ParameterValues, seed: number): Subject {
  const entry = entryOf(name);
  return entry.task === 'classify'
    ? classifier(entry.make(parameters, seed))
    : entry.task === 'cluster'
      ? clusterer(entry.make(parameters, seed))
      : detector(entry.make(parameters, seed));
}

export function loaded(name: EstimatorName, saved: SavedEstimator): Subject {
  const entry = entryOf(name);
  return entry.task === 'classify'
    ? classifier(entry.load(saved))
    : entry.task === 'cluster'
      ? clusterer(entry.load(saved))
      : detector(entry.load(saved));
}

function classifier(model: Classifier): Subject {
  return {
    fit: (matrix, means) => model.fit(matrix, classesOf(matrix), CLASSES, means),
    ask: async (matrix, means) =>
      Float64Array.from([...(await model.predict(matrix, means)), ...(await model.predictProba(matrix, means))]),
    save: () => model.save(),
  };
}

function clusterer(model: ReturnType<(typeof estimators)['kmeans']['make']>): Subject {
  return {
    fit: (matrix, means) => model.fit(matrix, means),
    ask: async (matrix, means) => Float64Array.from(await model.predict(matrix, means)),
    save: () => model.save(),
  };
}

function detector(model: ReturnType<(typeof estimators)['isolation']['make']>): Subject {
  return {
    fit: (matrix, means) => model.fit(matrix, means),
    ask: async (matrix, means) => Float64Array.from(await model.scoreSamples(matrix, means)),
    save: () => model.save(),
  };
}

/** A class that follows from the row alone (so that it stays with it in any order), with some noise. */
function classesOf(matrix: Matrix): Uint16Array {
  return Uint16Array.from({ length: matrix.rows }, (_, row) => {
    const value = matrix.get(row, 0);
    return Number.isNaN(value) ? 0 : Math.min(CLASSES - 1, Math.abs(Math.round(value * 7.3)) % (CLASSES + 1));
  });
}

export function noise(rows: number, columns: number, seed: number): Matrix {
  const random = new Random(seed);
  return Matrix.fromRows(
    Array.from({ length: rows * columns }, () => random.normal()),
    columns,
  );
}

/** Values row after row, for matrices that are changed. */
export function valuesOf(matrix: Matrix): number[] {
  return Array.from({ length: matrix.rows * matrix.columns }, (_, i) => matrix.get(Math.floor(i / matrix.columns), i % matrix.columns));
}
