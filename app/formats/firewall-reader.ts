import { quoted, type ByteScratch } from './texts.ts';
import { fieldOf, type FirewallRecord } from './firewall-fields.ts';
import { FirewallLines } from './firewall-lines.ts';
import { OuterReader } from './outer-reader.ts';
import { protocolOf } from './protocols.ts';
import { YEARLESS } from './syslog.ts';
import { safeText } from './texts.ts';
import type { Zone } from './time-zone.ts';
import { REJECT_TEXT, type OpenedLog, type RecordSink } from './types.ts';

/** Tallied for lines about beginnings, and, with what they are, for those about no connection. */
export const BEGUN = 'firewall begun';
export const OTHER = 'firewall other ';

/** When the connection began, microseconds since 1970 UTC; NaN where that is not said. What is logged at its end is as much earlier as it lasted. */
export function timeOf(lines: FirewallLines, { fields, phase, began, logged }: FirewallRecord): number {
  const start = began === undefined ? NaN : lines.moment(began);
  if (!Number.isNaN(start)) {
    lines.yearless = false;
    return start;
  }
  const said = logged === undefined ? NaN : lines.moment(logged);
  if (!Number.isNaN(said) && !/^\d\d\/\d\d /.test(logged ?? '')) lines.yearless = false;
  const ts = Number.isNaN(said) ? lines.headed : said;
  const lasted = phase === 'ended' ? Number(fieldOf(fields, 'duration')) : 0;
  return lasted > 0 && lasted < LONGEST ? ts - Math.round(lasted * 1e6) : ts;
}

/** Seconds: no connection lasts a hundred years. */
const LONGEST = 3e9;

/** A name as JSON has it, with its colon, and in which record it was written last. */
interface Key {
  readonly text: string;
  record: number;
}

const keys = new Map<string, Key>();
const REMEMBERED = 5000;
let record = 0;

/** The name as the next member of the record at hand; '' where that has it already. */
function keyOf(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    if (keys.size > REMEMBERED) keys.clear();
    keys.set(name, (key = { text: `,${JSON.stringify(name)}:`, record: 0 }));
  }
  if (key.record === record) return '';
  key.record = record;
  return key.text;
}

/** Appends a record as an object of JSON: texts keep their bytes. */
export function putRecord(out: ByteScratch, { fields }: FirewallRecord, ts: number, host: string): void {
  record++;
  let text = `{"ts":${ts}`;
  for (const [name, value] of fields) {
    const key = name === 'ts' ? '' : keyOf(name);
    if (key !== '') text += key + valueOf(name, value);
  }
  const key = host === '' ? '' : keyOf('log_host');
  if (key !== '') text += key + inQuotes(host);
  text += '}';
  out.reserve(text.length);
  const { bytes, length } = out;
  out.length += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).write(text, length, 'latin1');
}

function valueOf(name: string, value: string): string {
  if (name === 'proto') return inQuotes(protocolOf(value)?.name ?? value);
  if (name === 'duration') {
    const seconds = Number(value);
    if (seconds >= 0 && seconds < LONGEST) return String(Math.round(seconds * 1e6));
  }
  return isWhole(value) ? value : inQuotes(value);
}

/** A whole number that JSON may have as it stands, of at most fifteen digits. */
function isWhole(value: string): boolean {
  const { length } = value;
  if (length === 0 || length > 15 || (length > 1 && value.charCodeAt(0) === 48)) return false;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A text of JSON, one character a byte. */
function inQuotes(value: string): string {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 32 || code === 34 || code === 92) return JSON.stringify(value);
  }
  return `"${value}"`;
}

/** Reads lines of firewalls: each that is about a connection becomes an object of JSON, and these are read as a table. */
export class FirewallReader extends OuterReader {
  readonly #lines: FirewallLines;
  /** Beginnings are left out, because ends are logged. */
  readonly #ends: boolean;

  constructor(
    sink: RecordSink,
    log: OpenedLog,
    { year, zone, ends }: { readonly year: number; readonly zone: Zone; readonly ends: boolean },
  ) {
    const current = { bytes: new Uint8Array(0), start: 0, end: 0 };
    super(sink, log, () => safeText(current.bytes, current.start, current.end, REJECT_TEXT));
    this.#current = current;
    this.#lines = new FirewallLines(year, zone, (key) => this.tally(key));
    this.#ends = ends;
  }

  /** The line at hand, as it is kept where it is refused. */
  readonly #current: { bytes: Uint8Array; start: number; end: number };

  protected saved(): string {
    return this.#lines.save();
  }

  protected restore(saved: string): void {
    this.#lines.restore(saved);
  }

  protected line(bytes: Uint8Array, start: number, end: number, offset: number, last: boolean): void {
    const lines = this.#lines;
    const place = { line: this.own.lines, offset };
    const { doubts } = lines.zone;
    doubts?.clear();
    const found = last && this.broken ? null : lines.read(bytes, start, end);
    if (found?.as !== 'connection' && last) {
      this.own.cut = true;
      this.reject({ reason: 'TRUNCATED', what: 'the file ends within this line' }, place, bytes, start, end);
    } else if (found === null) {
      this.reject({ reason: 'NO_SESSION', what: 'it is no message of a firewall about a connection' }, place, bytes, start, end);
    } else if (found.as === 'other') this.#comment(OTHER + found.what);
    else if (found.phase === 'begun' && this.#ends) this.#comment(BEGUN);
    else {
      const ts = timeOf(lines, found);
      if (Number.isNaN(ts)) {
        const said = Buffer.from(found.began ?? found.logged ?? '', 'latin1');
        const what = said.length === 0 ? 'it names no time' : `its time is ${quoted(said, 0, said.length)}`;
        this.reject({ reason: said.length === 0 ? 'NO_TIME' : 'BAD_TIME', what }, place, bytes, start, end);
        return;
      }
      if (lines.yearless) this.tally(YEARLESS);
      doubts?.count((key) => this.tally(key));
      Object.assign(this.#current, { bytes, start, end });
      putRecord(this.text, found, ts, lines.host);
      this.give(place, false);
      this.hand();
    }
  }

  #comment(key: string): void {
    this.own.comments++;
    this.tally(key);
  }
}
