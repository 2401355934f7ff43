import { formatBytes, formatCount, formatShare, plural } from '../../contract/format.ts';
import {
  count,
  figure,
  heading,
  left,
  list,
  mono,
  note,
  paragraph,
  right,
  strong,
  table,
  type Block,
  type Rich,
  type Section,
} from '../document.ts';
import type { Facts } from './facts.ts';
import { clusterTitle } from './names.ts';
import { periodOf } from './cover.ts';
import { basisWords } from '../../insight/volumes.ts';

const HOSTS = 10;

/** In words, for who reads one page only: what was looked at, which hosts first, what was marked. */
export function buildSummary(facts: Facts): Section {
  return {
    id: 'summary',
    title: 'Summary',
    blocks: [lookedAt(facts), ...grouped(facts), ...firstHosts(facts), ...marked(facts), ...weaknesses(facts)],
  };
}

function lookedAt({ info, evidence, overview, requests }: Facts): Block {
  if (evidence.length === 0) return paragraph('The case holds no evidence: there is nothing to report on yet.');
  const period = periodOf(info.first, info.last);
  const parts = [
    `The case holds ${plural(evidence.length, 'log file')} with ${contents(info)} of ${plural(info.hosts, 'host')}`,
    period === null ? '.' : `, from ${period}.`,
    overview === null
      ? ''
      : ` Originators sent ${formatBytes(overview.bytesOut)}, responders ${formatBytes(overview.bytesIn)}${basisWords[overview.volume]}.`,
    requests === null
      ? ''
      : ` Web servers answered ${plural(requests.hosts, 'client')} with ${formatBytes(requests.bytes)}; ${plural(requests.failed, 'request')} got an error.`,
    ...[overview, requests].map((one) => (one?.sentences[0] === undefined ? '' : ` ${one.sentences[0]}`)),
  ];
  return paragraph(parts.join(''));
}

/** "12 connections, 3 requests and 40 dns records"; what there is none of is left out, unless there is nothing. */
function contents({ kinds, connections }: Facts['info']): string {
  const words = kinds
    .filter(({ records }) => records > 0)
    .map(({ kind, records }) => plural(records, kind === 'connection' || kind === 'request' ? kind : `${kind} record`));
  const last = words.pop() ?? plural(connections, 'connection');
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

function grouped({ detailed }: Facts): readonly Block[] {
  const [latest] = detailed;
  if (latest === undefined) return [paragraph('Nothing has been grouped: no run of the clustering is in the case.')];
  const { run, clusters, odd } = latest;
  const suspect = clusters.filter((cluster) => cluster.suspect);
  const words: (string | ReturnType<typeof strong>)[] = [`Run ${run.id} grouped ${rowsWords(run)} into ${plural(run.k, 'cluster')}.`];
  const oddOne = clusters.find(({ cluster }) => cluster === odd?.cluster);
  if (odd !== null && oddOne !== undefined) {
    words.push(
      ' The one to look at first is ',
      strong(clusterTitle(oddOne)),
      ` (${formatShare(oddOne.share)} of the ${run.of === 'hosts' && run.window !== null ? 'windows' : run.of}): ${sentence(odd.why)}`,
    );
  }
  if (suspect.length > 0) {
    words.push(' The examiner marked as suspect: ', strong(suspect.slice(0, 8).map(clusterTitle).join(', ')));
    words.push(suspect.length > 8 ? ` and ${suspect.length - 8} more.` : '.');
  }
  return [paragraph(words)];
}

/** "214 hosts", "1,204 windows of hosts". */
function rowsWords({ of, rows, window }: Facts['detailed'][number]['run']): string {
  return of === 'hosts' && window !== null ? plural(rows, 'window of a host', 'windows of hosts') : plural(rows, of.slice(0, -1));
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

function firstHosts({ findings, hosts }: Facts): readonly Block[] {
  // an alert may be about a whole service
  const ofHosts = findings.filter(({ host }) => host !== '');
  if (ofHosts.length === 0) return [heading('Hosts to look at first'), paragraph('No finding points to a host.')];
  const ranked = new Map<string, { best: Facts['findings'][number]; findings: number }>();
  for (const finding of ofHosts) {
    const known = ranked.get(finding.host);
    if (known === undefined) ranked.set(finding.host, { best: finding, findings: 1 });
    else known.findings++;
  }
  const rows = [...ranked]
    .slice(0, HOSTS)
    .map(([host, { best, findings: number }], index) => [
      figure(index + 1, 'plain'),
      [mono(host)],
      { mark: { type: 'severity' as const, severity: best.severity }, content: best.severity },
      best.why,
      count(number),
      figure(hosts.get(host)?.asOriginator ?? null, 'count'),
    ]);
  const rest = ranked.size - rows.length;
  return [
    heading('Hosts to look at first'),
    table(
      'By their strongest finding',
      [right('', 16), left('Host', 92), left('Severity', 56), left('Why', 250), right('Findings', 44), right('Originated', 50)],
      rows,
      rest > 0 ? `${plural(rest, 'further host')} with findings: see Findings, and “flowcase query CASE … --from hosts”.` : null,
    ),
  ];
}

function marked({ tags }: Facts): readonly Block[] {
  const items: Rich[] = tags.tags
    .filter((tag) => tag.connections + tag.hosts + tag.clusters > 0)
    .slice(0, 20)
    .map((tag) => [strong(tag.name), `: ${reach(tag)}.`]);
  return [heading('What the examiner marked'), items.length === 0 ? paragraph('Nothing was tagged.') : list(items)];
}

/** "120 connections, 1 host": what a tag is on. */
export function reach(tag: { readonly connections: number; readonly hosts: number; readonly clusters: number }): string {
  const parts = [
    tag.connections > 0 ? plural(tag.connections, 'connection') : '',
    tag.hosts > 0 ? plural(tag.hosts, 'host') : '',
    tag.clusters > 0 ? plural(tag.clusters, 'cluster') : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || 'nothing at present';
}

function weaknesses({ evidence }: Facts): readonly Block[] {
  const rejected = evidence.reduce((sum, one) => sum + one.rejected, 0);
  const lines = evidence.reduce((sum, one) => sum + one.lines, 0);
  const incomplete = evidence.filter(({ status }) => status === 'incomplete');
  const words = [
    incomplete.length > 0
      ? `${plural(incomplete.length, 'file')} ${incomplete.length === 1 ? 'is' : 'are'} incomplete: ${incomplete
          .map(({ name }) => name)
          .slice(0, 5)
          .join(', ')}.`
      : '',
    rejected > 0
      ? `${formatCount(rejected)} of ${plural(lines, 'line')} (${formatShare(rejected / lines)}) could not be read and take no part in the figures.`
      : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? [] : [note('What weakens this', words.join(' '), 'caution')];
}
