import type { RecordKind } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { MAX_COLUMNS } from './column-slots.ts';
import { FieldScanner, beforeReturn } from './field-scanner.ts';
import { COMMENT, type BlockOfRows, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import type { FormatOptions, LogFormat, OpenedLog, RecordSink } from './types.ts';
import { readZeekHead } from './zeek-head.ts';
import { ZeekHeader } from './zeek-header.ts';
import { isConnection, kindOf, logName, titleOf } from './zeek-kinds.ts';
import { BAD_PORTS, portRemarks } from './zeek-problems.ts';
import { ZeekRows } from './zeek-rows.ts';

/**
 * Zeek's logs as its ASCII writer writes them (https://docs.zeek.org/en/master/log-formats.html#zeek-tsv-format-logs): header lines with `#`,
 * which name separator, path, fields and types, then a record a line; any columns in any order, any separator, UTF-8 or any bytes, `\xHH` for
 * bytes that would not show or would separate. Times and intervals are decimal seconds.
 *
 * The first header decides what the file is. Later ones (logs put together, columns that change) may name other columns of the same log; lines
 * under the header of another log are rejected as OTHER_LOG, and a remark says how many of which.
 */
function openZeek(kind: RecordKind, path: string): OpenedLog {
  return { kind, title: titleOf(path, kind), read: (sink) => new ZeekReader(sink, kind), remarks: zeekRemarks };
}

/**
 * Who names a log and gets another would not notice. One whose header names none is what it is called, unless it is of connections.
 * @throws FlowcaseError FORMAT_UNKNOWN where the first header is of another log
 */
function mustBeNamed(head: Uint8Array, options: FormatOptions): FormatOptions {
  const { zeekLog } = options;
  const header = readZeekHead(head);
  if (zeekLog === undefined || header === null) return options;
  const isOfConnections = isConnection(header.path, header.fields ?? []);
  const there = header.path === '' && isOfConnections ? 'conn' : logName(header.path);
  if (there === '' || there === logName(zeekLog)) return options;
  const message = `It has no lines of Zeek's log ${zeekLog}, so nothing of it was kept. It is ${there}.log, as its header says, and of several logs in one file with headers the first is read. Name that one (--zeek-log), or none.`;
  throw new FlowcaseError('FORMAT_UNKNOWN', message, { name: zeekLog, there: [there] });
}

const settings = ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-'];

/** Zeek's connection log: conn.log, and whatever has its columns. */
export const zeekConn: LogFormat = {
  id: 'zeek-conn',
  title: 'Zeek conn.log',
  example: [
    ...settings,
    '#path\tconn',
    '#open\t2024-04-19-20-00-00',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring',
    '1713556800.000000\tCxyz1\t10.0.0.1\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t1000\t2000\tSF',
    '1713556801.250000\tCxyz2\t2001:db8::1\t40001\t192.0.2.10\t53\tudp\tdns\t-\t-\t-\tS0',
    '#close\t2024-04-19-21-00-00',
    '',
  ].join('\n'),
  detect(head) {
    const header = readZeekHead(head);
    if (header?.fields === null || header === null) return { confidence: 0, why: 'it has no #fields line' };
    if (isConnection(header.path, header.fields)) return { confidence: 1, why: 'its #fields line names the columns of connections' };
    return { confidence: 0, why: `it is Zeek's ${header.path === '' ? 'log of another kind' : `${header.path} log`}` };
  },
  settle: mustBeNamed,
  open: (head) => openZeek('connection', readZeekHead(head)?.path ?? ''),
};

/** Any other log of Zeek's, as a plain table named after it: dns, http, ssl, x509, weird, ... */
export const zeekTsv: LogFormat = {
  id: 'zeek-tsv',
  title: 'Zeek log (TSV)',
  example: [
    ...settings,
    '#path\tdns',
    '#open\t2024-04-19-20-00-00',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\trtt\tquery\tqtype_name\trcode\tAA\tanswers',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\tstring\tstring\tcount\tbool\tvector[string]',
    '1713556800.000000\tCxyz1\t10.0.0.1\t40000\t192.0.2.53\t53\tudp\t0.012000\texample.com\tA\t0\tF\t192.0.2.10,192.0.2.11',
    '1713556801.250000\tCxyz2\t2001:db8::1\t40001\t2001:db8::53\t53\tudp\t-\t-\tAAAA\t-\tF\t(empty)',
    '#close\t2024-04-19-21-00-00',
    '',
  ].join('\n'),
  detect(head) {
    const header = readZeekHead(head);
    if (header?.fields === null || header === null) return { confidence: 0, why: 'it has no #fields line' };
    const why = header.path === '' ? 'it has a #fields line' : `its #path line says ${header.path}`;
    return { confidence: isConnection(header.path, header.fields) ? 0.9 : 1, why };
  },
  settle: mustBeNamed,
  open(head, { zeekLog = '' }) {
    const header = readZeekHead(head);
    const said = header?.path ?? '';
    const path = said === '' ? zeekLog : said;
    return openZeek(kindOf(path, header?.fields ?? []), path);
  },
};

class ZeekReader extends LineReader {
  readonly #header = new ZeekHeader((key) => this.tally(key));
  readonly #rows: ZeekRows;
  readonly #scanner = new FieldScanner();
  #version = 0;
  #key = '';
  /** What is wrong with every row under the present header; null: nothing. */
  #noRows: Problem | null = noHeader;

  readonly #kind: RecordKind;
  /** The log whose lines are rejected under the present header. */
  #other: string | null = null;

  constructor(sink: RecordSink, kind: RecordKind) {
    super(sink);
    this.#kind = kind;
    this.#rows = new ZeekRows(sink, this.slots, kind);
  }

  protected get recognised(): boolean {
    return this.#header.fields !== null;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return this.#header.save();
  }

  protected override restore(saved: string): void {
    this.#header.restore(saved);
    this.#version = -1;
    this.#key = '';
    this.#noRows = noHeader;
    // the header is looked at again when its first row comes, as it would have been: one without rows makes no columns
  }

  protected override quick(bytes: Uint8Array, start: number, newline: number): number {
    if (bytes[start] === this.#header.prefix[0] || this.#version !== this.#header.version || this.#noRows !== null) return -1;
    const end = this.#rows.plain(bytes, start, newline);
    if (end >= 0) this.commit(start, this.#rows.ts, true);
    return end;
  }

  protected override block(bytes: Uint8Array, at: number, to: number, newline: number): BlockOfRows | null {
    if (this.#version !== this.#header.version || this.#noRows !== null) return null;
    return this.#rows.block(bytes, at, to, newline);
  }

  protected take(bytes: Uint8Array, from: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const header = this.#header;
    let start = from;
    if (!this.begun) {
      start = behindBlanks(bytes, from, end);
      header.choosePrefix(bytes, start, end);
    }
    if (header.isHeaderLine(bytes, start, end)) {
      header.line(bytes, start, beforeReturn(bytes, start, end));
      return COMMENT;
    }
    if (this.#version !== header.version) this.#useHeader();
    if (this.#noRows !== null) return this.#none();
    const scanner = this.#scanner;
    scanner.scan(bytes, start, end, header.separator);
    if (scanner.count === 1 && scanner.starts[0] === scanner.ends[0]) return COMMENT;
    const problem = this.#fit(bytes, last) ?? this.#rows.row(bytes, scanner.starts, scanner.ends, scanner.odd);
    if (problem === null) {
      if (this.#rows.rounded > 0) this.tally('rounded', this.#rows.rounded);
      if (this.#rows.badPorts > 0) this.tally(BAD_PORTS, this.#rows.badPorts);
    }
    this.#rows.forgetTallies();
    if (problem !== null) return problem;
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  #none(): Problem | null {
    if (this.#other !== null) this.tally(`${OTHER_LOG}${this.#other}`);
    return this.#noRows;
  }

  /** Makes the fields found as many as the header names, where that can be done. */
  #fit(bytes: Uint8Array, last: boolean): Problem | null {
    const scanner = this.#scanner;
    const { width, joined } = this.#rows;
    if (scanner.count === width + 1 || (joined > 1 && scanner.count === width + 2 - joined)) scanner.dropEmptyLast();
    if (joined > 1 && scanner.count === width + 1 - joined) scanner.splitLast(bytes, joined);
    if (last && (this.broken || scanner.count < width)) {
      this.cut();
      return { reason: 'TRUNCATED', what: `the file ends within this line: ${plural(scanner.count, 'field')} of ${width}` };
    }
    if (scanner.count === width) return null;
    const what = `${plural(scanner.count, 'field')} where the header names ${width}`;
    return { reason: scanner.count < width ? 'TOO_FEW_FIELDS' : 'TOO_MANY_FIELDS', what };
  }

  #useHeader(): void {
    const header = this.#header;
    this.#version = header.version;
    if (header.key === this.#key) return;
    this.#key = header.key;
    this.#noRows = null;
    this.#other = null;
    if (header.fields === null) this.#noRows = noHeader;
    else if (header.fields.length > MAX_COLUMNS || this.slots.columns > 2 * MAX_COLUMNS) {
      const what = `the header names ${plural(header.fields.length, 'field')}; up to ${MAX_COLUMNS} are read`;
      this.#noRows = { reason: 'TOO_MANY_COLUMNS', what };
    } else if (!this.#isOfThisLog(header.path, header.fields)) {
      this.#other = logName(header.path) === '' ? 'without a name' : logName(header.path);
      this.#noRows = { reason: 'OTHER_LOG', what: `the header before it is of Zeek's ${header.path} log` };
    } else {
      this.#rows.use(header);
      this.#scanner.reserve(header.fields.length + 2);
      if (this.slots.full) this.flush();
    }
  }

  #isOfThisLog(path: string, fields: readonly string[]): boolean {
    return kindOf(path, fields) === this.#kind || (path === '' && this.#kind !== 'connection');
  }
}

/** Before the name of a log whose lines were rejected, in the tallies. */
export const OTHER_LOG = 'other log: ';

const noHeader: Problem = { reason: 'NO_HEADER', what: 'no #fields line comes before it' };

/** Of other logs in the same file, what became of their lines. */
export function otherLogRemarks(tallies: ReadonlyMap<string, number>): string[] {
  return [...tallies].flatMap(([key, count]) => {
    if (!key.startsWith(OTHER_LOG)) return [];
    const log = key.slice(OTHER_LOG.length);
    const were = count === 1 ? 'was' : 'were';
    return [
      `${plural(count, 'line')} of Zeek's log ${log} ${were} rejected: a file is imported as one log. Put them into a file of their own and import that too.`,
    ];
  });
}

/** What was tallied while reading, for a person. Keys that are sentences come from the header. */
export function zeekRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const remarks = [...[...tallies.keys()].filter((key) => key.endsWith('.')), ...otherLogRemarks(tallies)];
  const headers = tallies.get('headers') ?? 0;
  const rounded = tallies.get('rounded') ?? 0;
  if (headers > 1) remarks.push(`The file holds ${headers} headers: several logs put together.`);
  if (rounded > 0) remarks.push(`Rounded to the nearest number that can be kept: ${plural(rounded, 'value')} above 2^53.`);
  return [...remarks, ...portRemarks(tallies), ...commonRemarks(tallies)];
}

/** Some logs begin with a TAB. */
function behindBlanks(bytes: Uint8Array, from: number, end: number): number {
  let letter = from;
  while (letter < end && (bytes[letter] === 9 || bytes[letter] === 32)) letter++;
  return bytes[letter] === 35 ? letter : from;
}
