import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { checkFinite, notFitted } from '../parameters.ts';
import type { Means } from '../types.ts';
import { explainRow, type Explanation } from './explain.ts';
import type { PackedTrees } from './packed-trees.ts';
import type { TreeNodes } from './tree-nodes.ts';
import { checkWidth } from './tree-parameters.ts';
import { vote, type Votes } from './voting.ts';

/** What trees have learned, be it one or many. */
export interface FittedTrees {
  readonly trees: readonly TreeNodes[];
  readonly packed: PackedTrees;
  /** Class → weight. */
  readonly weights: Float64Array;
  readonly columns: number;
}

/** What a tree and a forest have in common once they are fitted: they vote, and can say why. */
export abstract class VotingTrees<Fitted extends FittedTrees> {
  /** What messages call it. */
  protected abstract readonly name: string;
  protected fitted: Fitted | null = null;

  get nClasses_(): number {
    return this.known().weights.length;
  }
  get nFeatures_(): number {
    return this.known().columns;
  }
  /** Class → weight of its rows, as the fit found or was given it. */
  get classWeights_(): Float64Array {
    return this.known().weights;
  }

  /** @throws FlowcaseError NOT_FITTED, PARAMETER (width), NOT_FINITE (infinite), OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async predict(matrix: Matrix, means: Means = {}): Promise<Uint16Array> {
    return (await this.#vote(matrix, false, means)).winners;
  }

  /** Row × class: mean over the trees of the shares of a leaf's training rows, weighted. @throws as `predict` */
  async predictProba(matrix: Matrix, means: Means = {}): Promise<Float32Array> {
    return (await this.#vote(matrix, true, means)).shares ?? new Float32Array();
  }

  /** Votes on one row, and its way through every tree. @throws FlowcaseError NOT_FITTED, PARAMETER (width) */
  explain(row: ArrayLike<number>): Explanation {
    const { trees, weights, columns } = this.known();
    checkWidth(this.name, row.length, columns);
    return explainRow(trees, weights, row);
  }

  /** @throws FlowcaseError NOT_FITTED */
  protected known(): Fitted {
    if (this.fitted === null) throw notFitted(this.name);
    return this.fitted;
  }

  async #vote(matrix: Matrix, withShares: boolean, means: Means): Promise<Votes> {
    const { packed, columns } = this.known();
    checkWidth(this.name, matrix.columns, columns);
    await checkFinite(this.name, matrix, means.pace ?? unwatched(), true);
    return vote(packed, matrix, withShares, means);
  }
}
