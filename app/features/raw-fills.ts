import type { Fill } from './fills.ts';
import type { FeatureSource, SelectedPart } from './types.ts';

/** Values in their own units, for features whose logarithm the matrix takes. Recorded runs depend on them: never change what one computes. */

const MILLISECOND = 1000;
const DAY = 86_400_000_000;

/** A column in a unit of its own; below zero (a counter that wrapped in the tool) is absent. */
export function quantity(column: string, unit = 1): Fill {
  return (_, { chunk, rows, start }, out) => {
    const values = chunk.numbers(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = orAbsent(values[rows[i]] / unit);
  };
}

/** Both columns together, or the one that there is. */
function total({ selection: { table } }: FeatureSource, { chunk }: SelectedPart, columns: readonly string[]): (row: number) => number {
  const all = columns.filter((name) => table.column(name)?.storage === 'number').map((name) => chunk.numbers(name));
  return (row) => {
    let sum = 0;
    for (const values of all) sum += values[row];
    return sum;
  };
}

/** So much of the columns together in a second; a duration under a millisecond is taken as one. */
export function perSecond(...columns: readonly string[]): Fill {
  return (source, part, out) => {
    const { chunk, rows, start } = part;
    const amount = total(source, part, columns);
    const durations = chunk.numbers('duration');
    for (let i = 0; i < rows.length; i++) {
      out[start + i] = orAbsent(amount(rows[i]) / (Math.max(durations[rows[i]], MILLISECOND) / 1e6));
    }
  };
}

/** One column by another; absent where that is 0. */
export function ratio(column: string, by: string): Fill {
  return (_, { chunk, rows, start }, out) => {
    const [above, below] = [chunk.numbers(column), chunk.numbers(by)];
    for (let i = 0; i < rows.length; i++) out[start + i] = below[rows[i]] > 0 ? orAbsent(above[rows[i]] / below[rows[i]]) : Number.NaN;
  };
}

/** log((1 + a) / (1 + b)). */
export function logRatio(a: string, b: string): Fill {
  return (_, { chunk, rows, start }, out) => {
    const [above, below] = [chunk.numbers(a), chunk.numbers(b)];
    for (let i = 0; i < rows.length; i++) out[start + i] = Math.log1p(orAbsent(above[rows[i]])) - Math.log1p(orAbsent(below[rows[i]]));
  };
}

/** (b - a) / (a + b): -1 where all is a, 1 where all is b; absent where there is neither. */
export function balanceOf(a: string, b: string): Fill {
  return (_, { chunk, rows, start }, out) => {
    const [left, right] = [chunk.numbers(a), chunk.numbers(b)];
    for (let i = 0; i < rows.length; i++) {
      const [x, y] = [left[rows[i]], right[rows[i]]];
      out[start + i] = x >= 0 && y >= 0 && x + y > 0 ? (y - x) / (x + y) : Number.NaN;
    }
  };
}

/** 1 where the originator's port passes the test, absent where there is none. */
export function numberFlag(column: string, test: (value: number) => boolean): Fill {
  return (_, { chunk, rows, start }, out) => {
    const values = chunk.numbers(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = Number.isNaN(values[rows[i]]) ? Number.NaN : test(values[rows[i]]) ? 1 : 0;
  };
}

/** A figure of each text of a column; absent where there is none. */
export function ofEntry(column: string, name: string, figure: (text: string) => number): Fill {
  return ({ entries }, { chunk, rows, start }, out) => {
    const figures = entries.of(column, name, figure);
    const ids = chunk.ids(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = figures.at(ids[rows[i]]);
  };
}

/** A place on the circle of the week, Monday 00:00 UTC at its beginning. */
export function weekday(wave: (angle: number) => number): Fill {
  return (_, { chunk, rows, start }, out) => {
    const times = chunk.numbers('ts');
    // 1 January 1970 was a Thursday
    for (let i = 0; i < rows.length; i++) out[start + i] = wave((((times[rows[i]] + 3 * DAY) % (7 * DAY)) / (7 * DAY)) * 2 * Math.PI);
  };
}

function orAbsent(value: number): number {
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}
