import { formatCount, formatShare, plural } from '../../contract/format.ts';
import { rowNouns } from '../../contract/row-words.ts';
import type { ClusterSummary, RunDetail, RunSummary } from '../../contract.ts';
import { printable } from '../progress-line.ts';
import { textTable } from '../values.ts';

/** Features that a line names; --json has all. */
const NAMED = 3;

/** "silhouette 0.428 (3,998 of the rows), Davies-Bouldin 1.067, Calinski-Harabasz 9,012, inertia 44,644" */
export function measuresText(run: RunSummary): string {
  const { silhouette, silhouetteSample, daviesBouldin, calinskiHarabasz, inertia, logLikelihood, bic, aic, rows } = run;
  const sampled = silhouetteSample < rows ? ` (${formatCount(silhouetteSample)} of the rows)` : '';
  return [
    silhouette === null ? 'silhouette not defined' : `silhouette ${silhouette.toFixed(3)}${sampled}`,
    ...(daviesBouldin === null ? [] : [`Davies-Bouldin ${daviesBouldin.toFixed(3)}`]),
    ...(calinskiHarabasz === null ? [] : [`Calinski-Harabasz ${figure(calinskiHarabasz)}`]),
    ...(inertia === null ? [] : [`inertia ${figure(inertia)}`]),
    ...(logLikelihood === null ? [] : [`log-likelihood of a row ${logLikelihood.toFixed(4)}`]),
    ...(bic === null ? [] : [`BIC ${figure(bic)}`]),
    ...(aic === null ? [] : [`AIC ${figure(aic)}`]),
  ].join(', ');
}

/** Where the records have labels: how the groups agree with them. */
export function agreementText({ labelAgreement, rows }: RunSummary): readonly string[] {
  if (!labelAgreement) return [];
  const { column, ari, nmi, rows: labelled } = labelAgreement;
  const on = labelled < rows ? `${formatCount(labelled)} of ${plural(rows, 'row')}` : plural(rows, 'row');
  return [`against ${printable(column)} on ${on}: adjusted Rand index ${ari.toFixed(3)}, normalised mutual information ${nmi.toFixed(3)}`];
}

/** The clusters, each with what it is, what separates it, its typical member and, where the records have labels, its most frequent one. */
export function clustersText({ run, clusters, features }: Pick<RunDetail, 'run' | 'clusters' | 'features'>): string {
  const titles = new Map(features.map(({ name, title }) => [name, title]));
  const labelled = clusters.some(({ purity }) => purity !== null);
  return textTable(
    ['cluster', rowNouns(run)[1], 'typical', ...(labelled ? ['label'] : []), 'effects', 'what it is'],
    clusters.map((one) => [
      String(one.cluster),
      formatCount(one.size),
      typicalText(one),
      ...(labelled ? [one.purity === null ? '-' : `${printable(one.purity.label)} ${formatShare(one.purity.share)}`] : []),
      one.separates
        .slice(0, NAMED)
        .map(
          ({ feature, effect }) => `${printable(titles.get(feature) ?? feature)} ${effect < 0 ? '−' : '+'}${Math.abs(effect).toFixed(2)}`,
        )
        .join(', ') || '-',
      one.words,
    ]),
    [true, true],
  );
}

function typicalText({ typical, typicalHost }: ClusterSummary): string {
  if (typicalHost !== null) return printable(typicalHost);
  return typical === null ? '-' : `record ${typical}`;
}

/** What each k that was tried came to; the one that is kept is marked. */
export function curveText({ run, curve }: Pick<RunDetail, 'run' | 'curve'>): string {
  const mixture = curve.some(({ bic }) => bic !== undefined);
  const on = run.kTrials === undefined ? '' : `, each on ${plural(run.kTrials.rows, 'row')} with ${plural(run.kTrials.starts, 'start')}`;
  return [
    `values of k that were tried${on}:`,
    textTable(
      ['k', 'inertia', 'silhouette', ...(mixture ? ['BIC'] : []), ''],
      curve.map(({ k, inertia, silhouette, bic }) => [
        String(k),
        figure(inertia),
        silhouette?.toFixed(3) ?? '-',
        ...(mixture ? [bic === undefined ? '-' : figure(bic)] : []),
        k === run.k ? 'kept' : '',
      ]),
      [true, true, true, mixture],
    ),
  ].join('\n');
}

function figure(value: number): string {
  const size = Math.abs(value);
  return `${value < 0 ? '−' : ''}${size < 100 ? size.toFixed(3) : formatCount(Math.round(size))}`;
}
