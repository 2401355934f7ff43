import type { ReaderFigures } from '../../formats/types.ts';

/** Of nothing. */
export const noFigures: ReaderFigures = {
  rows: 0,
  rejected: 0,
  comments: 0,
  lines: 0,
  first: null,
  last: null,
  recognised: false,
  cut: false,
  tallies: new Map(),
};

/** Of two stretches of a log that follow each other. */
export function addFigures(a: ReaderFigures, b: ReaderFigures): ReaderFigures {
  const tallies = new Map(a.tallies);
  for (const [key, count] of b.tallies) tallies.set(key, (tallies.get(key) ?? 0) + count);
  return {
    rows: a.rows + b.rows,
    rejected: a.rejected + b.rejected,
    comments: a.comments + b.comments,
    lines: a.lines + b.lines,
    first: a.first === null || b.first === null ? (a.first ?? b.first) : Math.min(a.first, b.first),
    last: a.last === null || b.last === null ? (a.last ?? b.last) : Math.max(a.last, b.last),
    recognised: b.recognised,
    cut: a.cut || b.cut,
    tallies,
  };
}
