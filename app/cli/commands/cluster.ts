import { formatCount, formatFigure, formatTime, plural } from '../../contract/format.ts';
import { rowsWords } from '../../contract/row-words.ts';
import { settledShort } from '../../contract/settled-words.ts';
import type { AnyRun, ClusterTuning, RepeatResult, RunSummary } from '../../contract.ts';
import { wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { isoOrNull, textTable } from '../values.ts';
import { clusterInput, clusterOptions } from './cluster-options.ts';
import { agreementText, clustersText, curveText, measuresText } from './cluster-text.ts';
import { settingText, trialsText } from './trials-text.ts';

/** How well it fits: what its method makes as small, or as large, as it can. */
function fitOf({ inertia, logLikelihood, bic, aic, covariance }: RunSummary): object {
  return covariance === null ? { inertia } : { logLikelihood, bic, aic, covariance };
}

const methodNames = { kmeans: 'k-means', gmm: 'Gaussian mixture' } as const;

const cluster: CliCommand = {
  name: 'cluster',
  usage:
    'CASE [--of connections|requests|hosts] [--method kmeans|gmm] [--k N|auto] [--tune "k=2..12"] [--seed N] [--recipe R] [--where F] [...]',
  about:
    'Groups connections, requests or hosts that are alike, keeps the result as a run, and ranks hosts by how far they lie from their clusters.',
  options: clusterOptions,
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const input = clusterInput(context.args);
    return context.withHost(true, async (host, progress) => {
      const { run, sizes } = await host.runJob('cluster.run', input, progress);
      const detail = await host.invoke('run.get', { run: run.id });
      const json = {
        run: run.id,
        of: run.of,
        method: run.method,
        k: run.k,
        sizes,
        iterations: run.iterations,
        seconds: run.seconds,
        fingerprint: run.fingerprint,
        ...fitOf(run),
        ...(run.kTrials === undefined ? {} : { kTrials: run.kTrials }),
        silhouette: run.silhouette,
        silhouetteSample: run.silhouetteSample,
        daviesBouldin: run.daviesBouldin,
        calinskiHarabasz: run.calinskiHarabasz,
        labelAgreement: run.labelAgreement ?? null,
        converged: run.converged,
        rows: run.rows,
        seed: run.seed,
        recipe: run.recipe,
        input: run.input,
        tuning: run.tuning,
        remarks: run.remarks,
        clusters: detail.clusters,
        odd: detail.odd,
        features: detail.features,
        curve: detail.curve,
      };
      context.answer(json, () =>
        [
          `run ${run.id}: ${methodNames[run.method]}, k = ${run.k}, ${rowsWords(run, run.rows)}, ${plural(run.iterations, 'iteration')} (${settledShort(run)}), ${run.seconds.toFixed(2)} s`,
          measuresText(run),
          ...agreementText(run),
          clustersText(detail),
          ...(detail.curve.length === 0 ? [] : [curveText(detail)]),
          ...(run.tuning === null ? [] : [tuningText(run.tuning)]),
          ...(detail.odd === null ? [] : [`look first at cluster ${detail.odd.cluster}: ${detail.odd.why}`]),
          ...run.remarks,
          `fingerprint ${run.fingerprint}`,
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

/** What a search tried, the best first. */
function tuningText({ scoring, rows, trials }: ClusterTuning): string {
  return trialsText(
    `${plural(trials.length, 'setting')} tried on ${plural(rows, 'row')} by ${scoring}; the first was taken`,
    trials.map(({ k, covariance, starts, rank, score, seconds, failed }) => ({
      rank,
      setting: settingText({ k, ...(covariance === null ? {} : { covariance }), starts }),
      score: score?.toFixed(4) ?? failed ?? 'not defined',
      seconds,
    })),
  );
}

const repeat: CliCommand = {
  name: 'repeat',
  usage: 'CASE RUN',
  about:
    'Runs a run again and compares the fingerprints. Exit code 3 where they differ, 1 where nothing can be compared because the case has changed since: evidence came or went.',
  options: {},
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    context.args.atMost(2);
    return context.withHost('reading', async (host, progress) => {
      const result = await host.runJob('run.repeat', { run }, progress);
      context.answer(result, () => repeatText(run, result));
      if (result.changed !== null) return exitCodes.failed;
      return result.same ? exitCodes.done : exitCodes.difference;
    });
  },
};

function repeatText(run: number, { same, changed, fingerprint, expected }: RepeatResult): string {
  if (same) return `run ${run} repeated: the same fingerprint ${fingerprint}`;
  const both = `then ${expected}\nnow  ${fingerprint}`;
  return changed === null ? `run ${run} repeated: a DIFFERENT fingerprint\n${both}` : `run ${run} repeated: ${changed}\n${both}`;
}

/** What there is to say of a run of any task in one cell. */
function outcomeOf(run: AnyRun): string {
  switch (run.task) {
    case 'cluster':
      return `${methodNames[run.method]}, k = ${run.k}, silhouette ${run.silhouette?.toFixed(3) ?? '-'}`;
    case 'train':
      return `${run.model}, accuracy ${formatFigure(run.accuracy)}, macro-F1 ${formatFigure(run.macroF1)}`;
    case 'classify':
      return `by ${run.modelName}, ${plural(run.predicted.length, 'class', 'classes')}`;
    case 'anomalies':
      return `isolation forest, ${formatCount(run.flagged)} above ${run.threshold.toFixed(3)}`;
  }
}

const runs: CliCommand = {
  name: 'runs',
  usage: 'CASE',
  about: 'Lists the runs of a case: clusterings, models, predictions and searches for anomalies.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const list = reader.allRuns();
      context.answer({ runs: list.map((run) => ({ ...run, run: run.id, created: isoOrNull(run.created) })) }, () =>
        list.length === 0
          ? 'No runs yet.'
          : textTable(
              ['run', 'made (UTC)', 'task', 'of', 'outcome', 'seed', 'rows', 'fingerprint'],
              list.map((run) => [
                String(run.id),
                formatTime(run.created, 0),
                run.task,
                run.of,
                outcomeOf(run),
                String(run.seed),
                formatCount(run.rows),
                run.fingerprint.slice(0, 16),
              ]),
              [true, false, false, false, false, true, true],
            ),
      );
      return exitCodes.done;
    });
  },
};

export const clusterCommands: readonly CliCommand[] = [cluster, runs, repeat];
