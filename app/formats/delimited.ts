import { FlowcaseError } from '../errors.ts';
import { plural } from '../contract/format.ts';
import { mainKinds, recordKindPattern, type RecordKind } from '../contract/case.ts';
import type { FormatOptions, Mapping } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import { MAX_COLUMNS } from './column-slots.ts';
import { columnName } from './fields.ts';
import { COMMENT } from './line-outcome.ts';
import { freeName, takenNames } from './own-columns.ts';
import { otherFile } from './other-logs.ts';
import { askedRemarks, decimalsOf, type Decimals } from './table-decimals.ts';
import { tableHead, textColumns, type TableHead } from './table-head.ts';
import { orderRemark, saidBefore, settleColumns, timeRemarks } from './table-settle.ts';
import { missingTimeRemark } from './table-missing-time.ts';
import { hasNumbers, planTable, plannedFields } from './table-plan.ts';
import { eitherNames } from './table-numbers.ts';
import { TableReader, type Aside } from './table-reader.ts';
import { tableRemarks } from './table-remarks.ts';
import type { Detection, LogFormat, OpenedLog } from './types.ts';
import { zeekField } from './zeek-fields.ts';
import { pathOf } from './zeek-json-head.ts';

/** A table of which nothing is said. */
const PLAIN: RecordKind = 'table';

const noTable: TableHead = { delimiter: ',', separator: null, header: null, joined: 1, width: 1, rows: [], lines: 0 };

/**
 * Any table that is text: fields parted by a comma, semicolon, TAB, bar or blanks, in quotes where need be (RFC 4180), with a line that names the columns
 * or without, and maybe Excel's line before it that says what parts them (`sep=;`). Names that are known (table-names.ts) become the columns of connections; what the others are is told from the first lines (table-guess.ts).
 * With two addresses and a time the rows are connections, else a plain table named after the file.
 */
export const delimited: LogFormat = {
  id: 'csv',
  title: 'table (CSV, TSV)',
  example: [
    'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label',
    '2011/08/10 09:46:53.058760,20.360268,tcp,10.0.0.93,443,  <?>,192.0.2.59,51790,FPA_FRPA,0,0,133,81929,67597,"flow=Background, established"',
    '2011/08/10 09:46:59.607825,1.026539,udp,2001:db8::5,1577,   ->,192.0.2.59,6881,CON,0,,4,276,156,flow=Background-UDP',
    '2011/08/10 09:47:01.000000,0.000000,icmp,10.0.0.5,0x0303,   ->,192.0.2.59,,URP,0,,1,276,276,"flow=""Normal"""',
    '',
  ].join('\n'),
  detect,
  open,
  settle,
};

function detect(head: Uint8Array): Detection {
  const no = (why: string): Detection => ({ confidence: 0, why });
  if (head.length === 0) return no('it is empty');
  if (otherFile(head, { noTable: true }) !== null) return no('it is known to be something else');
  const first = head.find((byte) => byte > 32 && byte < 128);
  if (first === 123 || first === 91 || first === 60) return no('it begins as JSON, XML or HTML does');
  if (head.subarray(0, 4096).includes(0)) return no('it holds bytes that are no text');
  const table = tableHead(head, {});
  if (table !== null && isHeaderAlone(table)) {
    const of = knownTable(namesOf(table));
    if (of !== null) return { confidence: 0.2, why: `its only line names the columns of ${of}` };
    return no('it has a line that names columns, and no rows');
  }
  if (table === null || table.rows.length === 0) return no(unlike(head));
  if (table.lines > 3 && table.rows.length < table.lines * 0.5) return no(unlike(head));
  const columns = settleColumns(namesOf(table), table.rows, {});
  // by their values alone columns are named only where a person asks for it
  if (table.header === null) {
    return no(
      `no line names its columns: its lines have ${widthOf(table)} (--header no takes the first one for a row, --header yes for names)`,
    );
  }
  const typed = columns.columns.some(({ type }) => type !== 'string');
  if (table.delimiter === ' ' && !columns.columns.some(({ type }) => type === 'addr' || type === 'time')) return no('it may be words');
  if (!typed && table.rows.length < 2) return no('it may be words');
  const parted = `its lines have ${widthOf(table)}`;
  const connection = columns.kind === 'connection';
  return { confidence: connection ? 0.3 : 0.2, why: connection ? `${parted}, with two addresses and a time` : parted };
}

const widthOf = ({ width, delimiter }: TableHead): string => `${plural(width, 'field')}, parted by ${delimiterWords[delimiter]}`;

/** Why lines are no table; where the first names columns that some of them have, how many do. */
function unlike(head: Uint8Array): string {
  const why = 'its lines are not parted alike';
  const table = tableHead(head, {}, true);
  if (table === null || table.header === null || table.rows.length === 0 || table.delimiter === ' ') return why;
  const some = table.rows.length;
  const fit = `${some} of ${plural(table.lines, 'line')} below the first ${some === 1 ? 'has' : 'have'} its ${widthOf(table)}`;
  return `${why}: ${fit} (the others are rejected where --max-rejects 1 allows it)`;
}

/** A line that names columns, and nothing behind it. Words are parted by blanks too. */
function isHeaderAlone({ header, lines, delimiter, width }: TableHead): boolean {
  return header !== null && lines === 0 && delimiter !== ' ' && width > 1;
}

/** What tables with columns of these names are known to be, in words; null: they may be anything. */
function knownTable(names: readonly string[]): string | null {
  if (isRequests(names)) return 'requests';
  const log = zeekLogOf(names);
  if (log !== undefined) return `Zeek's log ${log}`;
  return settleColumns(names, [], {}).kind === 'connection' ? 'connections' : null;
}

/** Where a file is nothing but a line that names columns, of which nobody knows of what: their names. Else null. */
export function headerAlone(head: Uint8Array): readonly string[] | null {
  const first = head.find((byte) => byte > 32 && byte < 128);
  if (first === undefined || first === 123 || first === 91 || first === 60 || head.subarray(0, 4096).includes(0)) return null;
  const table = tableHead(head, {});
  return table !== null && isHeaderAlone(table) ? (table.header?.names ?? null) : null;
}

const delimiterWords = { ',': 'commas', ';': 'semicolons', '\t': 'TABs', '|': 'bars', ' ': 'blanks' };

function namesOf(table: TableHead): string[] {
  const taken = takenNames();
  const names = table.header?.names ?? Array.from({ length: table.width }, () => '');
  return names.map((name, index) => freeName(name, index, taken));
}

function headOf(head: Uint8Array, mapping: Mapping): TableHead {
  return tableHead(head, mapping, true) ?? { ...noTable, delimiter: mapping.delimiter ?? ',' };
}

interface Known {
  readonly table: TableHead;
  readonly names: readonly string[];
  readonly kind: RecordKind;
  readonly mapping: Mapping;
  readonly ofTimes: readonly string[];
  readonly decimals: Decimals | null;
}

function known(head: Uint8Array, said: Mapping, name: string): Known {
  const table = headOf(head, said);
  if (table.width > MAX_COLUMNS) {
    throw new FlowcaseError('FORMAT_UNKNOWN', `It has ${table.width} columns; tables of up to ${MAX_COLUMNS} are read.`);
  }
  const names = namesOf(table);
  const isOwn = said.guarded ?? isOwnExport(names, table.rows);
  const named = isRequests(names) ? 'request' : zeekLogOf(names);
  const log = said.kind ?? named;
  const texts = isOwn ? textColumns(head, table) : new Set<number>();
  const declared = (index: number): ColumnType | undefined =>
    (log === undefined ? undefined : zeekField(log, names[index] ?? '')?.type) ?? (texts.has(index) ? 'string' : undefined);
  // Flowcase and Zeek write them as everybody does
  const decimals = isOwn || named !== undefined ? null : decimalsOf({ delimiter: table.delimiter, names, rows: table.rows }, said.decimal);
  // its names are those of the case already
  const own = saidBefore(isOwn ? { columns: names.map((from) => ({ from, to: from })) } : null, said);
  const settled = settleColumns(names, decimals?.rows ?? table.rows, log === undefined ? own : { ...own, kind: log }, declared);
  const kind = settled.kind ?? kindFrom(name);
  const mapping: Mapping = {
    columns: settled.columns,
    kind,
    ...(settled.timeFormat === undefined ? {} : { timeFormat: settled.timeFormat }),
    delimiter: table.delimiter,
    ...(decimals === null || decimals.decimal === null ? {} : { decimal: decimals.decimal }),
    header: table.header !== null && table.header.line !== null,
    ...(isOwn ? { guarded: true } : {}),
  };
  return { table, names, kind, mapping, ofTimes: timeRemarks(settled, said, mapping), decimals };
}

function settle(head: Uint8Array, options: FormatOptions, name: string): FormatOptions {
  return { ...options, mapping: known(head, options.mapping ?? {}, name).mapping };
}

/** The log of Zeek's, other than conn, whose names these are: as a table it is the same kind of records as from Zeek itself. */
export function zeekLogOf(names: readonly string[]): RecordKind | undefined {
  const columns = names.map(columnName);
  if (!columns.includes('ts') || !columns.includes('uid')) return undefined;
  const path = pathOf(new Set(columns.filter((name) => name !== 'evidence' && name !== 'line')));
  return path === '' || path === 'conn' ? undefined : path;
}

/** Requests as Flowcase writes them. */
function isRequests(names: readonly string[]): boolean {
  return ['ts', 'orig_h', 'method', 'path', 'status'].every((name) => names.includes(name));
}

const ownTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** Flowcase's own export of records ends with the file and the line they came from; where columns were chosen, it tells itself by how it writes times and hosts. */
function isOwnExport(names: readonly string[], rows: readonly (readonly string[])[]): boolean {
  if (names.length > 2 && /^evidence(_\d+)?$/.test(names.at(-2) ?? '') && /^line(_\d+)?$/.test(names.at(-1) ?? '')) return true;
  const ts = names.indexOf('ts');
  return ts >= 0 && names.includes('orig_h') && rows.every((row) => row[ts] === '' || ownTime.test(row[ts] ?? ''));
}

function open(head: Uint8Array, options: FormatOptions): OpenedLog {
  const { table, names, kind, mapping, ofTimes, decimals } = known(head, options.mapping ?? {}, '');
  const columns = mapping.columns ?? [];
  const fields = plannedFields(columns, names);
  const plan = planTable({
    kind,
    delimiter: table.delimiter.charCodeAt(0),
    width: table.width,
    joined: table.joined,
    header: table.header?.line ?? null,
    fields,
    options: { ...options, mapping },
    protocolNumbers: hasNumbers(fields, table.rows),
    decimal: decimals?.decimal ?? null,
    doubtful: decimals?.doubtful ?? false,
  });
  const order = kind === 'connection' ? orderRemark(columns) : null;
  const timeless = missingTimeRemark(names, table.rows, columns);
  const left = columns.filter(({ to }) => to === null).map(({ from }) => from);
  const parted = table.delimiter === '\t' ? 'TSV' : table.delimiter === ',' ? 'CSV' : `parted by ${delimiterWords[table.delimiter]}`;
  return {
    kind,
    title: `${kind === 'connection' ? 'Connections' : 'Table'} (${parted})`,
    read: (sink) => new TableReader(sink, plan, table.separator === null ? null : isLine(table.separator)),
    remarks: (tallies) => [
      ...(table.header?.title === undefined
        ? []
        : [`No line names its columns: they have the names of ${table.header.title}, which its lines are like.`]),
      ...(left.length > 0 ? [`Left out, as was asked for: ${left.join(', ')}.`] : []),
      ...(order === null ? [] : [order]),
      ...(timeless === null ? [] : [timeless]),
      ...ofTimes,
      ...(decimals?.remarks ?? []),
      ...askedRemarks(decimals?.doubtful === true ? [...new Set([...decimals.asked, ...eitherNames(tallies)])] : []),
      ...tableRemarks(tallies, plan),
    ],
  };
}

/** A comment, wherever it stands: files that were put together have it again. */
function isLine(wanted: Uint8Array): Aside {
  return ({ bytes, start, end }) =>
    wanted.length === end - start && wanted.every((byte, i) => byte === bytes[start + i]) ? COMMENT : null;
}

/** A kind named after a file: `Firewall Export.2024.csv` is `firewall_export`. */
export function kindFrom(file: string): RecordKind {
  const stem = file.slice(-200).split(/[/\\]/).at(-1)?.toLowerCase().split('.', 1)[0] ?? '';
  const name = stem
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[_-]+|[_-]+$/g, '')
    .slice(0, 50);
  if (name === '') return PLAIN;
  if ((mainKinds as readonly string[]).includes(name)) return `${name}_table`;
  return recordKindPattern.test(name) ? name : `${PLAIN}_${name}`;
}
