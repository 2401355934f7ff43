import { greatest } from './explain.ts';
import { nodeImpurities, type Criterion } from './impurity.ts';
import { ABSENT_RIGHT, ABSENT_SEEN, countsOf, LEAF, type TreeNodes } from './tree-nodes.ts';

/** A tree as nested nodes, for drawing; plain JSON. */
export interface TreeDrawing {
  readonly node: number;
  readonly depth: number;
  /** Training rows, as often as they were drawn. */
  readonly rows: number;
  /** Class → rows, without class weights. */
  readonly counts: readonly number[];
  readonly impurity: number;
  /** The class with the greatest weight. */
  readonly prediction: number;
  /** What the node asks; null in leaves and where the drawing ends. */
  readonly split: TreeSplit | null;
  /** Leaves below that are not drawn, because the drawing ends here. */
  readonly hiddenLeaves: number;
}

export interface TreeSplit {
  readonly feature: number;
  /** Null: asks whether the value is absent, and goes left where it is. Else left where it is not greater. */
  readonly threshold: number | null;
  /** Where rows go that have no value. */
  readonly absent: 'left' | 'right';
  /** Whether training rows without a value came by, and chose that side. */
  readonly absentSeen: boolean;
  readonly left: TreeDrawing;
  readonly right: TreeDrawing;
}

/** What describes a tree beside its nodes. */
export interface TreeMatter {
  readonly tree: TreeNodes;
  /** Class → weight. */
  readonly weights: Float64Array;
  readonly criterion: Criterion;
}

/** The tree down to `maxDepth` steps from the root. */
export function drawTree({ tree, weights, criterion }: TreeMatter, maxDepth: number): TreeDrawing {
  const classes = weights.length;
  const { impurity } = nodeImpurities(tree, weights, criterion);
  const leaves = leavesBelow(tree);
  const draw = (node: number, depth: number): TreeDrawing => {
    const own = [...countsOf(tree, node, classes)];
    const ends = tree.feature[node] === LEAF || depth >= maxDepth;
    const left = tree.left[node];
    return {
      node,
      depth,
      rows: own.reduce((sum, count) => sum + count, 0),
      counts: own,
      impurity: impurity[node],
      prediction: greatest(own.map((count, k) => count * weights[k])),
      split: ends
        ? null
        : {
            feature: tree.feature[node],
            threshold: tree.threshold[node] === Number.NEGATIVE_INFINITY ? null : tree.threshold[node],
            absent: (tree.absent[node] & ABSENT_RIGHT) === 0 ? 'left' : 'right',
            absentSeen: (tree.absent[node] & ABSENT_SEEN) !== 0,
            left: draw(left, depth + 1),
            right: draw(left + 1, depth + 1),
          },
      hiddenLeaves: ends && tree.feature[node] !== LEAF ? leaves[node] : 0,
    };
  };
  return draw(0, 0);
}

/** How rules call columns and classes. */
export interface RuleNames {
  /** Column → name. */
  readonly features: readonly string[];
  /** Class → name. */
  readonly classes: readonly string[];
}

/**
 * The tree as rules, a line a question or answer, steps shown by `| `. Answers carry the class and its share of the training rows:
 * `| class: http (95.0 % of 1234)`. Numbers are written in full, so that the rules decide as the tree does.
 */
export function treeRules(matter: TreeMatter, names: RuleNames, maxDepth: number): string {
  const lines: string[] = [];
  const write = (drawing: TreeDrawing, indent: string): void => {
    const { split } = drawing;
    if (split === null) {
      lines.push(`${indent}${answer(drawing, names)}`);
      return;
    }
    const name = names.features[split.feature] ?? `column ${split.feature + 1}`;
    const { threshold, absent } = split;
    lines.push(`${indent}${name} ${threshold === null ? 'is absent' : `<= ${threshold}${absent === 'left' ? ' or absent' : ''}`}`);
    write(split.left, `${indent}| `);
    lines.push(`${indent}${name} ${threshold === null ? 'is there' : `> ${threshold}${absent === 'right' ? ' or absent' : ''}`}`);
    write(split.right, `${indent}| `);
  };
  write(drawTree(matter, maxDepth), '');
  return `${lines.join('\n')}\n`;
}

function answer({ counts, prediction, rows, hiddenLeaves }: TreeDrawing, names: RuleNames): string {
  const share = ((100 * counts[prediction]) / rows).toFixed(1);
  const below = hiddenLeaves === 0 ? '' : `, divided further into ${hiddenLeaves} leaves`;
  return `class: ${names.classes[prediction] ?? String(prediction)} (${share} % of ${rows}${below})`;
}

/** Node → leaves below it; 1 in leaves. */
function leavesBelow(tree: TreeNodes): Uint32Array {
  const leaves = new Uint32Array(tree.feature.length);
  for (let node = leaves.length - 1; node >= 0; node--) {
    leaves[node] = tree.feature[node] === LEAF ? 1 : leaves[tree.left[node]] + leaves[tree.left[node] + 1];
  }
  return leaves;
}
