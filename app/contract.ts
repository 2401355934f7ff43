import { z } from 'zod';
import type { AppInfo, FileList } from './contract/app.ts';
import { mainKinds } from './contract/case.ts';
import type { CaseInfo, CustodyEntry, Evidence, ImportResult, RecentCase, Reject, VerifyResult } from './contract/case.ts';
import { reportSections, tableFormats, tagColors } from './contract/acts.ts';
import type { ExportResult, ReportResult, TagList, TagResult } from './contract/acts.ts';
import { DEFAULT_MAX_REJECTS, formatOptions } from './contract/formats.ts';
import type { FormatInfo, Preview, SavedMapping } from './contract/formats.ts';
import type { JobHandle, JobState } from './contract/jobs.ts';
import type { FilterCheck, Finding, HostDetail, HostPage, Overview, RecordDetail, RecordPage, ColumnInfo } from './contract/records.ts';
import { clusterMethods, covarianceTypes, scalings, subjects } from './contract/runs.ts';
import type { ClusterResult, RepeatResult, RunDetail, RunSummary } from './contract/runs.ts';
import { learningCommands } from './contract/learning-commands.ts';
import { liveCommands } from './contract/live-commands.ts';
import { scheduleCommands } from './contract/schedule-commands.ts';
import type { KeptAlert, LiveStatus } from './contract/live.ts';
import { clusterSearch, runCommands } from './contract/run-commands.ts';
import { app, job, read, write, type Access, type Command } from './contract/command.ts';
import {
  exportable,
  filter,
  id,
  kind,
  label,
  limit,
  nothing,
  path,
  reading,
  recordsThrough,
  sort,
  target,
  through,
} from './contract/inputs.ts';
import type { ErrorShape } from './errors.ts';

export * from './contract/app.ts';
export * from './contract/case.ts';
export type { Access, Command } from './contract/command.ts';
export * from './contract/acts.ts';
export * from './contract/formats.ts';
export * from './contract/jobs.ts';
export * from './contract/live.ts';
export * from './contract/live-alerts.ts';
export * from './contract/schedules.ts';
export * from './contract/models.ts';
export * from './contract/records.ts';
export * from './contract/runs.ts';
export * from './contract/who.ts';
export { errorCodes, FlowcaseError, fromErrorShape, toErrorShape, type ErrorCode, type ErrorShape } from './errors.ts';

/**
 * Every command between a face (window, browser, terminal, API) and the core: name, input schema, output type, and where it runs
 * (`Access`). Written once: types, validation, routing and documentation all come from this map.
 */
export const commands = {
  'app.info': app<AppInfo>()('What this program is and where it runs', nothing),
  'case.recent': app<readonly RecentCase[]>()('Cases opened here before, the latest first', nothing),
  'case.forget': app<null>()('Take a case off the list of recent ones; the file stays', z.strictObject({ path })),
  'case.create': app<CaseInfo>()(
    'A new, empty case file, and open it',
    z.strictObject({ path, name: label.min(1), number: label.default(''), examiner: label.default('') }),
  ),
  'case.open': app<CaseInfo>()(
    'Open a case file; for reading only where that is asked for',
    z.strictObject({ path, readOnly: z.boolean().default(false) }),
  ),
  'case.close': app<null>()('Close the open case', nothing),
  'case.sample': job<CaseInfo>()(
    'Make the sample case (generated traffic with a planted beacon, scan and exfiltration) and open it',
    nothing,
  ),
  'files.list': app<FileList>()(
    'A folder on this machine, for choosing files where there is no dialog of the system',
    z.strictObject({ path: z.string().max(4096).default('') }),
  ),
  'jobs.list': app<readonly JobState[]>()('Jobs that run and the latest that ended', nothing),
  'job.cancel': app<null>()('Stop a job; the case is as before it', z.strictObject({ job: z.string().max(100) })),
  'formats.list': app<readonly FormatInfo[]>()('Every format of log that Flowcase reads', nothing),
  'evidence.preview': app<Preview>()(
    'How a file would be imported: its format, its columns, its first records. Needs no case and changes none',
    z.strictObject({ path, ...reading, records: z.int().min(0).max(1000).default(20) }),
  ),
  'mapping.list': app<readonly SavedMapping[]>()('Ways to read files that were kept by name on this machine', nothing),
  'mapping.save': app<SavedMapping>()(
    'Keep a way to read files by name; one of the same name is replaced',
    z.strictObject({ name: label.min(1), format: z.string().min(1).max(100), options: formatOptions }),
  ),
  'mapping.remove': app<null>()('Forget a way to read files', z.strictObject({ name: label.min(1) })),

  'case.info': read<CaseInfo>()('Name, number, examiner and counts of the open case', nothing),
  'case.update': write<CaseInfo>()(
    'Change name, number or examiner',
    z.strictObject({ name: label.min(1), number: label, examiner: label }),
  ),
  'case.verify': job<VerifyResult>()(
    'Recompute the custody chain and compare every original with its hash',
    z.strictObject({ originals: path.optional() }),
  ),
  'custody.list': read<readonly CustodyEntry[]>()('The custody log, oldest first', nothing),

  'evidence.import': job<ImportResult>()(
    'Import log files or folders',
    z.strictObject({
      paths: z.array(path).min(1).max(10_000),
      ...reading,
      force: z.boolean().default(false),
      /** Columns are compressed: the case takes two thirds of the room, and is read more slowly. */
      compress: z.boolean().default(false),
      /** The share of a file's lines that may be rejected; a file with more of them is refused (TOO_MANY_REJECTS) and may be asked for again. 1: all. */
      maxRejects: z.number().min(0).max(1).default(DEFAULT_MAX_REJECTS),
    }),
  ),
  'evidence.list': read<readonly Evidence[]>()('Every imported file', nothing),
  'evidence.rejects': read<{ readonly rejects: readonly Reject[]; readonly total: number }>()(
    'Lines that could not be taken, and why',
    z.strictObject({ evidence: id.optional(), offset: id.default(0), limit: limit.default(200) }),
  ),
  'evidence.remove': write<null>()(
    'Remove a file and its records from the case; the original stays, and so does the custody entry',
    z.strictObject({ evidence: id }),
  ),

  'records.columns': read<readonly ColumnInfo[]>()('The columns there are', z.strictObject({ kind })),
  'records.query': read<RecordPage>()(
    'A page of records through a filter',
    z.strictObject({
      ...recordsThrough,
      columns: z.array(z.string().max(300)).max(1000).optional(),
      sort: sort.optional(),
      offset: id.default(0),
      limit: limit.default(200),
    }),
  ),
  'record.get': read<RecordDetail>()('One record with its evidence, line and original text', z.strictObject({ kind, id })),
  'filter.check': read<FilterCheck>()(
    'Check a filter, say it in words, and complete it at the cursor',
    z.strictObject({ ...recordsThrough, cursor: id.optional() }),
  ),

  'insight.overview': read<Overview>()(
    'Timeline and volumes; of connections: top talkers, services, states, ports; of requests: clients, paths, methods, statuses, agents',
    z.strictObject({
      /** Connections where it is not given, and requests in a case that has no connections. */
      kind: z.enum(mainKinds).optional(),
      ...through,
      buckets: z.int().min(1).max(2000).default(240),
      top: z.int().min(1).max(1000).default(20),
    }),
  ),
  'hosts.list': read<HostPage>()(
    'Hosts, ranked by suspicion',
    z.strictObject({
      ...through,
      search: z.string().max(300).default(''),
      sort: sort.optional(),
      offset: id.default(0),
      limit: limit.default(200),
    }),
  ),
  'host.get': read<HostDetail>()(
    'Everything about one host',
    z.strictObject({ host: z.string().min(1).max(300), buckets: z.int().min(1).max(2000).default(120) }),
  ),
  'findings.list': read<readonly Finding[]>()(
    'What the machine found, the strongest first: by the latest run of each method, by one run, or by all of them',
    z.strictObject({ host: z.string().max(300).optional(), run: id.optional(), all: z.boolean().default(false) }),
  ),

  'cluster.run': job<ClusterResult>()(
    'Group connections, requests or hosts that are alike',
    z.strictObject({
      of: z.enum(subjects).default('connections'),
      method: z.enum(clusterMethods).default('kmeans'),
      k: z.union([z.int().min(1).max(1000), z.literal('auto')]).default(7),
      seed: z.int().min(0).max(0xffff_ffff).default(1),
      /** '': the one made for such rows. */
      recipe: z.string().max(100).default(''),
      where: filter,
      covariance: z.enum(covarianceTypes).default('full'),
      scaling: z.enum(scalings).nullable().default(null),
      features: z.array(z.string().max(300)).max(1000).default([]),
      window: z.int().positive().nullable().default(null),
      ...clusterSearch,
    }),
  ),
  'runs.list': read<readonly RunSummary[]>()('Every clustering, the latest first', nothing),
  'run.get': read<RunDetail>()('One run with its clusters', z.strictObject({ run: id })),
  ...runCommands,
  'run.repeat': job<RepeatResult>()('Run it again and compare the fingerprints', z.strictObject({ run: id })),
  'cluster.name': write<null>()(
    'Give a cluster a name, or mark it suspect',
    z.strictObject({ run: id, cluster: z.int().min(1), name: label.optional(), suspect: z.boolean().optional() }),
  ),

  ...learningCommands,
  ...liveCommands,
  ...scheduleCommands,

  'tags.list': read<TagList>()('Tags and every act of tagging', nothing),
  'tag.add': write<TagResult>()(
    'Tag records, a host or a whole cluster',
    z.strictObject({ target, name: label.min(1), color: z.enum(tagColors).optional(), note: z.string().max(10_000).default('') }),
  ),
  'tag.remove': write<TagResult>()('Take one act of tagging back', z.strictObject({ tagging: id })),
  'tag.note': write<null>()('Change the note of an act of tagging', z.strictObject({ tagging: id, note: z.string().max(10_000) })),
  'tag.undo': write<null>()('Undo tag.add or tag.remove', z.strictObject({ undo: id })),

  'report.export': job<ReportResult>()(
    'Write the report',
    z.strictObject({
      path,
      format: z.enum(['pdf', 'json']).default('pdf'),
      paper: z.enum(['A4', 'Letter']).default('A4'),
      sections: z
        .array(z.enum(reportSections))
        .min(1)
        .default([...reportSections]),
    }),
  ),
  'table.export': job<ExportResult>()(
    'Write a table as CSV or Parquet',
    z.strictObject({
      table: exportable,
      format: z.enum(tableFormats).default('csv'),
      /** For the table `connections`: records of this kind in its place. */
      kind: kind.default('connection'),
      path,
      ...through,
      cluster: z.int().min(1).optional(),
      columns: z.array(z.string().max(300)).max(1000).optional(),
    }),
  ),
} as const satisfies Record<string, Command<Access, z.ZodType, unknown, unknown>>;

export type CommandName = keyof typeof commands;
type Of<N extends CommandName> = (typeof commands)[N];
/** What a face sends: fields with a default may be left out. */
export type Input<N extends CommandName> = z.input<Of<N>['input']>;
/** What a handler gets: checked, defaults filled in. */
export type Checked<N extends CommandName> = z.output<Of<N>['input']>;
export type Output<N extends CommandName> = Of<N> extends Command<Access, z.ZodType, infer O, unknown> ? O : never;
/** What a job ends with. */
export type Result<N extends CommandName> = Of<N> extends Command<Access, z.ZodType, JobHandle, infer R> ? R : never;
export type NamesOf<A extends Access> = { [N in CommandName]: Of<N>['access'] extends A ? N : never }[CommandName];

/** What the core tells a face unasked. */
export interface Events {
  /** A job began, went on or ended. */
  readonly job: JobState;
  /** The open case changed (or was opened or closed: null): what was read before is stale. */
  readonly case: CaseInfo | null;
  /** How what is watched stands, about once a second while anything is. */
  readonly live: LiveStatus;
  /** An alert was raised, went on, or is over. */
  readonly alert: KeptAlert;
  /** The core lost a process and is back, or will not come back. */
  readonly trouble: { readonly message: string; readonly fatal: boolean; readonly error?: ErrorShape };
}
export type EventName = keyof Events;

/** A face's end of the contract; every transport and the test double have this shape. */
export interface Client {
  invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}
