import type { RecordKind } from './case.ts';
import type { Subject } from './runs.ts';

/** Records, their fields, and the aggregates behind the charts. */

/** What a log said of a value; decides how it is shown, sorted and filtered. */
export const columnTypes = [
  'time', // microseconds since 1970 UTC
  'interval', // microseconds
  'count',
  'int',
  'double',
  'port',
  'bool', // 0 or 1
  'addr',
  'subnet',
  'enum',
  'string',
  'set',
  'vector',
] as const;
export type ColumnType = (typeof columnTypes)[number];

/** A cell as it crosses a border: number, text, or null for absent. */
export type Cell = number | string | null;

export interface ColumnInfo {
  readonly name: string;
  readonly type: ColumnType;
  /** One line for a person: what the field means. */
  readonly title: string;
  /** Shown unless the person chooses otherwise. */
  readonly shown: boolean;
}

/** A mark on a row: the tags that apply to it (by themselves, by host, by cluster) and its cluster in the current run. */
export interface RowMarks {
  readonly tags: readonly number[];
  readonly cluster: number | null;
}

export interface RecordPage {
  readonly columns: readonly ColumnInfo[];
  /** One array per record, in the order of `columns`. */
  readonly rows: readonly (readonly Cell[])[];
  readonly ids: readonly number[];
  readonly marks: readonly RowMarks[];
  /** How many records the filter lets through, and how many there are. */
  readonly total: number;
  readonly all: number;
  readonly milliseconds: number;
  /** The filter in words, for the status bar. */
  readonly words: string;
}

export interface RecordDetail {
  readonly kind: RecordKind;
  readonly id: number;
  readonly fields: readonly { readonly column: ColumnInfo; readonly value: Cell }[];
  readonly evidence: { readonly id: number; readonly name: string; readonly path: string; readonly line: number; readonly offset: number };
  readonly tags: readonly number[];
  readonly clusters: readonly { readonly run: number; readonly cluster: number; readonly distance: number; readonly z: number }[];
  /** Standing out: what is rare about this record among all, in words. */
  readonly why: readonly { readonly what: string; readonly words: string }[];
  /** The line as it stands in the original, if the original can be read; else null, with the reason. A byte that is no UTF-8 stands as `\xHH`. */
  readonly raw: string | null;
  /** The line's bytes in base64, where they are no UTF-8. */
  readonly rawBytes?: string;
  /** The line is longer than 64 KiB: its beginning alone is given. */
  readonly rawCut?: true;
  readonly rawMissing: string | null;
}

export interface FilterCheck {
  readonly ok: boolean;
  readonly words: string;
  readonly error: { readonly message: string; readonly position: number; readonly length: number } | null;
  /** What could stand at the cursor. */
  readonly completions: readonly { readonly insert: string; readonly label: string; readonly hint: string }[];
  /** From which character on a completion replaces the text. */
  readonly replaceFrom: number;
}

export interface Talker {
  readonly host: string;
  readonly connections: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly peers: number;
}

export interface NamedCount {
  readonly name: string;
  readonly connections: number;
  readonly bytes: number;
}

/** What a sum of bytes counts: payload; packets with their headers, where the log knows no other figure; or some of each. */
export type VolumeBasis = 'payload' | 'headers' | 'mixed';

interface AnyOverview {
  readonly total: number;
  readonly all: number;
  readonly first: number | null;
  readonly last: number | null;
  /** What is unusual, in words; the first is the most important. */
  readonly sentences: readonly string[];
  readonly milliseconds: number;
}

/** The figures behind the overview of one kind of record. */
export type Overview = ConnectionOverview | RequestOverview;

export interface ConnectionOverview extends AnyOverview {
  readonly kind: 'connection';
  readonly volume: VolumeBasis;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly hosts: number;
  /** Equal buckets from `start`, `step` microseconds each. */
  readonly timeline: {
    readonly start: number;
    readonly step: number;
    readonly connections: Float64Array;
    readonly bytesOut: Float64Array;
    readonly bytesIn: Float64Array;
    readonly failed: Float64Array;
  };
  readonly talkers: readonly Talker[];
  readonly responders: readonly Talker[];
  readonly services: readonly NamedCount[];
  readonly states: readonly (NamedCount & { readonly meaning: string })[];
  readonly ports: readonly (NamedCount & { readonly port: number })[];
}

/** Requests that have something in common. */
export interface RequestCount {
  /** "-" where the log does not say. */
  readonly name: string;
  readonly requests: number;
  /** Bytes of the answers. */
  readonly bytes: number;
  /** Of them answered with an error (400 and above). */
  readonly failed: number;
}

export interface RequestOverview extends AnyOverview {
  readonly kind: 'request';
  /** Clients. */
  readonly hosts: number;
  /** Bytes of the answers, as the servers count them. */
  readonly bytes: number;
  /** Answered with an error (400 and above). */
  readonly failed: number;
  /** Equal buckets from `start`, `step` microseconds each. */
  readonly timeline: {
    readonly start: number;
    readonly step: number;
    readonly requests: Float64Array;
    readonly bytes: Float64Array;
    readonly failed: Float64Array;
  };
  /** The most requests and the most bytes, the most requests first. */
  readonly clients: readonly RequestCount[];
  readonly paths: readonly RequestCount[];
  /** The rest by requests alone. Empty where no log has the column. */
  readonly methods: readonly RequestCount[];
  readonly statuses: readonly (RequestCount & { readonly meaning: string })[];
  readonly agents: readonly RequestCount[];
  readonly agentKinds: readonly RequestCount[];
  readonly vhosts: readonly RequestCount[];
}

export interface HostRow {
  readonly host: string;
  /** Rank by suspicion: 1 is the first to look at; null without a finding. */
  readonly rank: number | null;
  readonly score: number | null;
  readonly severity: Severity | null;
  readonly why: string;
  readonly asOriginator: number;
  readonly asResponder: number;
  /** Requests that it made or answered, as web servers logged them. */
  readonly requests: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly peers: number;
  readonly failed: number;
  readonly first: number;
  readonly last: number;
  readonly tags: readonly number[];
}

export interface HostPage {
  readonly rows: readonly HostRow[];
  readonly total: number;
  readonly all: number;
}

export interface HostDetail {
  readonly row: HostRow;
  readonly timeline: ConnectionOverview['timeline'];
  readonly peers: readonly Talker[];
  readonly ports: readonly (NamedCount & { readonly port: number })[];
  readonly services: readonly NamedCount[];
  readonly clusters: readonly { readonly run: number; readonly cluster: number; readonly records: number }[];
  readonly findings: readonly Finding[];
  /** 7 × 24 connections by weekday (Monday first) and hour, UTC. */
  readonly rhythm: Float64Array;
}

export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One feature of what a finding is about, beside its peers: all rows that are not flagged, or those of its cluster. */
export interface DeviantFeature {
  readonly feature: string;
  readonly title: string;
  /** `value`: in the feature's own unit, the median of its rows; `share`: how many of its rows have it, 0 to 1. */
  readonly measure: 'value' | 'share';
  readonly value: number;
  /** The same of its peers; null where none of them has the feature, or few. */
  readonly typical: number | null;
  /** From typical to value, in (robust) standard deviations of the peers; null where it cannot be measured, because they are all alike. */
  readonly deviation: number | null;
  /** `value` and `typical` as a person reads them. */
  readonly words: readonly [value: string, typical: string];
  /** How many peers have the feature, where they are too few for their figures to be a measure. */
  readonly few?: number;
  /** Of how many of its rows `value` is, where the log has no value of the others. */
  readonly known?: number;
}

/** What does it, as figures; `why` says the same in words. */
export interface FindingCauses {
  /** Random questions that tell the strangest of its rows apart, and a row of the mean score; null where no isolation tree asked any. */
  readonly path: { readonly own: number; readonly usual: number } | null;
  /** At most three, what does most first. */
  readonly features: readonly DeviantFeature[];
}

export interface Finding {
  readonly id: number;
  /** The detector: "far-from-cluster", ... */
  readonly kind: string;
  readonly title: string;
  /** A host, or "originator → responder:port". */
  readonly subject: string;
  readonly host: string;
  readonly score: number;
  readonly severity: Severity;
  /** One or two sentences with the figures. */
  readonly why: string;
  /** null where the detector measures no features, or an older program found it. */
  readonly causes: FindingCauses | null;
  /** What would explain it away. */
  readonly doubt: string;
  /** How many records it rests on: `finding = ID` in a filter means them all. */
  readonly count: number;
  /** Ids of some of them, at most 100, in the detector's order: the farthest first, or the earliest. */
  readonly records: readonly number[];
  readonly run: number | null;
  /** What the run was over. Where it was over hosts `records` are connections; where there were requests alone it is `requests`, and they are these. */
  readonly of: Subject;
  readonly created: number;
}
