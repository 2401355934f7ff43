import { readFileSync } from 'node:fs';
import { Matrix } from './matrix.ts';

export type DatasetName = 'iris' | 'wine' | 'breast-cancer' | 'digits';

/** A small public data set (fixtures/README.md). */
export interface Dataset {
  readonly matrix: Matrix;
  /** Row → class from 0. */
  readonly y: Uint16Array;
  readonly classes: number;
}

/** `standardised`: every column to mean 0 and variance 1 (of the population), those that are constant to 0. */
export function dataset(name: DatasetName, standardised = false): Dataset {
  const text = readFileSync(new URL(`./fixtures/${name}.csv`, import.meta.url), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  // iris has its rows class after class
  const rows = name === 'iris' ? lines.map((row, i) => [...row, Math.floor(i / 50)]) : lines;
  const columns = rows[0].length - 1;
  const y = Uint16Array.from(rows, (row) => row[columns]);
  const matrix = new Matrix(rows.length, columns);
  for (let c = 0; c < columns; c++) {
    const values = rows.map((row) => row[c]);
    matrix.setColumn(c, standardised ? standard(values) : values);
  }
  return { matrix, y, classes: Math.max(...y) + 1 };
}

function standard(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation));
}
