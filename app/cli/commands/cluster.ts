import { formatCount, formatTime } from '../../contract/format.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { isoOrNull, textTable } from '../values.ts';

const cluster: CliCommand = {
  name: 'cluster',
  usage: 'CASE [--of connections] [--method kmeans] [--k N|auto] [--seed N] [--recipe R] [--where F]',
  about: 'Groups connections that are alike, keeps the result as a run, and ranks hosts by how far they lie from their clusters.',
  options: {
    of: { type: 'string', about: 'what to group: connections' },
    method: { type: 'string', about: 'kmeans' },
    k: { type: 'string', about: 'number of clusters (default 7), or auto', value: 'N' },
    seed: { type: 'string', about: 'seed of the random numbers (default 1)', value: 'N' },
    recipe: { type: 'string', about: 'feature recipe (default conn-v1)', value: 'R' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const of = context.args.text('of') ?? 'connections';
    const method = context.args.text('method') ?? 'kmeans';
    if (of !== 'connections') throw new UsageError(`--of takes connections, not "${of}"`);
    if (method !== 'kmeans') throw new UsageError(`--method takes kmeans, not "${method}"`);
    const kText = context.args.text('k') ?? '7';
    const k = kText === 'auto' ? 'auto' : wholeNumber(kText, '--k', 1);
    const input = {
      of,
      method,
      k,
      seed: context.args.integer('seed') ?? 1,
      recipe: context.args.text('recipe') ?? 'conn-v1',
      where: context.args.text('where') ?? '',
    } as const;
    return context.withHost(true, async (host, progress) => {
      const { run, sizes } = await host.runJob('cluster.run', input, progress);
      const json = {
        run: run.id,
        k: run.k,
        sizes,
        iterations: run.iterations,
        seconds: run.seconds,
        fingerprint: run.fingerprint,
        inertia: run.inertia,
        silhouette: run.silhouette,
        silhouetteSample: run.silhouetteSample,
        converged: run.converged,
        rows: run.rows,
        seed: run.seed,
        recipe: run.recipe,
        input: run.input,
        remarks: run.remarks,
      };
      const detail = await host.invoke('run.get', { run: run.id });
      context.answer(json, () =>
        [
          `run ${run.id}: k-means, k = ${run.k}, ${formatCount(run.rows)} connections, ${run.iterations} iterations, ${run.seconds.toFixed(2)} s`,
          textTable(
            ['cluster', 'records', 'what it is'],
            detail.clusters.map((one) => [String(one.cluster), formatCount(one.size), one.words]),
            [true, true],
          ),
          ...(detail.odd === null ? [] : [`look first at cluster ${detail.odd.cluster}: ${detail.odd.why}`]),
          ...run.remarks,
          `fingerprint ${run.fingerprint}`,
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

const repeat: CliCommand = {
  name: 'repeat',
  usage: 'CASE RUN',
  about: 'Runs a run again and compares the fingerprints. Exit code 3 where they differ.',
  options: {},
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    context.args.atMost(2);
    return context.withHost('reading', async (host, progress) => {
      const result = await host.runJob('run.repeat', { run }, progress);
      context.answer(result, () =>
        result.same
          ? `run ${run} repeated: the same fingerprint ${result.fingerprint}`
          : `run ${run} repeated: a DIFFERENT fingerprint\nthen ${result.expected}\nnow  ${result.fingerprint}`,
      );
      return result.same ? exitCodes.done : exitCodes.difference;
    });
  },
};

const runs: CliCommand = {
  name: 'runs',
  usage: 'CASE',
  about: 'Lists the runs of a case.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const list = reader.runs();
      context.answer({ runs: list.map((run) => ({ ...run, run: run.id, created: isoOrNull(run.created) })) }, () =>
        list.length === 0
          ? 'No runs yet.'
          : textTable(
              ['run', 'made (UTC)', 'method', 'k', 'seed', 'records', 'silhouette', 'fingerprint'],
              list.map((run) => [
                String(run.id),
                formatTime(run.created, 0),
                run.method,
                String(run.k),
                String(run.seed),
                formatCount(run.rows),
                run.silhouette?.toFixed(3) ?? '-',
                run.fingerprint.slice(0, 16),
              ]),
              [true, false, false, true, true, true, true],
            ),
      );
      return exitCodes.done;
    });
  },
};

export const clusterCommands: readonly CliCommand[] = [cluster, runs, repeat];
