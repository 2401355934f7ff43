import { z } from 'zod';
import type { RecordKind } from './case.ts';
import { formatOptions } from './formats.ts';
import type { AlertRules, LiveAlert } from './live-alerts.ts';

/** What is watched while it grows, and what is said of it. Times are integer microseconds since 1970 UTC. */

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a path has no NUL');
/** Where reading begins the first time: with what is there already, or with what comes from now on. */
const from = z.enum(['beginning', 'end']).default('beginning');
const port = z.int().min(0).max(65_535);

/**
 * A file that grows, through its rotations; `path` may be a pattern (`*`, `?`, `**`). `folders`: where rotation puts old files, if not beside the log
 * or in a folder there (logrotate's `olddir`).
 */
const fileSource = z.strictObject({ type: z.literal('file'), path, from, folders: z.array(path).min(1).max(16).optional() });
/** `kafka://host:port[,host:port]/topic?…`: what the query may say stands with the Kafka source. Names and passwords are never part of it. */
const kafkaSource = z.strictObject({ type: z.literal('kafka'), url: z.string().min(1).max(4096), from });
/** `payload`: the message alone is the line of the log, or all that was received. */
const syslogSource = z.strictObject({
  type: z.literal('syslog'),
  protocol: z.enum(['udp', 'tcp']).default('udp'),
  host: z.string().min(1).max(255).default('127.0.0.1'),
  port: port.default(5514),
  payload: z.enum(['message', 'whole']).default('message'),
});
/** What is posted to the API under this name. */
const httpSource = z.strictObject({
  type: z.literal('http'),
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a short word: letters, digits, - and _'),
});
/** Standard input of the program, or a pipe with a name. */
const pipeSource = z.strictObject({ type: z.literal('pipe'), path: path.nullable().default(null) });

export const liveSource = z.discriminatedUnion('type', [fileSource, kafkaSource, syslogSource, httpSource, pipeSource]);
export type LiveSourceSpec = z.output<typeof liveSource>;
export const liveSourceTypes = ['file', 'kafka', 'syslog', 'http', 'pipe'] as const;

/** How the lines of a source are read; recognised by their beginning where `format` is not given. */
export const liveReading = { format: z.string().max(100).optional(), options: formatOptions.optional() };

export interface LiveWatch {
  readonly source: LiveSourceSpec;
  readonly format?: string | undefined;
  readonly options?: z.output<typeof formatOptions> | undefined;
}

/** `starting`: what it is has not been recognised yet; `waiting`: for its file, its broker, an import; `paused`: by a person. */
export const liveStates = ['starting', 'running', 'waiting', 'paused', 'failed', 'ended'] as const;
export type LiveState = (typeof liveStates)[number];

/** One source as it stands now. */
export interface LiveSourceStatus {
  readonly id: number;
  readonly name: string;
  readonly watch: LiveWatch;
  readonly state: LiveState;
  /** What it waits for, or why it failed. */
  readonly why: string;
  readonly kind: RecordKind | null;
  /** How its lines are read: told with `watch`, or recognised by the first of them; null while it is not known. */
  readonly format: string | null;
  /** "Combined access log"; "" while it is not known. */
  readonly formatTitle: string;
  /** The stretch under way. */
  readonly evidence: number | null;
  /** Since it was started here. */
  readonly records: number;
  readonly rejected: number;
  readonly bytes: number;
  /** Records a second, over the last ten seconds. */
  readonly rate: number;
  /** What is there and not yet in the case; null where nobody knows. */
  readonly lagBytes: number | null;
  readonly lagRecords: number | null;
  /** Of these records, those that are in no window: their windows were closed, or they were too far ahead of all others. */
  readonly late: number;
  readonly early: number;
  /** Seconds between the time stamp of the latest record and now; null before the first. */
  readonly behind: number | null;
  readonly lastRecord: number | null;
  readonly lastCommit: number | null;
  readonly errors: number;
  /** The latest of them. */
  readonly error: string;
}

/** What became of lines that were posted: of these alone. */
export interface IngestAnswer {
  /** Records that are in the case now. */
  readonly accepted: number;
  /** Lines that are none, and are among the rejects. */
  readonly rejected: number;
  /** Header lines, comments and blank lines. */
  readonly comments: number;
  /** How they were read; null where there were none. */
  readonly format: string | null;
  readonly formatTitle: string;
  /** Nobody named the format: it was told by the first lines of the source. */
  readonly recognised: boolean;
}

/** Why nothing is committed while a file is imported: it goes on by itself. */
export const heldByImport = 'a file is being imported';

export interface LiveStatus {
  readonly at: number;
  /** Anything is being watched. */
  readonly running: boolean;
  readonly sources: readonly LiveSourceStatus[];
  /** Of all sources, records a second, the latest minute second by second, the latest last. */
  readonly rates: readonly number[];
  /** Why nothing is committed right now: an import, a full disk; "" where nothing is in the way. */
  readonly held: string;
  /** Alerts that are open. */
  readonly alerts: number;
  /** Until when detectors learn what is usual: how many windows they have, and need. */
  readonly learning: { readonly have: number; readonly need: number };
  /** Size of the case file. */
  readonly caseBytes: number;
}

/** What a person sets about windows, alerts and what is kept. An empty object is a good start. */
export const liveWindowRules = z.strictObject({
  /** Seconds; a window begins every `step` of them. */
  width: z.int().min(1).max(86_400).default(60),
  step: z.int().min(1).max(86_400).default(60),
  /** Seconds that a record may come late, by the time stamps of the others, and still be counted. */
  lateness: z.int().min(0).max(86_400).default(10),
});
export type LiveWindowRules = z.output<typeof liveWindowRules>;

export const retentionRules = z.strictObject({
  /** Records that were received, and not imported by hand, go after so many days; null: never. */
  days: z.number().positive().max(36_500).nullable().default(null),
  /** The oldest of what was received goes until the case is below this many bytes; null: it grows. */
  bytes: z.int().min(10_000_000).nullable().default(null),
  /** Windows that begin more than so many days before the latest are merged into hours; null: never. */
  hourlyAfterDays: z.number().positive().max(36_500).nullable().default(7),
});
export type RetentionRules = z.output<typeof retentionRules>;

export interface LiveRules {
  readonly windows: LiveWindowRules;
  readonly alerts: AlertRules;
  readonly retention: RetentionRules;
}

/** One key of a dimension in a window: a client, a path, a status class, a service. */
export interface WindowKey {
  readonly key: string;
  readonly records: number;
  readonly errors: number;
  readonly bytes: number;
}

/** A closed window of all sources of a kind. Bytes are both ways. */
export interface LiveWindow {
  readonly kind: RecordKind;
  readonly start: number;
  readonly width: number;
  readonly records: number;
  readonly errors: number;
  readonly bytes: number;
  readonly clients: number;
  /** Microseconds; null where the log has none. */
  readonly p95: number | null;
  /** Records that came too late for it. */
  readonly late: number;
  /** The keys with most records, by dimension: "orig_h", "path", "status", "service". */
  readonly top: Readonly<Record<string, readonly WindowKey[]>>;
}

/** An alert as the case keeps it. */
export interface KeptAlert extends LiveAlert {
  /** Number of the alert in the case, and of the finding that it wrote. */
  readonly number: number;
  readonly finding: number;
}
