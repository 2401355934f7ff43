import { readFileSync } from 'node:fs';
import { Matrix } from '../matrix.ts';

/** Benign tumours and a few malignant ones as one set, with scikit-learn's scores (fixtures/README.md). */
export function tumours(): { readonly matrix: Matrix; readonly malignant: Uint8Array; readonly theirs: Float64Array } {
  const text = readFileSync(new URL('./fixtures/breast-cancer.csv', import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  return {
    matrix: Matrix.fromRows(
      rows.flatMap((row) => row.slice(0, 30)),
      30,
    ),
    malignant: Uint8Array.from(rows, (row) => row[30]),
    theirs: Float64Array.from(rows, (row) => row[31]),
  };
}

/** Spearman's correlation of ranks, ties at their middle rank. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  let [both, ofX, ofY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    both += (x[i] - middle) * (y[i] - middle);
    ofX += (x[i] - middle) ** 2;
    ofY += (y[i] - middle) ** 2;
  }
  return both / Math.sqrt(ofX * ofY);
}

function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) result[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}
