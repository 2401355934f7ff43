/** The side that a node sends absent values (NaN) to is the right one. */
export const ABSENT_RIGHT = 1;
/** Rows without the value were among those that the node was grown on, and the side was chosen by them; else they go where more weight went. */
export const ABSENT_SEEN = 2;

/**
 * A tree as flat arrays. Node 0 is the root. A node that asks sends a row to its right child where the row's value is greater than the
 * threshold, and to the left otherwise; rows without a value (NaN) to the side that `absent` says. A threshold of minus infinity asks whether
 * the value is absent, and sends those to the left.
 */
export interface TreeNodes {
  /** Node → column it asks; -1: a leaf. */
  readonly feature: Int32Array;
  /** Node → threshold; 0 in leaves. */
  readonly threshold: Float64Array;
  /** Node → ABSENT_RIGHT, ABSENT_SEEN, both or neither; 0 in leaves. */
  readonly absent: Uint8Array;
  /** Node → left child, the right one is next to it; in leaves: the leaf's number. */
  readonly left: Uint32Array;
  /** Leaf → its first place in the two lists behind this, and one more: where they end. */
  readonly leafStarts: Uint32Array;
  /** The classes that a leaf has, ascending; of a thousand it has few. */
  readonly leafClasses: Uint16Array;
  /** Training rows of that class there, as often as they were drawn, without class weights. */
  readonly leafRows: Uint32Array;
}

/** What `feature` says of a leaf. */
export const LEAF = -1;

/** Nodes that grow. */
export class GrowingNodes {
  #feature = new Int32Array(64);
  #threshold = new Float64Array(64);
  #absent = new Uint8Array(64);
  #left = new Uint32Array(64);
  #leafStarts = new Uint32Array(64);
  #leafClasses = new Uint16Array(128);
  #leafRows = new Uint32Array(128);
  /** Begins with a root that is not yet decided. */
  #nodes = 1;
  #leaves = 0;
  #entries = 0;

  /** Makes `node` a leaf of these counts (class → rows). */
  leaf(node: number, counts: ArrayLike<number>): void {
    for (let k = 0; k < counts.length; k++) if (counts[k] > 0) this.#add(k, counts[k]);
    this.#endLeaf(node);
  }

  /** Makes `node` ask; returns its left child, neither child being decided. `absent`: see TreeNodes. */
  split(node: number, feature: number, threshold: number, absent: number): number {
    const left = this.#nodes;
    this.#nodes += 2;
    if (this.#nodes > this.#feature.length) {
      const length = this.#feature.length * 2;
      this.#feature = widened(this.#feature, new Int32Array(length));
      this.#threshold = widened(this.#threshold, new Float64Array(length));
      this.#absent = widened(this.#absent, new Uint8Array(length));
      this.#left = widened(this.#left, new Uint32Array(length));
    }
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
    this.#absent[node] = absent;
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
        for (let at = tree.leafStarts[below]; at < tree.leafStarts[below + 1]; at++) this.#add(tree.leafClasses[at], tree.leafRows[at]);
        this.#endLeaf(place[i]);
        continue;
      }
      place[below] = this.split(place[i], tree.feature[i], tree.threshold[i], tree.absent[i]);
      place[below + 1] = place[below] + 1;
    }
  }

  finish(): TreeNodes {
    return {
      feature: this.#feature.slice(0, this.#nodes),
      threshold: this.#threshold.slice(0, this.#nodes),
      absent: this.#absent.slice(0, this.#nodes),
      left: this.#left.slice(0, this.#nodes),
      leafStarts: this.#leafStarts.slice(0, this.#leaves + 1),
      leafClasses: this.#leafClasses.slice(0, this.#entries),
      leafRows: this.#leafRows.slice(0, this.#entries),
    };
  }

  #add(k: number, rows: number): void {
    if (this.#entries === this.#leafRows.length) {
      this.#leafClasses = widened(this.#leafClasses, new Uint16Array(this.#entries * 2));
      this.#leafRows = widened(this.#leafRows, new Uint32Array(this.#entries * 2));
    }
    this.#leafClasses[this.#entries] = k;
    this.#leafRows[this.#entries++] = rows;
  }

  /** The leaf has what was added since the one before. */
  #endLeaf(node: number): void {
    this.#feature[node] = LEAF;
    this.#threshold[node] = 0;
    this.#left[node] = this.#leaves++;
    if (this.#leaves === this.#leafStarts.length) this.#leafStarts = widened(this.#leafStarts, new Uint32Array(this.#leaves * 2));
    this.#leafStarts[this.#leaves] = this.#entries;
  }
}

function widened<A extends Int32Array | Float64Array | Uint32Array | Uint16Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Node × class: training rows that came by, without class weights; those of inner nodes are sums of their leaves'. */
export function nodeCounts(tree: TreeNodes, classes: number): Float64Array {
  const counts = new Float64Array(tree.feature.length * classes);
  // Children stand behind their parents, so that from the end every child is known before its parent.
  for (let node = tree.feature.length - 1; node >= 0; node--) {
    if (tree.feature[node] === LEAF) {
      addLeaf(tree, node, counts.subarray(node * classes, (node + 1) * classes));
      continue;
    }
    const below = tree.left[node] * classes;
    for (let k = 0; k < classes; k++) counts[node * classes + k] = counts[below + k] + counts[below + classes + k];
  }
  return counts;
}

/** Class → training rows that came by one node, without class weights. */
export function countsOf(tree: TreeNodes, node: number, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (tree.feature[at] === LEAF) addLeaf(tree, at, counts);
    else pending.push(tree.left[at], tree.left[at] + 1);
  }
  return counts;
}

/** Adds the rows of a leaf to `counts` (class → rows). */
export function addLeaf({ left, leafStarts, leafClasses, leafRows }: TreeNodes, node: number, counts: Float64Array): void {
  const leaf = left[node];
  for (let at = leafStarts[leaf]; at < leafStarts[leaf + 1]; at++) counts[leafClasses[at]] += leafRows[at];
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
