import type { FormatOptions } from '../contract/formats.ts';
import { Cells, type CellPlan } from './cells.ts';
import { SyslogClock } from './syslog-clock.ts';
import { specOf } from './fields.ts';
import { field } from './field-description.ts';
import { beforeReturn } from './field-scanner.ts';
import type { Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import { newlineOf } from './lines.ts';
import { facilities, severities, SyslogHeader } from './syslog-header.ts';
import { quoted } from './texts.ts';
import { timeZone, type Zone } from './time-zone.ts';
import type { Detection, LogFormat, OpenedLog, RecordSink } from './types.ts';

const columns = [
  field('ts', 'time', 'number', true, 'Time of the message, as its sender says'),
  field('host', 'string', 'term', true, 'Machine that the message is from, as it calls itself'),
  field('app', 'string', 'term', true, 'Program that logged it'),
  field('pid', 'string', 'term', false, 'Number of the process that logged it'),
  field('facility', 'string', 'term', true, 'Facility: what part of the system it is about'),
  field('severity', 'string', 'term', true, 'Severity, from EMERG to DEBUG'),
  field('message', 'string', 'text', true, 'What was logged'),
  field('message_id', 'string', 'term', false, 'Kind of message (MSGID of RFC 5424)'),
  field('data', 'string', 'text', false, 'Structured data of RFC 5424, as it was sent'),
];
const plans: readonly CellPlan[] = columns.map((one) => ({ column: one.name, type: one.type, spec: specOf(one) }));
const [TS, HOST, APP, PID, FACILITY, SEVERITY, MESSAGE, MESSAGE_ID, DATA] = plans.keys();

/** Names as bytes, by their numbers. */
const facilityNames = facilities.map((name) => Buffer.from(name));
const severityNames = severities.map((name) => Buffer.from(name));

/** So many lines tell. */
const LOOKED_AT = 50;

/**
 * Syslog messages, a line each: RFC 5424, RFC 3164 and what syslog daemons write to files (`/var/log/syslog`), with or without priority. Times of RFC 3164
 * have no year: that of the first line is an option, else told from when the file was last changed, or from today; it goes on into the next year from
 * December to January. They are those of the options' zone.
 */
export const syslog: LogFormat = {
  id: 'syslog',
  title: 'syslog',
  example: [
    "<34>1 2024-04-19T22:14:15.003Z web1.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8",
    '<165>1 2024-04-19T22:14:16.000003-07:00 192.0.2.1 nginx 8710 - [ex@32473 iut="3" eventSource="A\\"pp"][b@1 c="]"] GET / 200',
    '<13>1 2024-04-19T22:14:17Z - - - - -',
    '',
  ].join('\n'),
  detect,
  settle: settleYear,
  open,
};

function detect(head: Uint8Array): Detection {
  const header = new SyslogHeader();
  let [lines, found, named, marked] = [0, 0, 0, 0];
  for (const [start, end] of linesOf(head)) {
    lines++;
    if (!header.read(head, start, end)) continue;
    found++;
    if (header.priority >= 0) marked++;
    if (header.app.end > header.app.start) named++;
  }
  const no = { confidence: 0, why: 'its lines do not begin as syslog messages do' };
  // requests are more than messages: a person is told how to have them read (other-logs.ts)
  if (/^[^\n]{0,200} haproxy\[\d+\]: /.test(Buffer.from(head.subarray(0, 512)).toString('latin1'))) return no;
  if (found === 0 || found * 10 < lines * 9) return no;
  if (marked === found) return { confidence: 0.95, why: 'its lines begin with priority and time, as syslog messages do' };
  return named * 2 < found ? no : { confidence: 0.9, why: 'its lines begin with time, host and program, as syslog messages do' };
}

function open(head: Uint8Array, options: FormatOptions): OpenedLog {
  const { year, guessed } = yearOfTimes(head, options);
  return {
    kind: 'syslog',
    title: 'syslog',
    read: (sink) => new SyslogReader(sink, year, timeZone(options.timeZone)),
    remarks: (tallies) => {
      return [...(tallies.has(YEARLESS) ? [yearRemark(year, guessed)] : []), ...commonRemarks(tallies)];
    },
  };
}

/** Which year was taken for times that name none. */
export const yearRemark = (year: number, guessed: boolean): string =>
  `Its times name no year: the first was taken to be of ${year}${guessed ? ', by the clock of this machine' : ''}.`;

/** Tallied for each time that names no year. */
export const YEARLESS = 'no year';

class SyslogReader extends LineReader {
  readonly #header = new SyslogHeader();
  readonly #cells: Cells;
  readonly #clock: SyslogClock;
  readonly #toUtc: Zone;
  #seen = false;

  constructor(sink: RecordSink, year: number, toUtc: Zone) {
    super(sink);
    this.#clock = new SyslogClock(year, toUtc);
    this.#toUtc = toUtc;
    this.#cells = new Cells(sink, this.slots);
    this.#cells.use(plans);
  }

  protected override get recognised(): boolean {
    return this.#seen;
  }

  protected override saved(): string {
    return JSON.stringify([...this.#clock.save(), this.#seen]);
  }

  protected override restore(saved: string): void {
    const [year, month, seen] = JSON.parse(saved) as [number, number, boolean];
    this.#clock.restore([year, month]);
    this.#seen = seen;
    this.bind();
  }

  protected override bind(): void {
    this.#cells.bind();
  }

  protected override take(bytes: Uint8Array, start: number, lineEnd: number, last: boolean): Problem | null {
    const end = beforeReturn(bytes, start, lineEnd);
    const header = this.#header;
    if (last && this.broken) {
      this.cut();
      return { reason: 'TRUNCATED', what: 'the file ends within this line' };
    }
    if (!header.read(bytes, start, end)) {
      return {
        reason: 'NO_SYSLOG',
        what: `it does not begin as a syslog message does: ${quoted(bytes, start, Math.min(end, start + 40))}`,
      };
    }
    this.#toUtc.doubts?.clear();
    const ts = header.month === 0 ? header.ts : this.#clock.yearless(header);
    if (header.month !== 0) this.tally(YEARLESS);
    if (header.month !== 0 && Number.isNaN(ts)) return { reason: 'BAD_TIME', what: 'there is no such day in that year' };
    this.#fill(bytes, ts);
    this.#toUtc.doubts?.count((key) => this.tally(key));
    this.#seen = true;
    this.commit(start, ts, false);
    return null;
  }

  #fill(bytes: Uint8Array, ts: number): void {
    const { host, app, pid, messageId, data, message, priority } = this.#header;
    const cells = this.#cells;
    cells.number(TS, ts);
    for (const [place, text] of [
      [HOST, host],
      [APP, app],
      [PID, pid],
      [MESSAGE, message],
      [MESSAGE_ID, messageId],
      [DATA, data],
    ] as const) {
      if (text.end > text.start) cells.text(place, bytes, text.start, text.end);
    }
    if (priority < 0) return;
    const facility = facilityNames[priority >> 3];
    const severity = severityNames[priority & 7];
    cells.plain(FACILITY, facility, 0, facility.length);
    cells.plain(SEVERITY, severity, 0, severity.length);
  }
}

/** The first lines: where each begins and ends. */
function* linesOf(head: Uint8Array): Generator<readonly [start: number, end: number]> {
  const newline = newlineOf(head, true);
  const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  for (let start = mark, lines = 0; start < head.length && lines < LOOKED_AT;) {
    const found = newline === 0 ? -1 : head.indexOf(newline, start);
    // the last line of a head may be cut
    if (found < 0 && lines > 0) return;
    const end = found < 0 ? head.length : found;
    const stop = beforeReturn(head, start, end);
    if (stop > start) {
      lines++;
      yield [start, stop];
    }
    start = end + 1;
  }
}

/** Month and day of the first line whose time has no year. */
function firstYearless(head: Uint8Array): { readonly month: number; readonly day: number } | null {
  const header = new SyslogHeader();
  for (const [start, end] of linesOf(head)) {
    if (header.read(head, start, end) && header.month !== 0) return { month: header.month, day: header.day };
  }
  return null;
}

/** Options with the year of times that have none, where nobody said it: it is told once, and the same wherever the log is read on. */
export function settleYear(head: Uint8Array, options: FormatOptions, _name: string, modified?: number | null): FormatOptions {
  return options.year === undefined && firstYearless(head) !== null ? { ...options, year: yearOf(head, modified) } : options;
}

/** The year of times that have none, and whether nobody said it. */
export function yearOfTimes(head: Uint8Array, { year }: FormatOptions): { readonly year: number; readonly guessed: boolean } {
  return { year: year ?? yearOf(head, null), guessed: year === undefined && firstYearless(head) !== null };
}

/** The year of the first line: the latest in which it is not after `modified` (microseconds), or after tomorrow. */
function yearOf(head: Uint8Array, modified: number | null | undefined): number {
  const latest = new Date(modified == null ? Date.now() + 86_400_000 : modified / 1000 + 86_400_000);
  const first = firstYearless(head);
  if (first === null) return latest.getUTCFullYear();
  const later = first.month - 1 - latest.getUTCMonth() || first.day - latest.getUTCDate();
  return latest.getUTCFullYear() - (later > 0 ? 1 : 0);
}
