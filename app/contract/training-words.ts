import { formatCount, formatFigure, formatShare, plural } from './format.ts';
import type { ModelDetail } from './models.ts';

/** Sentences about a training that the terminal, the window and the report share. `named` makes a name from a log fit to be shown there. */

type Named = (name: string) => string;

const NAMED = 8;

/** Whose rows were learned from and asked about; of a split that has the same hosts on both sides, what knowing the host is worth. */
export function hostsWords(
  { run, hosts }: Pick<ModelDetail, 'hosts'> & { readonly run: Pick<ModelDetail['run'], 'split'> },
  named: Named,
): readonly string[] {
  if (hosts === undefined || hosts === null) return [];
  const { host, share } = hosts.largest;
  const whose = `learned from ${plural(hosts.learned, 'host')}, tested on ${formatCount(hosts.tested)}`;
  const most = `${formatShare(share)} of the test is of ${host === null ? 'records that name no host' : named(host)}`;
  return [
    `${whose}; ${most}`,
    ...(run.split === 'host' ? [] : [`answering by the host alone on the test rows: accuracy ${formatFigure(hosts.alone)}`]),
  ];
}

/** Folds whose test was of rows of one class. */
export function oneClassWords(found: ModelDetail['crossValidation']): readonly string[] {
  const { oneClass = 0 } = found ?? {};
  return oneClass === 0 ? [] : [`${plural(oneClass, 'fold')} tested one class alone: its macro F1 is of that class only`];
}

/** Which classes the scores of a search leave out. */
export function unscoredWords(found: ModelDetail['tuning'], named: Named): readonly string[] {
  const { unscored = [] } = found ?? {};
  if (unscored.length === 0) return [];
  const rest = unscored.length > NAMED ? ` and ${plural(unscored.length - NAMED, 'other')}` : '';
  const names = unscored.slice(0, NAMED).map(named).join(', ');
  return [`the score is not over ${plural(unscored.length, 'class', 'classes')} with too few rows for the folds: ${names}${rest}`];
}
