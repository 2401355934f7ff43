import { z } from 'zod';
import { recordKindPattern, type RecordKind } from './case.ts';
import { columnTypes, type Cell, type ColumnInfo } from './records.ts';
import { decimals, delimiters, timeUnits } from './table-words.ts';

export * from './table-words.ts';

/** How a log is to be read: what a person says of it, and what a preview shows of it. */

/** Where more of a file's lines than this share cannot be taken, it is likely to be something else than it was taken for: a person is asked. */
export const DEFAULT_MAX_REJECTS = 0.5;

/** What a column's name or number may be. */
const columnName = z.string().min(1).max(200);

const mapping = z.strictObject({
  /** What some columns are: `from` as the header calls it (`column_3` where there is none). Columns that are not named here are taken as they would be without. */
  columns: z
    .array(
      z.strictObject({
        from: columnName,
        /** What Flowcase calls it; null: it is left out. */
        to: columnName.nullable(),
        type: z.enum(columnTypes).optional(),
        /** What the numbers of a time or an interval count; seconds, or what `timeFormat` says of times, where it is not given. */
        unit: z.enum(timeUnits).optional(),
      }),
    )
    .max(10_000)
    .optional(),
  /** Kind of the records; `connection` needs ts, orig_h and resp_h among the columns. */
  kind: z.string().regex(recordKindPattern, 'a kind of record is a short word: connection, request, dns').optional(),
  /** One of `timeUnits`, `iso`, or a pattern of %Y %m %d %e %H %I %M %S %f %p %b %a %y %j %z %Z %T %F %% and other characters: `%d/%m/%Y %H:%M:%S`. */
  timeFormat: z.string().min(1).max(100).optional(),
  delimiter: z.enum(delimiters).optional(),
  /** What stands before the decimals of numbers (the other one parts thousands); told from the table's beginning where it is not given. */
  decimal: z.enum(decimals).optional(),
  /** Whether the first line names the columns. */
  header: z.boolean().optional(),
  /** Texts that a spreadsheet would run have an apostrophe before them, which is no part of them: Flowcase's own CSV. */
  guarded: z.boolean().optional(),
});

/** What a person may say about a file that its bytes do not. Plain JSON: it is kept with the evidence and in the custody log. */
export const formatOptions = z.strictObject({
  /** Zone of times that name none: an IANA name, or an offset like +02:00. UTC where it is not given. */
  timeZone: z.string().max(100).optional(),
  /** For access logs: nginx's log_format or Apache's LogFormat, as it stands in the server's configuration. */
  logFormat: z.string().max(10_000).optional(),
  /** For Zeek's JSON: which log (its `_path`) to read of a stream that holds several, or what a log is that does not say so itself. */
  zeekLog: z.string().max(100).optional(),
  /** For Suricata's eve.json: the events to read as a plain table (dns, alert, http, ...); its flows, as connections, where it is not given. */
  eventType: z.string().max(100).optional(),
  /** For flow logs of Amazon VPC without a header: the fields of a record, in their order, as the format of the flow log names them. */
  fields: z.string().max(10_000).optional(),
  /** For syslog whose times name no year: that of the first line. */
  year: z.int().min(1970).max(2199).optional(),
  /** For CSV and other tables, and Parquet: what the columns are. */
  mapping: mapping.optional(),
});

export type Mapping = z.output<typeof mapping>;
export type FormatOptions = z.output<typeof formatOptions>;

/** The beginning of a file, as it would be imported. */
export interface Preview {
  readonly path: string;
  /** Where it is an archive: the file in it that is shown, and the names of those that there are, as far as they were come by. */
  readonly archive?: { readonly member: string; readonly members: readonly string[] };
  /** The format it was read as, and why. */
  readonly format: string;
  readonly title: string;
  readonly why: string;
  readonly kind: RecordKind;
  /** Every format that it may be, the likeliest first. */
  readonly candidates: readonly { readonly id: string; readonly title: string; readonly confidence: number; readonly why: string }[];
  /** `from`: what the log calls the column where that is known and different. */
  readonly columns: readonly (ColumnInfo & { readonly from: string | null })[];
  /** The first records, in the order of `columns`. */
  readonly records: readonly (readonly Cell[])[];
  readonly rejects: readonly { readonly line: number; readonly reason: string; readonly what: string; readonly text: string }[];
  /** Of what was read for the preview: the whole file only where `whole` is true. */
  readonly figures: { readonly rows: number; readonly rejected: number; readonly comments: number; readonly lines: number };
  readonly whole: boolean;
  /** Zone in which times that name none were taken. */
  readonly timeZone: string;
  /** First and last time among the records read. */
  readonly first: number | null;
  readonly last: number | null;
  readonly remarks: readonly string[];
  /** Given to evidence.import together with `format`, they give these records: what was asked for, and for tables the mapping that was found. */
  readonly options: FormatOptions;
}

/** How a kind of file is to be read, kept under a name on this machine for the next one like it. */
export interface SavedMapping {
  readonly name: string;
  readonly format: string;
  readonly options: FormatOptions;
  /** Microseconds since 1970 UTC. */
  readonly saved: number;
}

/** A format that Flowcase reads. */
export interface FormatInfo {
  readonly id: string;
  readonly title: string;
}
