import { subjects, type Finding } from '../../contract.ts';
import { formatCount, plural } from '../../contract/format.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { textTable } from '../values.ts';
import { choice } from './train.ts';

const anomalies: CliCommand = {
  name: 'anomalies',
  usage: 'CASE [--of connections|requests|hosts] [--recipe R] [--features a,b] [--where F] [--trees N] [--sample N] [--limit N] [--seed N]',
  about:
    'Scores how easily each row is told apart from all others (isolation forest), and says of the strangest what makes them so. Records of one cause are one finding. What comes often is no anomaly: a beacon is found by "detect", or --of hosts.',
  options: {
    of: { type: 'string', about: 'connections (default), requests or hosts' },
    recipe: { type: 'string', about: 'feature recipe (default: the one made for such a log)', value: 'R' },
    features: { type: 'string', multiple: true, about: 'only these features of the recipe, or columns by name', value: 'a,b' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
    trees: { type: 'string', about: 'isolation trees (default 200)', value: 'N' },
    sample: { type: 'string', about: 'rows that each is grown on (default 256)', value: 'N' },
    limit: { type: 'string', about: 'at most so many findings (default 50)', value: 'N' },
    seed: { type: 'string', about: 'seed of the random numbers (default 1)', value: 'N' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const { args } = context;
    const input = {
      of: choice(args, 'of', subjects, 'connections'),
      recipe: args.text('recipe') ?? '',
      features: [...(args.texts('features') ?? [])],
      where: args.text('where') ?? '',
      seed: args.integer('seed') ?? 1,
      trees: args.integer('trees', 1) ?? 200,
      sample: args.integer('sample', 2) ?? 256,
      limit: args.integer('limit', 1) ?? 50,
    };
    return context.withHost(true, async (host, progress) => {
      const { run } = await host.runJob('anomalies.run', input, progress);
      const findings = await host.invoke('findings.list', { run: run.id });
      const { id, threshold, flagged, rows, seconds, fingerprint, recipe, remarks } = run;
      context.answer(
        { findings: findings.map(findingJson), run: id, threshold, flagged, rows, seconds, fingerprint, recipe, remarks },
        () =>
          [
            `run ${id}: ${plural(rows, 'row')}, ${plural(flagged, 'row')} above ${threshold.toFixed(3)}, ${plural(findings.length, 'finding')}, ${seconds.toFixed(2)} s`,
            findings.length === 0 ? 'Nothing was found.' : findingsText(findings),
            ...remarks,
            `fingerprint ${fingerprint}`,
          ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

const detect: CliCommand = {
  name: 'detect',
  usage: 'CASE [--only NAME]',
  about:
    'Runs every detector there is over the connections (those that rank hosts by their clusters, and the search for anomalies) and lists what they found, the strongest first.',
  options: { only: { type: 'string', about: 'of one detector only: isolation, far-from-cluster, …', value: 'NAME' } },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const only = context.args.text('only');
    if (only !== undefined && !detectors.includes(only))
      throw new UsageError(`there is no detector "${only}"; there are ${detectors.join(', ')}`);
    return context.withHost(true, async (host, progress) => {
      const found: Finding[] = [];
      const runs: number[] = [];
      if (only !== 'isolation') {
        const { run } = await host.runJob('cluster.run', {}, progress);
        runs.push(run.id);
        found.push(...(await host.invoke('findings.list', { run: run.id })));
      }
      if (only === undefined || only === 'isolation') {
        const { run } = await host.runJob('anomalies.run', {}, progress);
        runs.push(run.id);
        found.push(...(await host.invoke('findings.list', { run: run.id })));
      }
      const findings = found.filter(({ kind }) => only === undefined || kind === only);
      context.answer({ findings: findings.map(findingJson), runs }, () =>
        findings.length === 0 ? 'Nothing was found.' : findingsText(findings),
      );
      return exitCodes.done;
    });
  },
};

/** The kinds of finding that `detect` can make. */
const detectors: readonly string[] = ['far-from-cluster', 'odd-cluster', 'isolation'];

/** A finding with the keys that scripts rely on. */
function findingJson({ id, kind, subject, score, severity, why, causes, records, title, host, doubt, count, run, of }: Finding): object {
  return { id, kind, subject, score, severity, why, causes, records, title, host, doubt, count, run, of };
}

function findingsText(findings: readonly Finding[]): string {
  return textTable(
    ['id', 'severity', 'score', 'records', 'subject', 'why'],
    findings.map((one) => [
      String(one.id),
      one.severity,
      one.score.toFixed(3),
      formatCount(one.count),
      printable(one.subject),
      printable(one.why),
    ]),
    [true, false, true, true],
  );
}

export const anomalyCommands: readonly CliCommand[] = [anomalies, detect];
