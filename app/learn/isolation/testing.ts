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
