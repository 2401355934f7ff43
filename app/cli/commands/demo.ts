import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunDetail } from '../../contract.ts';
import { formatCount, plural } from '../../contract/format.ts';
import { sampleOptions } from '../../generate/sample.ts';
import { generatorOf } from '../../generate/registry.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand, CliContext } from '../command.ts';
import type { CliHost } from '../io.ts';
import { writeGenerated } from './generate.ts';
import { evidenceJson, importSentence } from './import.ts';

const demo: CliCommand = {
  name: 'demo',
  usage: '[--out DIR]',
  about: 'Does the whole main job on generated evidence: new case, import, cluster, findings, tags, report.pdf.',
  options: { out: { type: 'string', about: 'where to put everything (default: flowcase-demo here)', value: 'DIR' } },
  async run(context) {
    context.args.atMost(0);
    const folder = context.path(context.args.text('out') ?? 'flowcase-demo');
    await mkdir(folder, { recursive: true });
    const log = join(folder, 'conn.log');
    const casePath = join(folder, 'demo.flowcase');
    // a demo starts from nothing, so that it shows the same every time; only what an earlier demo left is replaced
    await Promise.all([log, `${log}.truth.json`, casePath, join(folder, 'report.pdf')].map((path) => rm(path, { force: true })));
    await writeGenerated(generatorOf('zeek-conn'), log, sampleOptions);
    return context.withHost(false, async (host, progress) => {
      await host.invoke('case.create', { path: casePath, name: 'Operation Harbour Light', number: 'DEMO-1', examiner: 'Sample examiner' });
      const imported = await host.runJob('evidence.import', { paths: [log] }, progress);
      const { run } = await host.runJob('cluster.run', {}, progress);
      const detail = await host.invoke('run.get', { run: run.id });
      const findings = await host.invoke('findings.list', {});
      const tagged = await tagFirst(host, detail);
      const report = await host.runJob('report.export', { path: join(folder, 'report.pdf') }, progress);
      context.answer(
        {
          case: casePath,
          report: report.file,
          evidence: imported.evidence.map(evidenceJson),
          clusters: detail.clusters,
          findings,
          tagged,
          run: run.id,
          truth: `${log}.truth.json`,
        },
        () => story(context, imported.evidence.map(importSentence), detail, findings.length, casePath, report.file),
      );
      return exitCodes.done;
    });
  },
};

/** What an analyst would do first: mark the odd cluster and the host that leads the findings. */
async function tagFirst(host: CliHost, detail: RunDetail): Promise<number> {
  let tagged = 0;
  if (detail.odd !== null) {
    await host.invoke('cluster.name', { run: detail.run.id, cluster: detail.odd.cluster, suspect: true });
    tagged += (
      await host.invoke('tag.add', {
        target: { type: 'cluster', run: detail.run.id, cluster: detail.odd.cluster },
        name: 'suspect',
        note: detail.odd.why,
      })
    ).tagged;
  }
  const [first] = await host.invoke('findings.list', {});
  if (first !== undefined)
    tagged += (
      await host.invoke('tag.add', { target: { type: 'host', host: first.host }, name: 'look first', color: 'orange', note: first.why })
    ).tagged;
  return tagged;
}

function story(
  context: CliContext,
  sentences: readonly string[],
  detail: RunDetail,
  findings: number,
  casePath: string,
  report: string,
): string {
  const odd = detail.odd === null ? [] : [`Look first at cluster ${detail.odd.cluster}: ${detail.odd.why}`];
  return [
    ...sentences,
    `${plural(detail.clusters.length, 'cluster')} in ${detail.run.seconds.toFixed(1)} s: ${detail.clusters.map((one) => formatCount(one.size)).join(', ')} records.`,
    ...odd,
    `${plural(findings, 'finding')}.`,
    `case    ${casePath}`,
    `report  ${report}`,
    `Open it in the window: npm start -- ${JSON.stringify(context.path(casePath))}`,
  ].join('\n');
}

export const demoCommands: readonly CliCommand[] = [demo];
