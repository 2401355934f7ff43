import { covarianceTypes, type CovarianceType } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import type { Matrix } from './matrix.ts';
import { nextModel, parameterCount, type MixtureModel } from './mixture-model.ts';
import { MixtureRounds } from './mixture-rounds.ts';
import { mixtureStep } from './mixture-step.ts';
import { meansOnly, startFromKMeans, startFromMeans, type HardStart } from './mixture-start.ts';
import { unwatched, type Pace } from './pace.ts';
import { checkFinite, checkWhole, notFitted, outside } from './parameters.ts';
import { SavedReader } from './saved.ts';
import type { Clusterer, Means, SavedEstimator } from './types.ts';

export const MIXTURE_KIND = 'mixture';
const NAME = 'Gaussian mixture';
const MAX_COMPONENTS = 1000;

export interface GaussianMixtureParameters {
  readonly nComponents?: number;
  readonly covarianceType?: CovarianceType;
  /** Ends where the mean log-likelihood changed by less than this. */
  readonly tol?: number;
  /** Added to every variance, in the features' units squared, so that none becomes zero. */
  readonly regCovar?: number;
  readonly maxIter?: number;
  /** Starts; the one with the highest lower bound is kept, the first of equal ones. */
  readonly nInit?: number;
  /** 'k-means', or starting means (nComponents × columns, row by row): then there is one start. */
  readonly init?: 'k-means' | Float64Array;
  readonly seed?: number;
}

export interface MixtureFitMeans extends Means {
  /** Told after every iteration. */
  readonly onStep?: (step: MixtureStep) => void;
  /** By the plain twin in float64, much slower: to check the result with. */
  readonly twin?: boolean;
}

export interface MixtureStep {
  readonly start: number;
  readonly iteration: number;
  /** Mean log-likelihood of a row, before the iteration's M step. */
  readonly lowerBound: number;
  readonly change: number;
}

interface Solution {
  readonly model: MixtureModel;
  readonly lowerBound: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * A mixture of Gaussians by expectation maximisation (Dempster, Laird, Rubin 1977), in the shape of scikit-learn's GaussianMixture and by its
 * rules: k-means start, one M step from its labels, log-sum-exp, Cholesky factors of the precisions, the end by the change of the mean
 * log-likelihood.
 *
 * - The same matrix, parameters and seed give the same bits, on any number of threads.
 * - Where there are fewer distinct rows than components asked for, there are as many components as distinct rows (`nComponents_`).
 * - A component that loses all rows stays where it is, with next to no weight.
 * - Shares below 10⁻¹² count as none.
 */
export class GaussianMixture implements Clusterer {
  readonly kind = MIXTURE_KIND;
  readonly nComponents: number;
  readonly covarianceType: CovarianceType;
  readonly tol: number;
  readonly regCovar: number;
  readonly maxIter: number;
  readonly nInit: number;
  readonly init: 'k-means' | Float64Array;
  readonly seed: number;

  /** Mean log-likelihood of a row in the last iteration, before its M step. */
  lowerBound_ = Number.NEGATIVE_INFINITY;
  /** Iterations of the start that was kept. */
  nIter_ = 0;
  /** False where `maxIter` ended it. */
  converged_ = false;
  #model: MixtureModel | null = null;

  /** @throws FlowcaseError PARAMETER */
  constructor({
    nComponents = 1,
    covarianceType = 'full',
    tol = 1e-3,
    regCovar = 1e-6,
    maxIter = 100,
    nInit = 1,
    init = 'k-means',
    seed = 0,
  }: GaussianMixtureParameters = {}) {
    checkWhole(NAME, 'nComponents', nComponents, 1, MAX_COMPONENTS);
    checkWhole(NAME, 'nInit', nInit, 1, 1000);
    checkWhole(NAME, 'maxIter', maxIter, 1, 1_000_000);
    if (!covarianceTypes.includes(covarianceType)) throw outside(NAME, 'covarianceType', covarianceType, covarianceTypes.join(', '));
    if (!(tol >= 0)) throw outside(NAME, 'tol', tol, 'zero or more');
    if (!(regCovar >= 0 && regCovar < Number.POSITIVE_INFINITY)) throw outside(NAME, 'regCovar', regCovar, 'zero or more');
    this.nComponents = nComponents;
    this.covarianceType = covarianceType;
    this.tol = tol;
    this.regCovar = regCovar;
    this.maxIter = maxIter;
    this.nInit = nInit;
    this.init = init;
    this.seed = seed;
  }

  /** Components found; 0 before `fit`. */
  get nComponents_(): number {
    return this.#model?.components ?? 0;
  }

  /** Shares of the whole. @throws FlowcaseError NOT_FITTED */
  get weights_(): Float64Array {
    return this.#fitted().weights;
  }

  /** nComponents_ × columns, row by row. @throws FlowcaseError NOT_FITTED */
  get means_(): Float64Array {
    return this.#fitted().means;
  }

  /** In scikit-learn's shapes (`MixtureModel.covariances`). @throws FlowcaseError NOT_FITTED */
  get covariances_(): Float64Array {
    return this.#fitted().covariances;
  }

  /** @throws FlowcaseError NOTHING_TO_CLUSTER without rows, PARAMETER (singular too), NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async fit(matrix: Matrix, means: MixtureFitMeans = {}): Promise<this> {
    const { pace = unwatched() } = means;
    if (matrix.rows === 0) throw new FlowcaseError('NOTHING_TO_CLUSTER', 'There are no records to group. Widen the filter.');
    await checkFinite(NAME, matrix, pace);
    const given = this.init === 'k-means' ? null : this.init;
    if (given !== null && given.length !== this.nComponents * matrix.columns) {
      throw outside(NAME, 'init', given.length, `${this.nComponents} × ${matrix.columns} values`);
    }
    const random = new Random(this.seed);
    let best: Solution | null = null;
    for (let start = 1; start <= (given === null ? this.nInit : 1); start++) {
      const solution = await this.#fromOneStart(matrix, start, random.fork(), pace, means);
      if (best === null || solution.lowerBound > best.lowerBound) best = solution;
    }
    if (best !== null) this.#keep(best);
    return this;
  }

  /** Row → most probable component, the first of equals. @throws FlowcaseError NOT_FITTED, PARAMETER, NOT_FINITE, CANCELLED */
  async predict(matrix: Matrix, means: MixtureFitMeans = {}): Promise<Uint16Array> {
    return this.#apply(matrix, means, false, (rounds) => rounds.labels.slice());
  }

  /** rows × nComponents_, row by row: shares that add up to one. @throws as `predict` */
  async predictProba(matrix: Matrix, means: MixtureFitMeans = {}): Promise<Float32Array> {
    return this.#apply(matrix, means, true, (rounds) => rounds.shares.slice());
  }

  /** Row → log-likelihood: the lower, the stranger. @throws as `predict` */
  async scoreSamples(matrix: Matrix, means: MixtureFitMeans = {}): Promise<Float32Array> {
    return this.#apply(matrix, means, false, (rounds) => rounds.scores.slice());
  }

  /** What `predict` and `scoreSamples` say, in one pass over the rows. @throws as `predict` */
  async predictAndScore(matrix: Matrix, means: MixtureFitMeans = {}): Promise<{ labels: Uint16Array; scores: Float32Array }> {
    return this.#apply(matrix, means, false, ({ labels, scores }) => ({ labels: labels.slice(), scores: scores.slice() }));
  }

  /** Mean log-likelihood of a row. @throws as `predict` */
  async score(matrix: Matrix, means: MixtureFitMeans = {}): Promise<number> {
    const scores = await this.scoreSamples(matrix, means);
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }

  /** Bayesian information criterion (Schwarz 1978): the lower, the better. @throws as `predict` */
  async bic(matrix: Matrix, means: MixtureFitMeans = {}): Promise<number> {
    return -2 * matrix.rows * (await this.score(matrix, means)) + parameterCount(this.#fitted()) * Math.log(matrix.rows);
  }

  /** Akaike's information criterion: the lower, the better. @throws as `predict` */
  async aic(matrix: Matrix, means: MixtureFitMeans = {}): Promise<number> {
    return -2 * matrix.rows * (await this.score(matrix, means)) + 2 * parameterCount(this.#fitted());
  }

  /** @throws FlowcaseError NOT_FITTED */
  save(): SavedEstimator {
    const { components, columns, weights, means, covariances } = this.#fitted();
    const { nComponents, covarianceType, tol, regCovar, maxIter, nInit, seed } = this;
    const asked = { nComponents, covarianceType, tol, regCovar, maxIter, nInit, seed };
    const found = { components, columns, lowerBound: this.lowerBound_, iterations: this.nIter_, converged: this.converged_ };
    const init = this.init === 'k-means' ? {} : { init: this.init.slice() };
    return {
      kind: MIXTURE_KIND,
      parameters: { ...asked, ...found },
      arrays: { weights: weights.slice(), means: means.slice(), covariances: covariances.slice(), ...init },
    };
  }

  /** What `save` gave, as it was. @throws FlowcaseError FILE_DAMAGED, PARAMETER */
  static load(saved: SavedEstimator): GaussianMixture {
    const reader = new SavedReader(saved, MIXTURE_KIND, NAME);
    const type = reader.oneOf('covarianceType', covarianceTypes);
    const [nComponents, components, columns] = [reader.number('nComponents'), reader.number('components'), reader.number('columns')];
    const mixture = new GaussianMixture({
      nComponents,
      covarianceType: type,
      tol: reader.number('tol'),
      regCovar: reader.number('regCovar'),
      maxIter: reader.number('maxIter'),
      nInit: reader.number('nInit'),
      seed: reader.number('seed'),
      ...('init' in saved.arrays ? { init: reader.floats('init', nComponents * columns) } : {}),
    });
    const means = reader.floats('means', components * columns);
    const empty = meansOnly(type, { labels: new Uint16Array(), components, centres: means }, columns);
    const covariances = reader.floats('covariances', empty.covariances.length);
    const weights = reader.floats('weights', components);
    if (!weights.every((weight) => weight > 0)) throw reader.damaged('a weight is not above zero');
    mixture.#keep({
      model: { ...empty, weights, covariances },
      lowerBound: reader.number('lowerBound'),
      iterations: reader.number('iterations'),
      converged: reader.truth('converged'),
    });
    return mixture;
  }

  #fitted(): MixtureModel {
    if (this.#model === null) throw notFitted(NAME);
    return this.#model;
  }

  #keep({ model, lowerBound, iterations, converged }: Solution): void {
    this.#model = model;
    this.lowerBound_ = lowerBound;
    this.nIter_ = iterations;
    this.converged_ = converged;
  }

  async #fromOneStart(matrix: Matrix, start: number, random: Random, pace: Pace, means: MixtureFitMeans): Promise<Solution> {
    const { pool = null, twin = false, onStep } = means;
    const hard: HardStart =
      this.init === 'k-means'
        ? await startFromKMeans(matrix, this.nComponents, random, pace, pool)
        : await startFromMeans(matrix, this.init, pace, pool);
    const began = meansOnly(this.covarianceType, hard, matrix.columns);
    const rounds = new MixtureRounds(matrix, began, { pace, pool, withShares: false, twin });
    try {
      const model = nextModel(began, await rounds.fromLabels(hard.labels, began), this.regCovar);
      return await this.#iterate(rounds, model, matrix.rows, (step) => onStep?.({ start, ...step }));
    } finally {
      rounds.close();
    }
  }

  async #iterate(
    rounds: MixtureRounds,
    from: MixtureModel,
    rows: number,
    tell: (step: Omit<MixtureStep, 'start'>) => void,
  ): Promise<Solution> {
    let model = from;
    let lowerBound = Number.NEGATIVE_INFINITY;
    for (let iteration = 1; iteration <= this.maxIter; iteration++) {
      const { sums, next } = await mixtureStep(rounds, model, this.regCovar);
      model = next;
      const change = sums.logLikelihood / rows - lowerBound;
      lowerBound = sums.logLikelihood / rows;
      tell({ iteration, lowerBound, change });
      if (Math.abs(change) < this.tol) return { model, lowerBound, iterations: iteration, converged: true };
    }
    return { model, lowerBound, iterations: this.maxIter, converged: false };
  }

  async #apply<T>(matrix: Matrix, means: MixtureFitMeans, withShares: boolean, take: (rounds: MixtureRounds) => T): Promise<T> {
    const { pace = unwatched(), pool = null, twin = false } = means;
    const model = this.#fitted();
    if (matrix.columns !== model.columns) throw outside(NAME, 'columns', matrix.columns, String(model.columns));
    await checkFinite(NAME, matrix, pace);
    const rounds = new MixtureRounds(matrix, model, { pace, pool, withShares, twin });
    try {
      if (matrix.rows > 0) await rounds.apply(model);
      return take(rounds);
    } finally {
      rounds.close();
    }
  }
}

/** What `GaussianMixture.save` gave, as it was. @throws FlowcaseError FILE_DAMAGED, PARAMETER */
export function loadMixture(saved: SavedEstimator): GaussianMixture {
  return GaussianMixture.load(saved);
}
