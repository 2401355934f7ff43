import { formatCount, plural } from '../../contract/format.ts';
import type { ConnectionOverview, NamedCount, RequestCount, RequestOverview, Talker } from '../../contract/records.ts';
import { count, figure, heading, left, list, mono, paragraph, quiet, right, table, type Block, type Section } from '../document.ts';
import type { Facts } from './facts.ts';

const TOP = 10;
/** Characters of a name that are printed. */
const LONGEST = 300;

/** When, how much, who with whom. */
export function buildOverview(facts: Facts): Section {
  return { id: 'overview', title: 'Overview', blocks: blocksOf(facts) };
}

function blocksOf({ overview, requests }: Facts): readonly Block[] {
  if (overview === null && requests === null) return [paragraph('There are no connections and no requests to describe.')];
  return [
    ...(overview === null ? [] : connectionBlocks(overview)),
    ...(requests === null ? [] : requestBlocks(requests, overview !== null)),
  ];
}

function requestBlocks(overview: RequestOverview, second: boolean): readonly Block[] {
  const { timeline } = overview;
  return [
    ...(second ? [heading('Requests to web servers')] : []),
    list(overview.sentences),
    {
      type: 'timeline',
      caption: 'Requests over time (UTC)',
      start: timeline.start,
      step: timeline.step,
      values: [...timeline.requests],
      part: [...timeline.failed],
      valueTitle: 'requests',
      partTitle: 'of them answered with an error',
    },
    requestTable('Clients', 'Client', overview.clients),
    requestTable('What was asked for', 'Path', overview.paths),
    requestTable('Methods', 'Method', overview.methods),
    requestTable('Statuses', 'Status', overview.statuses),
    requestTable('Agents', 'Agent, as the client calls itself', overview.agents),
    ...(overview.vhosts.length === 0 ? [] : [requestTable('Virtual hosts', 'Virtual host', overview.vhosts)]),
  ];
}

function requestTable(caption: string, title: string, rows: readonly (RequestCount & { readonly meaning?: string })[]): Block {
  return table(
    caption,
    [left(title, 270), right('Requests', 60), right('Errors', 50), right('Bytes', 60)],
    rows
      .slice(0, TOP)
      .map((one) => [
        one.name === '-'
          ? [quiet('not in the log')]
          : one.meaning === undefined
            ? [mono(shortened(one.name))]
            : [mono(one.name), ` ${one.meaning}`],
        count(one.requests),
        count(one.failed),
        figure(one.bytes, 'bytes'),
      ]),
    more(rows.length),
  );
}

/** Paths and agents are as long as a client likes. */
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function connectionBlocks(overview: ConnectionOverview): readonly Block[] {
  const { timeline } = overview;
  return [
    ...(overview.sentences.length > 0 ? [list(overview.sentences)] : []),
    {
      type: 'timeline',
      caption: 'Connections over time (UTC)',
      start: timeline.start,
      step: timeline.step,
      values: [...timeline.connections],
      part: [...timeline.failed],
      valueTitle: 'connections',
      partTitle: 'of them failed',
    },
    heading('Hosts'),
    talkers('Originators: who sent the most', overview.talkers),
    talkers('Responders: who was sent to', overview.responders),
    heading('Services, states and ports'),
    names('Services', 'Service as the sensor recognised it', overview.services),
    // not every log says how its connections went
    ...(overview.states.length === 0
      ? []
      : [
          table(
            'Connection states',
            [left('State', 50), left('Meaning', 250), right('Connections', 66), right('Bytes', 60)],
            overview.states.slice(0, TOP).map((one) => [[mono(one.name)], one.meaning, count(one.connections), figure(one.bytes, 'bytes')]),
            more(overview.states.length),
          ),
        ]),
    names('Responders’ ports', 'Port', overview.ports),
  ];
}

const more = (length: number): string | null => (length > TOP ? `The first ${formatCount(TOP)}; the case has more.` : null);

function talkers(caption: string, rows: readonly Talker[]): Block {
  return table(
    caption,
    [left('Host', 170), right('Connections', 70), right('Peers', 50), right('Bytes sent', 70), right('Bytes received', 76)],
    rows
      .slice(0, TOP)
      .map((one) => [
        [mono(one.host)],
        count(one.connections),
        count(one.peers),
        figure(one.bytesOut, 'bytes'),
        figure(one.bytesIn, 'bytes'),
      ]),
    rows.length > TOP ? `The first ${plural(TOP, 'host')} by bytes sent.` : null,
  );
}

function names(caption: string, title: string, rows: readonly NamedCount[]): Block {
  return table(
    caption,
    [left(title, 300), right('Connections', 66), right('Bytes', 60)],
    rows
      .slice(0, TOP)
      .map((one) => [one.name === '-' ? [quiet('not in the log')] : [mono(one.name)], count(one.connections), figure(one.bytes, 'bytes')]),
    more(rows.length),
  );
}
