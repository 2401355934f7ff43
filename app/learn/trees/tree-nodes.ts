/**
 * A tree as flat arrays. Node 0 is the root. A node that asks sends a row to its right child where the row's value is greater than the
 * threshold, and to the left otherwise: so do absent values (NaN). A threshold of minus infinity asks whether the value is absent.
 */
export interface TreeNodes {
  /** Node → column it asks; -1: a leaf. */
  readonly feature: Int32Array;
  /** Node → threshold; 0 in leaves. */
  readonly threshold: Float64Array;
  /** Node → left child, the right one is next to it; in leaves: the leaf's number. */
  readonly left: Uint32Array;
  /** Leaf × class: training rows, as often as they were drawn, without class weights. */
  readonly leafCounts: Uint32Array;
}

/** What `feature` says of a leaf. */
export const LEAF = -1;

/** Nodes that grow. */
export class GrowingNodes {
  #feature = new Int32Array(64);
  #threshold = new Float64Array(64);
  #left = new Uint32Array(64);
  #leafCounts: Uint32Array;
  readonly #classes: number;
  #nodes = 1;
  #leaves = 0;

  /** Begins with a root that is not yet decided. */
  constructor(classes: number) {
    this.#classes = classes;
    this.#leafCounts = new Uint32Array(32 * classes);
  }

  /** Makes `node` a leaf of these counts (`classes` long). */
  leaf(node: number, counts: ArrayLike<number>): void {
    const at = this.#leaves * this.#classes;
    if (at === this.#leafCounts.length) this.#leafCounts = widened(this.#leafCounts, new Uint32Array(at * 2));
    this.#feature[node] = LEAF;
    this.#threshold[node] = 0;
    this.#left[node] = this.#leaves++;
    this.#leafCounts.set(counts, at);
  }

  /** Makes `node` ask; returns its left child, neither child being decided. */
  split(node: number, feature: number, threshold: number): number {
    const left = this.#nodes;
    this.#nodes += 2;
    if (this.#nodes > this.#feature.length) {
      const length = this.#feature.length * 2;
      this.#feature = widened(this.#feature, new Int32Array(length));
      this.#threshold = widened(this.#threshold, new Float64Array(length));
      this.#left = widened(this.#left, new Uint32Array(length));
    }
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
    this.#left[node] = left;
    return left;
  }

  /** Puts a whole tree in the place of `node`. */
  graft(node: number, tree: TreeNodes): void {
    const place = new Uint32Array(tree.feature.length);
    place[0] = node;
    for (let i = 0; i < place.length; i++) {
      const below = tree.left[i];
      if (tree.feature[i] === LEAF) {
        this.leaf(place[i], tree.leafCounts.subarray(below * this.#classes, (below + 1) * this.#classes));
        continue;
      }
      place[below] = this.split(place[i], tree.feature[i], tree.threshold[i]);
      place[below + 1] = place[below] + 1;
    }
  }

  finish(): TreeNodes {
    return {
      feature: this.#feature.slice(0, this.#nodes),
      threshold: this.#threshold.slice(0, this.#nodes),
      left: this.#left.slice(0, this.#nodes),
      leafCounts: this.#leafCounts.slice(0, this.#leaves * this.#classes),
    };
  }
}

function widened<A extends Int32Array | Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Node × class: training rows that came by, without class weights; those of inner nodes are sums of their leaves'. */
export function nodeCounts(tree: TreeNodes, classes: number): Float64Array {
  const counts = new Float64Array(tree.feature.length * classes);
  // Children stand behind their parents, so that from the end every child is known before its parent.
  for (let node = tree.feature.length - 1; node >= 0; node--) {
    const leaf = tree.feature[node] === LEAF;
    const below = tree.left[node] * classes;
    for (let k = 0; k < classes; k++) {
      counts[node * classes + k] = leaf ? tree.leafCounts[below + k] : counts[below + k] + counts[below + classes + k];
    }
  }
  return counts;
}

/** Steps from the root to the deepest leaf. */
export function depthOf(tree: TreeNodes): number {
  const depths = new Uint32Array(tree.feature.length);
  let deepest = 0;
  for (let node = 0; node < depths.length; node++) {
    if (tree.feature[node] === LEAF) continue;
    depths[tree.left[node]] = depths[tree.left[node] + 1] = depths[node] + 1;
    deepest = Math.max(deepest, depths[node] + 1);
  }
  return deepest;
}

export function leavesOf(tree: TreeNodes): number {
  return (tree.feature.length + 1) / 2;
}
