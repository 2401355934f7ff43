import { plural } from '../../contract/format.ts';
import type { Parameters } from '../../contract.ts';
import { printable } from '../progress-line.ts';
import { textTable } from '../values.ts';

/** One setting that a search tried. */
export interface TriedSetting {
  readonly rank: number;
  readonly setting: string;
  readonly score: string;
  readonly seconds: number;
}

/** Rows of the table; `--json` has all. */
const SHOWN = 20;

/** "maxDepth=20 criterion=gini" */
export function settingText(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: Parameters[string]): string {
  if (value === null) return 'none';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : printable(String(value));
}

/** What a search tried as a table, the best first. */
export function trialsText(title: string, trials: readonly TriedSetting[]): string {
  const ranked = trials.toSorted((a, b) => a.rank - b.rank);
  const rest = ranked.length - SHOWN;
  return [
    `${title}:`,
    textTable(
      ['rank', 'setting', 'score', 's'],
      ranked.slice(0, SHOWN).map(({ rank, setting, score, seconds }) => [String(rank), setting, score, seconds.toFixed(2)]),
      [true, false, true, true],
    ),
    ...(rest > 0 ? [`and ${plural(rest, 'other')} (--json lists all)`] : []),
  ].join('\n');
}
