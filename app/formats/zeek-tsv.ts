import { plural } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { ColumnSlots, MAX_COLUMNS } from './column-slots.ts';
import { FieldScanner, beforeReturn } from './field-scanner.ts';
import { LineSplitter, type LineConsumer } from './lines.ts';
import { safeText } from './texts.ts';
import { LINE_LIMIT, REJECT_TEXT, type Detection, type LogFormat, type LogReader, type ReaderFigures, type RecordSink } from './types.ts';
import { readZeekHead } from './zeek-head.ts';
import { ZeekHeader } from './zeek-header.ts';
import { isConnection } from './zeek-layout.ts';
import { ZeekRows, type Problem } from './zeek-rows.ts';

/** Zeek's connection log as its ASCII writer writes it: any columns in any order, any separator. */
export const zeekConn: LogFormat = {
  id: 'zeek-conn',
  title: 'Zeek conn.log',
  kind: 'connection',
  example: [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    '#open\t2024-04-19-20-00-00',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring',
    '1713556800.000000\tCxyz1\t10.0.0.1\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t1000\t2000\tSF',
    '1713556801.250000\tCxyz2\t2001:db8::1\t40001\t192.0.2.10\t53\tudp\tdns\t-\t-\t-\tS0',
    '#close\t2024-04-19-21-00-00',
    '',
  ].join('\n'),
  detect(head: Uint8Array): Detection {
    const header = readZeekHead(head);
    if (header?.fields === null || header === null) return { confidence: 0, why: 'it has no #fields line' };
    if (isConnection(header.path, header.fields)) return { confidence: 1, why: 'its #fields line names the columns of connections' };
    return { confidence: 0, why: `it is Zeek's ${header.path === '' ? 'log of another kind' : `${header.path} log`}` };
  },
  read: (sink) => new ZeekReader(sink),
};

class ZeekReader implements LogReader, LineConsumer {
  readonly #sink: RecordSink;
  readonly #splitter = new LineSplitter(this);
  readonly #header = new ZeekHeader();
  readonly #slots: ColumnSlots;
  readonly #rows: ZeekRows;
  readonly #scanner = new FieldScanner();
  #version = -1;
  #key = '';
  /** What is wrong with every row under the present header; null: nothing. */
  #noRows: Problem | null = null;
  #appended = 0;
  #rejected = 0;
  #comments = 0;
  #lines = 0;
  /** The stream broke off: what its last line says is not known. */
  #broken = false;
  #cut = false;

  constructor(sink: RecordSink) {
    this.#sink = sink;
    this.#slots = new ColumnSlots(sink);
    this.#rows = new ZeekRows(sink, this.#slots);
  }

  get figures(): ReaderFigures {
    const rows = this.#appended + this.#slots.rows;
    return {
      rows,
      rejected: this.#rejected,
      comments: this.#comments,
      lines: this.#lines,
      first: rows === 0 ? null : this.#rows.first,
      last: rows === 0 ? null : this.#rows.last,
      recognised: this.#header.fields !== null,
      cut: this.#cut,
      remarks: this.#remarks(),
    };
  }

  feed(block: Uint8Array): void {
    this.#splitter.feed(block);
  }

  end(cut: boolean): void {
    this.#broken = cut;
    this.#splitter.end();
    this.#flush();
    this.#slots.finish();
  }

  lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void {
    const prefix = this.#header.prefix;
    let at = from;
    while (at < to) {
      const row = this.#lines > 0 && bytes[at] !== prefix[0] && this.#version === this.#header.version && this.#noRows === null;
      let end = row ? this.#rows.plain(bytes, at, newline, this.#lines + 1, offset) : -1;
      if (end >= 0) {
        this.#lines++;
        if (this.#slots.full) this.#flush();
      } else {
        end = bytes.indexOf(newline, at);
        this.#line(bytes, at, end, offset, false);
      }
      at = end + 1;
    }
  }

  longLine(head: Uint8Array, offset: number): void {
    this.#lines++;
    this.#tooLong(head, 0, head.length, offset);
  }

  lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#line(bytes, from, to, offset, true);
  }

  /** Any line, by the slow way. `last`: it has no end. */
  #line(bytes: Uint8Array, from: number, end: number, offset: number, last: boolean): void {
    const header = this.#header;
    let start = from;
    if (this.#lines === 0) {
      start = firstLineStart(bytes, from, end);
      header.choosePrefix(bytes, start, end);
    }
    this.#lines++;
    if (end - from > LINE_LIMIT + 1) {
      this.#tooLong(bytes, from, end, offset + from);
      return;
    }
    if (header.isHeaderLine(bytes, start, end)) {
      this.#comments++;
      header.line(bytes, start, beforeReturn(bytes, start, end));
      return;
    }
    if (beforeReturn(bytes, start, end) === start) {
      this.#comments++;
      return;
    }
    if (this.#version !== header.version) this.#useHeader();
    if (this.#noRows !== null) this.#reject(this.#noRows, bytes, start, end, offset);
    else {
      this.#scanner.scan(bytes, start, end, header.separator);
      this.#scanned(bytes, start, end, offset, last);
    }
  }

  /** A line whose fields the scanner has found. */
  #scanned(bytes: Uint8Array, start: number, end: number, offset: number, last: boolean): void {
    const scanner = this.#scanner;
    if (scanner.count === 1 && scanner.starts[0] === scanner.ends[0]) {
      this.#comments++;
      return;
    }
    if (end - start > LINE_LIMIT + 1) {
      this.#tooLong(bytes, start, end, offset + start);
      return;
    }
    const problem = this.#fit(bytes, last) ?? this.#rows.row(bytes, scanner.starts, scanner.ends, scanner.odd, this.#lines, offset + start);
    if (problem !== null) this.#reject(problem, bytes, start, end, offset);
    else if (this.#slots.full) this.#flush();
  }

  /** Makes the fields found as many as the header names, where that can be done. */
  #fit(bytes: Uint8Array, last: boolean): Problem | null {
    const scanner = this.#scanner;
    const { width, joined } = this.#rows;
    if (scanner.count === width + 1 || (joined > 1 && scanner.count === width + 2 - joined)) scanner.dropEmptyLast();
    if (joined > 1 && scanner.count === width + 1 - joined) scanner.splitLast(bytes, joined);
    if (last && (this.#broken || scanner.count < width)) {
      this.#cut = true;
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
    if (header.fields === null) this.#noRows = { reason: 'NO_HEADER', what: 'no #fields line comes before it' };
    else if (header.fields.length > MAX_COLUMNS || this.#slots.columns > 2 * MAX_COLUMNS) {
      const what = `the header names ${plural(header.fields.length, 'field')}; up to ${MAX_COLUMNS} are read`;
      this.#noRows = { reason: 'TOO_MANY_COLUMNS', what };
    } else if (!isConnection(header.path, header.fields)) {
      this.#noRows = { reason: 'NOT_A_CONNECTION', what: `the header before it is of Zeek's ${header.path} log` };
    } else {
      this.#rows.use(header);
      this.#scanner.reserve(header.fields.length + 2);
      if (this.#slots.full) this.#flush();
    }
  }

  #flush(): void {
    const rows = this.#slots.rows;
    // counted before the sink sees them: should it throw, nothing of this import counts anyway
    this.#appended += rows;
    if (this.#slots.flush()) this.#rows.bind();
  }

  #tooLong(bytes: Uint8Array, start: number, end: number, offset: number): void {
    if (this.#header.fields === null) throw tooLongHeader(this.#lines);
    const what = `longer than ${LINE_LIMIT / 2 ** 20} MiB`;
    this.#rejected++;
    this.#sink.reject({ line: this.#lines, offset, reason: 'LINE_TOO_LONG', what, text: safeText(bytes, start, end, REJECT_TEXT) });
  }

  #reject(problem: Problem, bytes: Uint8Array, start: number, end: number, offset: number): void {
    this.#rejected++;
    const text = safeText(bytes, start, beforeReturn(bytes, start, end), REJECT_TEXT);
    this.#sink.reject({ line: this.#lines, offset: offset + start, ...problem, text });
  }

  #remarks(): readonly string[] {
    const remarks = [...this.#header.remarks];
    if (this.#header.headers > 1) remarks.push(`The file holds ${this.#header.headers} headers: several logs put together.`);
    if (this.#rows.rounded > 0) {
      remarks.push(`Rounded to the nearest number that can be kept: ${plural(this.#rows.rounded, 'value')} above 2^53.`);
    }
    if (this.#cut) remarks.push('The last line is cut: the file ends within it.');
    return remarks;
  }
}

/** Behind a UTF-8 mark and blanks: some logs begin with a TAB. */
function firstLineStart(bytes: Uint8Array, from: number, end: number): number {
  let start = from;
  if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  let letter = start;
  while (letter < end && (bytes[letter] === 9 || bytes[letter] === 32)) letter++;
  return bytes[letter] === 35 ? letter : start;
}

function tooLongHeader(line: number): FlowcaseError {
  const message = `line ${line} is longer than ${LINE_LIMIT / 2 ** 20} MiB, and no header of a log comes before it. This is no log of lines; look at the file in a viewer.`;
  return new FlowcaseError('LINE_TOO_LONG', message);
}
