import { covarianceTypes } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { checkedParameters, choice, numberFrom, whole, type ParameterDeclarations, type ParameterValues } from './declared-parameters.ts';
import { IsolationForest } from './isolation/isolation-forest.ts';
import { loadIsolationForest } from './isolation/load-isolation-forest.ts';
import { KMeans, loadKMeans } from './kmeans.ts';
import { GaussianMixture, loadMixture } from './mixture.ts';
import { DecisionTree, loadDecisionTree } from './trees/decision-tree.ts';
import { loadRandomForest, RandomForest } from './trees/random-forest.ts';
import type { Classifier, Clusterer, OutlierDetector, SavedEstimator } from './types.ts';

interface Entry<Task extends string, Estimator> {
  readonly task: Task;
  readonly title: string;
  /** Without the seed, which every estimator has. */
  readonly parameters: ParameterDeclarations;
  /** Of what it makes: `SavedEstimator.kind`. */
  readonly kind: string;
  /** NaN in the matrix means absent, and is taken. */
  readonly takesAbsent: boolean;
  /** An unfitted estimator; what is not given has its default. `seed`: from 0 to 2³² - 1. @throws FlowcaseError PARAMETER */
  make(parameters: ParameterValues, seed: number): Estimator;
  /** A fitted one. @throws FlowcaseError FILE_DAMAGED, PARAMETER */
  load(saved: SavedEstimator): Estimator;
}

export type ClustererEntry = Entry<'cluster', Clusterer>;
export type ClassifierEntry = Entry<'classify', Classifier>;
export type OutlierEntry = Entry<'outliers', OutlierDetector>;
export type EstimatorEntry = ClustererEntry | ClassifierEntry | OutlierEntry;

const ANY = Number.MAX_VALUE;
const MOST_ROWS = 2 ** 31;

/** An entry whose `make` checks the parameters before the estimator sees them. */
function entry<Task extends string, Estimator>(of: Entry<Task, Estimator>): Entry<Task, Estimator> {
  const seeds: ParameterDeclarations = { seed: { default: 0, allowed: [whole(0, 0xffff_ffff)], sentence: '' } };
  return {
    ...of,
    make(parameters, seed) {
      checkedParameters(of.title, seeds, { seed });
      return of.make(checkedParameters(of.title, of.parameters, parameters), seed);
    },
  };
}

const kmeans = entry<'cluster', Clusterer>({
  task: 'cluster',
  title: 'k-means',
  kind: 'kmeans',
  takesAbsent: false,
  parameters: {
    nClusters: {
      default: 8,
      allowed: [whole(1, 65_535)],
      sentence: 'How many clusters to form; fewer where there are fewer distinct rows.',
    },
    nInit: {
      default: 1,
      allowed: [whole(1, 1000)],
      sentence: 'How often to start anew with other centres; the start with the least inertia is kept.',
    },
    maxIter: { default: 300, allowed: [whole(1, 1_000_000)], sentence: 'How many passes a start has at most.' },
    tol: {
      default: 1e-4,
      allowed: [numberFrom(0, ANY)],
      sentence: 'A start ends where its centres moved less than this, in mean variances of the columns.',
    },
  },
  make: (parameters, seed) => new KMeans({ ...parameters, seed }),
  load: loadKMeans,
});

const gmm = entry<'cluster', Clusterer>({
  task: 'cluster',
  title: 'Gaussian mixture',
  kind: 'mixture',
  takesAbsent: false,
  parameters: {
    nComponents: {
      default: 1,
      allowed: [whole(1, 1000)],
      sentence: 'How many components to mix; fewer where there are fewer distinct rows.',
    },
    covarianceType: {
      default: 'full',
      allowed: [choice(...covarianceTypes)],
      sentence: 'Which shapes components have: any, one for all, along the axes, or round.',
    },
    nInit: { default: 1, allowed: [whole(1, 1000)], sentence: 'How often to start anew; the likeliest start is kept.' },
    maxIter: { default: 100, allowed: [whole(1, 1_000_000)], sentence: 'How many iterations a start has at most.' },
    tol: {
      default: 1e-3,
      allowed: [numberFrom(0, ANY)],
      sentence: 'A start ends where the mean log-likelihood changes by less than this.',
    },
    regCovar: { default: 1e-6, allowed: [numberFrom(0, ANY)], sentence: 'Added to every variance, so that none becomes zero.' },
  },
  make: (parameters, seed) => new GaussianMixture({ ...parameters, seed }),
  load: loadMixture,
});

const treeParameters: ParameterDeclarations = {
  criterion: { default: 'gini', allowed: [choice('gini', 'entropy')], sentence: 'What questions are chosen by: Gini impurity or entropy.' },
  maxDepth: {
    default: null,
    allowed: [whole(1, 100_000), choice(null)],
    sentence: 'How many questions lie between root and leaf at most.',
  },
  minSamplesSplit: { default: 2, allowed: [whole(2, MOST_ROWS)], sentence: 'A node of fewer rows asks no question.' },
  minSamplesLeaf: { default: 1, allowed: [whole(1, MOST_ROWS)], sentence: 'How many rows a leaf has at least.' },
  maxFeatures: {
    default: null,
    allowed: [whole(1, 1_000_000), numberFrom(0, 1, { lowOpen: true, highOpen: true }), choice('sqrt', 'log2', null)],
    sentence: 'How many columns each node looks at: so many, a share of them, their root or logarithm, or all.',
  },
  classWeight: {
    default: null,
    allowed: [choice('balanced', null)],
    sentence: 'Whether rows of rare classes weigh more, so that all classes weigh the same.',
  },
  absentValues: {
    default: 'learned',
    allowed: [choice('learned', 'left')],
    sentence: 'Which way rows without the value go: the one that each question learned, or always that of the lesser values.',
  },
};

const tree = entry<'classify', DecisionTree>({
  task: 'classify',
  title: 'Decision tree',
  kind: 'decision-tree',
  takesAbsent: true,
  parameters: {
    ...treeParameters,
    ccpAlpha: {
      default: 0,
      allowed: [numberFrom(0, ANY)],
      sentence: 'Branches that save less impurity a leaf than this are cut off; 0: none.',
    },
  },
  make: (parameters, seed) => new DecisionTree({ ...parameters, seed }),
  load: loadDecisionTree,
});

const forest = entry<'classify', RandomForest>({
  task: 'classify',
  title: 'Random forest',
  kind: 'random-forest',
  takesAbsent: true,
  parameters: {
    nEstimators: { default: 100, allowed: [whole(1, 10_000)], sentence: 'How many trees vote.' },
    ...treeParameters,
    maxFeatures: { ...treeParameters['maxFeatures'], default: 'sqrt' },
    bootstrap: {
      default: true,
      allowed: [choice(true, false)],
      sentence: 'Whether every tree draws its rows with putting back, or takes all.',
    },
    oobScore: {
      default: false,
      allowed: [choice(true, false)],
      sentence: 'Whether it also tells how it does on rows that its trees did not draw.',
    },
    calibration: {
      default: null,
      allowed: [choice('sigmoid', 'isotonic', null)],
      sentence:
        'Turns shares of votes into probabilities that hold, by rows that trees did not draw: by a sigmoid, or by any curve that rises.',
    },
  },
  make: (parameters, seed) => new RandomForest({ ...parameters, seed }),
  load: loadRandomForest,
});

const isolation = entry<'outliers', OutlierDetector>({
  task: 'outliers',
  title: 'Isolation forest',
  kind: 'isolation',
  takesAbsent: false,
  parameters: {
    nEstimators: { default: 100, allowed: [whole(1, 10_000)], sentence: 'How many trees the path lengths are the mean of.' },
    maxSamples: {
      default: 256,
      allowed: [whole(1, 65_536)],
      sentence: 'How many rows each tree is grown from; all where there are fewer.',
    },
    contamination: {
      default: 'auto',
      allowed: [numberFrom(0, 0.5, { lowOpen: true }), choice('auto')],
      sentence: 'Which share of the rows counts as outliers, or auto: those that score above 0.5.',
    },
  },
  make: (parameters, seed) => new IsolationForest({ ...parameters, seed }),
  load: loadIsolationForest,
});

/** Every estimator by its name: what it takes, how it is made and loaded. Whoever adds one gets the shared suite (suite.test.ts) with it. */
export const estimators = { kmeans, gmm, tree, forest, isolation };
export type EstimatorName = keyof typeof estimators;
export const estimatorNames = Object.keys(estimators) as EstimatorName[];

/** A fitted estimator out of what any of them saved. @throws FlowcaseError FILE_DAMAGED where no estimator is of that kind, PARAMETER */
export function loadEstimator(saved: SavedEstimator): Clusterer | Classifier | OutlierDetector {
  const found = Object.values<EstimatorEntry>(estimators).find(({ kind }) => kind === saved.kind);
  if (found === undefined) {
    throw new FlowcaseError('FILE_DAMAGED', `There is no kind of model called ${saved.kind}. A newer Flowcase may have saved it.`, {
      kind: saved.kind,
    });
  }
  return found.load(saved);
}
