import { nodeImpurities, type Criterion } from './impurity.ts';
import { countsOf, GrowingNodes, LEAF, leavesOf, type TreeNodes } from './tree-nodes.ts';

/** The trees that cost-complexity pruning goes through, from the whole tree to its root alone. */
export interface PruningPath {
  /** What a leaf has to cost at least for the tree to be the best one; 0 for the whole tree. */
  readonly ccpAlphas: readonly number[];
  /** Sum of the leaves' impurities, weighted by their share of the rows. */
  readonly impurities: readonly number[];
  readonly leaves: readonly number[];
}

/** What is left of a tree while branches are taken away, the weakest first. */
class Pruning {
  readonly tree: TreeNodes;
  readonly #classes: number;
  /** Node → impurity times its share of all rows, of the node alone and of the leaves below it. */
  readonly #alone: Float64Array;
  readonly #below: Float64Array;
  readonly #leaves: Uint32Array;
  readonly #parent: Int32Array;
  readonly #cut: Uint8Array;
  readonly #weakest: Weakest;

  constructor(tree: TreeNodes, weights: Float64Array, criterion: Criterion) {
    this.tree = tree;
    this.#classes = weights.length;
    const { weight, impurity } = nodeImpurities(tree, weights, criterion);
    const nodes = tree.feature.length;
    this.#alone = impurity.map((of, node) => (of * weight[node]) / weight[0]);
    this.#below = this.#alone.slice();
    this.#leaves = new Uint32Array(nodes).fill(1);
    this.#parent = new Int32Array(nodes).fill(-1);
    this.#cut = Uint8Array.from(tree.feature, (feature) => (feature === LEAF ? 1 : 0));
    this.#weakest = new Weakest(nodes);
    for (let node = nodes - 1; node >= 0; node--) {
      if (this.#cut[node] === 1) continue;
      this.#parent[tree.left[node]] = this.#parent[tree.left[node] + 1] = node;
      this.#update(node);
    }
  }

  get impurity(): number {
    return this.#below[0];
  }

  get leaves(): number {
    return this.#leaves[0];
  }

  /** What the weakest branch saves a leaf; Infinity where only the root is left. */
  get alpha(): number {
    return this.#weakest.least;
  }

  /** Takes the weakest branch away. */
  cut(): void {
    const node = this.#weakest.node;
    this.#takeBelow(node);
    this.#below[node] = this.#alone[node];
    this.#leaves[node] = 1;
    for (let above = this.#parent[node]; above >= 0; above = this.#parent[above]) this.#update(above);
  }

  result(): TreeNodes {
    const nodes = new GrowingNodes();
    const pending: [number, number][] = [[0, 0]];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const [from, to] = at;
      if (this.#cut[from] === 1) {
        nodes.leaf(to, countsOf(this.tree, from, this.#classes));
        continue;
      }
      const left = nodes.split(to, this.tree.feature[from], this.tree.threshold[from], this.tree.absent[from]);
      pending.push([this.tree.left[from] + 1, left + 1], [this.tree.left[from], left]);
    }
    return nodes.finish();
  }

  #takeBelow(node: number): void {
    const pending = [node];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (this.#cut[at] === 1) continue;
      this.#cut[at] = 1;
      this.#weakest.set(at, Number.POSITIVE_INFINITY);
      pending.push(this.tree.left[at], this.tree.left[at] + 1);
    }
  }

  #update(node: number): void {
    const left = this.tree.left[node];
    this.#below[node] = this.#below[left] + this.#below[left + 1];
    this.#leaves[node] = this.#leaves[left] + this.#leaves[left + 1];
    this.#weakest.set(node, (this.#alone[node] - this.#below[node]) / (this.#leaves[node] - 1));
  }
}

/** The least of many values that change: a tournament, log2 steps a change. Of equals the first node. */
class Weakest {
  readonly #places: number;
  readonly #values: Float64Array;
  /** Winners; the value of node n plays at #places + n. */
  readonly #winners: Uint32Array;

  constructor(nodes: number) {
    this.#places = 2 ** Math.ceil(Math.log2(Math.max(2, nodes)));
    this.#values = new Float64Array(this.#places).fill(Number.POSITIVE_INFINITY);
    this.#winners = new Uint32Array(this.#places * 2);
    for (let node = 0; node < this.#places; node++) this.#winners[this.#places + node] = node;
    for (let match = this.#places - 1; match >= 1; match--) this.#winners[match] = this.#winners[2 * match];
  }

  get node(): number {
    return this.#winners[1];
  }

  get least(): number {
    return this.#values[this.node];
  }

  set(node: number, value: number): void {
    this.#values[node] = value;
    for (let match = (this.#places + node) >> 1; match >= 1; match >>= 1) {
      const first = this.#winners[2 * match];
      const second = this.#winners[2 * match + 1];
      this.#winners[match] = this.#values[second] < this.#values[first] ? second : first;
    }
  }
}

/** The tree without every branch that saves less than `alpha` a leaf (minimal cost-complexity pruning; Breiman et al. 1984, chapter 3). */
export function pruneTree(tree: TreeNodes, weights: Float64Array, criterion: Criterion, alpha: number): TreeNodes {
  const pruning = new Pruning(tree, weights, criterion);
  while (pruning.alpha <= alpha) pruning.cut();
  return pruning.result();
}

/** One step a branch, the weakest first, as scikit-learn's `cost_complexity_pruning_path` has it. */
export function pruningPath(tree: TreeNodes, weights: Float64Array, criterion: Criterion): PruningPath {
  const pruning = new Pruning(tree, weights, criterion);
  const ccpAlphas = [0];
  const impurities = [pruning.impurity];
  const leaves = [leavesOf(tree)];
  while (pruning.alpha < Number.POSITIVE_INFINITY) {
    ccpAlphas.push(pruning.alpha);
    pruning.cut();
    impurities.push(pruning.impurity);
    leaves.push(pruning.leaves);
  }
  return { ccpAlphas, impurities, leaves };
}
