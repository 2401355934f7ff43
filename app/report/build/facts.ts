import { isAccessAct } from '../../case/custody.ts';
import type { CaseReader } from '../../case/types.ts';
import { everyRow } from '../../columns/scan/slices.ts';
import type { TagList } from '../../contract/acts.ts';
import type { CaseInfo, CustodyEntry, Evidence } from '../../contract/case.ts';
import type { ConnectionOverview, Finding, RequestOverview } from '../../contract/records.ts';
import type { RunDetail, RunSummary } from '../../contract/runs.ts';
import { hosts } from '../../insight/hosts.ts';
import { overview } from '../../insight/overview.ts';
import { requestOverview } from '../../insight/request-overview.ts';
import { hostLines, type HostLine } from './host-lines.ts';
import { gatherLearned, type LearnedFacts } from './learned.ts';

/** So many runs are told in full; the others stand in a table. */
const FULL_RUNS = 3;
/** Buckets of the timeline: bars of about four points. */
const BUCKETS = 120;
const TOP = 12;

/** What every section draws on, read once, at one revision of the case. Nothing in it changes when somebody merely looks or exports. */
export interface Facts {
  readonly reader: CaseReader;
  readonly info: CaseInfo;
  readonly evidence: readonly Evidence[];
  /** Entries up to the last that changed the content. */
  readonly custody: readonly CustodyEntry[];
  /** Hash and time of the last of them. */
  readonly head: string;
  readonly date: number;
  /** null: there are no connections. */
  readonly overview: ConnectionOverview | null;
  /** null: there are no requests. */
  readonly requests: RequestOverview | null;
  readonly runs: readonly RunSummary[];
  readonly detailed: readonly RunDetail[];
  /** Models, predictions and searches for anomalies. */
  readonly learned: LearnedFacts;
  readonly findings: readonly Finding[];
  readonly tags: TagList;
  /** Figures of hosts that are tagged or stand in a finding. */
  readonly hosts: ReadonlyMap<string, HostLine>;
}

export function gatherFacts(reader: CaseReader): Facts {
  const info = reader.info();
  const custody = contentCustody(reader.custody());
  const last = custody.at(-1);
  const [table, requests] = [reader.table('connection'), reader.table('request')];
  const runs = reader.runs();
  const tags = reader.tags();
  const findings = reader.findings({});
  const wanted = new Set(findings.slice(0, 500).map(({ host }) => host));
  for (const { target } of tags.taggings) if (target.type === 'host') wanted.add(target.host);
  return {
    reader,
    info,
    evidence: reader.evidence(),
    custody,
    head: last?.hash ?? '',
    date: last?.at ?? info.created,
    overview: table.rows === 0 ? null : overview(table, everyRow, { buckets: BUCKETS, top: TOP }),
    requests: requests.rows === 0 ? null : requestOverview(requests, everyRow, { buckets: BUCKETS, top: TOP }),
    runs,
    detailed: runsInFull(reader, runs, tags),
    learned: gatherLearned(reader),
    findings,
    tags,
    hosts:
      wanted.size === 0
        ? new Map()
        : hostLines(table.dictionary('host'), hosts(table, everyRow, { table: requests, filter: everyRow }), wanted),
  };
}

/** The log up to the last act that changed the content: what was merely read or handed over since then is left out. */
export function contentCustody(entries: readonly CustodyEntry[]): readonly CustodyEntry[] {
  const last = entries.findLastIndex(({ act }) => !isAccessAct(act));
  return entries.slice(0, last + 1);
}

/** The latest run, and those whose clusters were tagged, named or marked suspect. */
function runsInFull(reader: CaseReader, runs: readonly RunSummary[], tags: TagList): readonly RunDetail[] {
  const tagged = new Set(tags.taggings.flatMap(({ target }) => (target.type === 'cluster' ? [target.run] : [])));
  const latest = runs.slice(0, 50).map(({ id }) => reader.run(id));
  return latest
    .filter(({ run, clusters }, index) => index === 0 || tagged.has(run.id) || clusters.some(({ suspect, name }) => suspect || name !== ''))
    .slice(0, FULL_RUNS);
}
