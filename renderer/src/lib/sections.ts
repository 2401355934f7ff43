import type { CaseInfo } from '../../../app/contract.ts';
import { formatCount, plural } from '../../../app/contract/format.ts';
import type { IconName } from '../components/icons.ts';
import { recordsOf } from './kinds.ts';

export const sectionIds = [
  'start',
  'overview',
  'evidence',
  'records',
  'hosts',
  'clusters',
  'classify',
  'findings',
  'tags',
  'report',
  'live',
  'custody',
] as const;
export type Section = (typeof sectionIds)[number];

export interface SectionInfo {
  readonly id: Section;
  readonly title: string;
  readonly icon: IconName;
  readonly group: 'look' | 'decide' | 'none';
  /** What stands at the right of its line in the rail. */
  readonly count: (info: CaseInfo, learned: Learned, watched: Watched) => string;
}

/** How much was learned from the case. */
export interface Learned {
  readonly clusterings: number;
  readonly models: number;
}

/** What is watched, and what was raised and is not over. */
export interface Watched {
  readonly sources: number;
  readonly failed: number;
  readonly alerts: number;
}

const number = (value: number): string => (value === 0 ? '' : formatCount(value));

/** The sections in the order of the rail. */
export const sections: readonly SectionInfo[] = [
  { id: 'start', title: 'Start', icon: 'home', group: 'none', count: () => '' },
  { id: 'overview', title: 'Overview', icon: 'chart', group: 'look', count: () => '' },
  { id: 'evidence', title: 'Evidence', icon: 'file', group: 'look', count: (info) => number(info.evidence) },
  { id: 'records', title: 'Records', icon: 'rows', group: 'look', count: (info) => number(recordsOf(info)) },
  {
    id: 'hosts',
    title: 'Hosts',
    icon: 'host',
    group: 'look',
    count: (info) => (info.connections + info.requests === 0 ? '' : number(info.hosts)),
  },
  {
    id: 'clusters',
    title: 'Clusters',
    icon: 'clusters',
    group: 'look',
    count: (_, { clusterings }) => (clusterings === 0 ? '' : plural(clusterings, 'run')),
  },
  {
    id: 'classify',
    title: 'Classify',
    icon: 'classes',
    group: 'look',
    count: (_, { models }) => (models === 0 ? '' : plural(models, 'model')),
  },
  { id: 'findings', title: 'Findings', icon: 'flag', group: 'look', count: (info) => number(info.findings) },
  { id: 'tags', title: 'Tags and notes', icon: 'tag', group: 'decide', count: (info) => number(info.tags) },
  { id: 'report', title: 'Report', icon: 'report', group: 'decide', count: () => '' },
  {
    id: 'live',
    title: 'Live',
    icon: 'live',
    group: 'decide',
    count: (_info, _learned, { alerts, failed, sources }) =>
      alerts > 0 ? plural(alerts, 'alert') : failed > 0 ? `${failed} failed` : sources > 0 ? plural(sources, 'source') : '',
  },
  { id: 'custody', title: 'Custody', icon: 'custody', group: 'decide', count: (info) => number(info.custody.entries) },
];

/** The section before or after, around the end. */
export function neighbour(section: Section, step: 1 | -1): Section {
  const at = sectionIds.indexOf(section);
  return sectionIds[(at + step + sectionIds.length) % sectionIds.length] ?? 'start';
}
