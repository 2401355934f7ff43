import type { ModelDetail, ModelSummary } from '../../contract.ts';
import { formatCount, formatShare, plural } from '../../contract/format.ts';
import { rulesWords } from '../../contract/rule-words.ts';
import { oneClassWords } from '../../contract/training-words.ts';
import { printable } from '../progress-line.ts';

/** Features that are told of in one line: those left out, and the most important. */
const TOLD = 3;
const IMPORTANT = 8;

/** "1,960 rows", "10,589 of 11,585 rows": those without a class take no part. */
export function labelledWords({ rows, classes }: Pick<ModelSummary, 'rows' | 'classes'>): string {
  const labelled = classes.reduce((sum, { count }) => sum + count, 0);
  return labelled === rows ? plural(rows, 'row') : `${formatCount(labelled)} of ${plural(rows, 'row')}`;
}

/** What the model goes by, the most important first; nothing of what it does not ask about. */
export function importanceWords(importance: ModelDetail['importance']): readonly string[] {
  const asked = importance.filter(({ impurity }) => impurity > 0).slice(0, IMPORTANT);
  if (asked.length === 0) return [];
  return [`most important: ${asked.map(({ feature, impurity }) => `${printable(feature)} ${formatShare(impurity)}`).join(', ')}`];
}

/** The rules, one a line, behind what must be known to read them. */
export function rulesText(detail: ModelDetail): readonly string[] {
  const about = rulesWords(detail);
  return [...(about === '' ? [] : [about]), ...detail.rules.map(printable)];
}

export function droppedWords(features: ModelDetail['features']): readonly string[] {
  const dropped = features.filter((one) => one.dropped !== null);
  if (dropped.length === 0) return [];
  const told = dropped.slice(0, TOLD).map(({ name, dropped: why }) => printable(`${name} (${why ?? ''})`));
  const rest = dropped.length - told.length;
  const more = rest === 0 ? '' : ` and ${plural(rest, 'other')} (--json lists all)`;
  return [`${plural(dropped.length, 'feature')} left out: ${told.join('; ')}${more}`];
}

/** The figures of the folds one by one, beside those of their rows together. */
export function foldsWords(found: ModelDetail['crossValidation']): readonly string[] {
  if (found === null) return [];
  const spread = ([mean, deviation]: readonly [number, number]): string => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
  const { folds, accuracy, macroF1 } = found;
  const what = `mean of the figures of each ± their standard deviation, divided by ${folds}; the table is of the rows of all folds together`;
  return [
    `fold by fold (${plural(folds, 'fold')}): accuracy ${spread(accuracy)}, macro F1 ${spread(macroF1)} (${what})`,
    ...oneClassWords(found),
  ];
}
