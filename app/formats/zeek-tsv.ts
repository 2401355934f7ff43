import type { RecordKind } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { MAX_COLUMNS } from './column-slots.ts';
import { FieldScanner, beforeReturn } from './field-scanner.ts';
import { COMMENT, type BlockOfRows, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import type { FormatOptions, LogFormat, OpenedLog, RecordSink } from './types.ts';
import { headerOf, readZeekHead, type FoundHeader } from './zeek-head.ts';
import { ZeekHeader } from './zeek-header.ts';
import { canBeConnections, isConnection, isConnectionName, kindOf, logName, titleOf } from './zeek-kinds.ts';
import { LEFT_LOG, OTHER_LOG, otherLogRemarks } from './zeek-other-logs.ts';
import { valueRemarks } from './zeek-problems.ts';
import { ZeekRows } from './zeek-rows.ts';
import { lostHeader } from './zeek-without-header.ts';

/**
 * Zeek's logs as its ASCII writer writes them (https://docs.zeek.org/en/master/log-formats.html#zeek-tsv-format-logs): header lines with `#`,
 * which name separator, path, fields and types, then a record a line; any columns in any order, any separator, UTF-8 or any bytes, `\xHH` for
 * bytes that would not show or would separate. Times and intervals are decimal seconds.
 *
 * The first header decides what the file is, unless a person names another log (option zeekLog). Later ones (logs put together, columns that change) may name other
 * columns of the same log; lines under the header of another log are rejected as OTHER_LOG, or left out where a person named the log, and a remark says how
 * many of which.
 */
function openZeek(kind: RecordKind, path: string, opening: Opening): OpenedLog {
  return { kind, title: titleOf(path, kind), read: (sink) => new ZeekReader(sink, kind, opening), remarks: zeekRemarks };
}

/**
 * Who names a log and gets another would not notice. A file may hold several, each under its header; one whose header names none is what it is called, unless it is
 * of connections.
 * @throws FlowcaseError FORMAT_UNKNOWN where the first header is such a one
 */
function mustBeNamed(head: Uint8Array, options: FormatOptions): FormatOptions {
  const { zeekLog } = options;
  const header = readZeekHead(head);
  if (zeekLog === undefined || header === null || header.path !== '' || logName(zeekLog) === 'conn') return options;
  if (!isConnection(header.path, header.fields ?? [])) return options;
  const message = `It has no lines of Zeek's log ${zeekLog}, so nothing of it was kept. It is conn.log, as the columns say that its header names. Name that one (--zeek-log), or none.`;
  throw new FlowcaseError('FORMAT_UNKNOWN', message, { name: zeekLog, there: ['conn'] });
}

/** How a log is opened. */
interface Opening {
  /** Its first header. */
  readonly found: FoundHeader | null;
  /** A person named one log of the file. */
  readonly named: boolean;
}

function openingOf(head: Uint8Array, { zeekLog }: FormatOptions): Opening {
  return { found: headerOf(head), named: zeekLog !== undefined };
}

/** The log that a person named, where it is not the one that the first header names; null: it is. */
function namedBehind(opening: Opening, { zeekLog }: FormatOptions): OpenedLog | null {
  const path = opening.found?.header.path ?? '';
  if (zeekLog === undefined || path === '' || logName(path) === logName(zeekLog)) return null;
  return openZeek(isConnectionName(zeekLog) ? 'connection' : kindOf(zeekLog, []), zeekLog, opening);
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
    const { header = null, from } = headerOf(head) ?? {};
    if (header?.fields === null || header === null) return { confidence: 0, why: 'it has no #fields line' };
    if (from === 'lost' && header.path === 'conn')
      return { confidence: 0.85, why: `it has no header, but ${columnsOf(header)} as in Zeek's conn.log` };
    if (isConnection(header.path, header.fields)) return { confidence: 1, why: 'its #fields line names the columns of connections' };
    return { confidence: 0, why: `it is Zeek's ${header.path === '' ? 'log of another kind' : `${header.path} log`}` };
  },
  settle: mustBeNamed,
  open(head, options) {
    const opening = openingOf(head, options);
    return namedBehind(opening, options) ?? openZeek('connection', opening.found?.header.path ?? '', opening);
  },
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
    const { header = null, from } = headerOf(head) ?? {};
    if (header?.fields === null || header === null) return { confidence: 0, why: 'it has no #fields line' };
    if (from === 'lost')
      return {
        confidence: header.path === 'conn' ? 0.8 : 0.85,
        why: `it has no header, but ${columnsOf(header)} as in Zeek's ${header.path}.log`,
      };
    const why = header.path === '' ? 'it has a #fields line' : `its #path line says ${header.path}`;
    return { confidence: isConnection(header.path, header.fields) ? 0.9 : 1, why };
  },
  settle: mustBeNamed,
  open(head, options) {
    const opening = openingOf(head, options);
    const { path: said = '', fields } = opening.found?.header ?? {};
    const path = said === '' ? (options.zeekLog ?? '') : said;
    return namedBehind(opening, options) ?? openZeek(kindOf(path, fields ?? []), path, opening);
  },
};

const columnsOf = ({ fields, rest }: ZeekHeader): string => (rest ? 'columns' : plural(fields?.length ?? 0, 'column'));

class ZeekReader extends LineReader {
  readonly #header = new ZeekHeader((key) => this.tally(key));
  readonly #rows: ZeekRows;
  readonly #scanner = new FieldScanner();
  readonly #count = (key: string, count: number): void => this.tally(key, count);
  #version = 0;
  #key = '';
  /** What is wrong with every row under the present header; null: nothing. */
  #noRows: Problem | null = noHeader;

  readonly #kind: RecordKind;
  /** The header that the rows before it have too, as `save` gives it; null: no rows come before it. */
  readonly #behind: string | null;
  /** A person named the log: lines of others are left out, not rejected. */
  readonly #named: boolean;
  /** The log's name is nowhere said, and a person said that it is of connections: so it is whatever its columns are. */
  readonly #asked: boolean;
  /** The log whose lines are rejected under the present header. */
  #other: string | null = null;

  constructor(sink: RecordSink, kind: RecordKind, { found, named }: Opening) {
    super(sink);
    this.#kind = kind;
    this.#named = named;
    this.#behind = found?.from === 'behind' ? found.header.save() : null;
    const { path = null, fields = null } = found?.header ?? {};
    this.#asked = kind === 'connection' && path === '' && kindOf(path, fields ?? []) !== kind;
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
    if (header.fields === null) this.#withoutHeader(bytes, start, end);
    if (this.#version !== header.version) this.#useHeader();
    if (this.#noRows !== null) return this.#none();
    const scanner = this.#scanner;
    scanner.scan(bytes, start, end, header.separator);
    if (scanner.count === 1 && scanner.starts[0] === scanner.ends[0]) return COMMENT;
    const problem = this.#fit(bytes, start, end, last) ?? this.#rows.row(bytes, scanner.starts, scanner.ends, scanner.odd);
    if (problem === null) this.#rows.eachTally(this.#count);
    this.#rows.forgetTallies();
    if (problem !== null) return problem;
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  /** The header that comes next tells the columns, or else the first row. */
  #withoutHeader(bytes: Uint8Array, start: number, end: number): void {
    if (this.#behind !== null) {
      this.#header.restore(this.#behind);
      this.#header.remark('The log has rows before its first header; they were read with the columns that it names.');
      return;
    }
    const lost = lostHeader(bytes, start, end);
    if (lost !== null) this.#header.assume(lost);
  }

  #none(): Problem | typeof COMMENT | null {
    if (this.#other === null) return this.#noRows;
    this.tally(`${this.#named ? LEFT_LOG : OTHER_LOG}${this.#other}`);
    return this.#named ? COMMENT : this.#noRows;
  }

  /** Makes the fields found as many as the header names, where that can be done. */
  #fit(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | null {
    const scanner = this.#scanner;
    const { width, joined } = this.#rows;
    if (scanner.count === width + 1 || (joined > 1 && scanner.count === width + 2 - joined)) scanner.dropEmptyLast();
    if (joined > 1 && scanner.count === width + 1 - joined) scanner.splitLast(bytes, joined);
    if (this.#header.rest) scanner.joinRest(width, beforeReturn(bytes, start, end));
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
      const log = header.path === '' ? 'a log without a name' : `Zeek's ${header.path} log`;
      this.#noRows = { reason: 'OTHER_LOG', what: `the header before it is of ${log}` };
    } else {
      this.#rows.use(header);
      this.#scanner.reserve(header.fields.length + 2);
      if (this.slots.full) this.flush();
    }
  }

  #isOfThisLog(path: string, fields: readonly string[]): boolean {
    if (path !== '') return kindOf(path, fields) === this.#kind;
    return this.#kind !== 'connection' || isConnection(path, fields) || (this.#asked && canBeConnections(fields));
  }
}

const noHeader: Problem = { reason: 'NO_HEADER', what: 'no #fields line comes before it' };

/** What was tallied while reading, for a person. Keys that are sentences come from the header. */
export function zeekRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const remarks = [...[...tallies.keys()].filter((key) => key.endsWith('.')), ...otherLogRemarks(tallies)];
  const headers = tallies.get('headers') ?? 0;
  const rounded = tallies.get('rounded') ?? 0;
  if (headers > 1) remarks.push(`The file holds ${headers} headers: several logs put together.`);
  if (rounded > 0) remarks.push(`Rounded to the nearest number that can be kept: ${plural(rounded, 'value')} above 2^53.`);
  return [...remarks, ...valueRemarks(tallies), ...commonRemarks(tallies)];
}

/** Some logs begin with a TAB. */
function behindBlanks(bytes: Uint8Array, from: number, end: number): number {
  let letter = from;
  while (letter < end && (bytes[letter] === 9 || bytes[letter] === 32)) letter++;
  return bytes[letter] === 35 ? letter : from;
}
