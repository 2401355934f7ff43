import { monthNames } from '../shared/months.ts';
import { parseIsoTime } from './iso-time.ts';

const [BLANK, COLON, OPEN, CLOSE, LESS, GREATER, DASH, QUOTE, BACKSLASH] = [32, 58, 91, 93, 60, 62, 45, 34, 92];
const ONE = 49;

/** Names of months as RFC 3164 has them, in the order of the year. */
const months = monthNames.map((name) => Buffer.from(name));

/** As Zeek's syslog.log calls them, by their numbers (RFC 5424, 6.2.1). */
export const facilities =
  'KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP NTP AUDIT ALERT CLOCK LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7'.split(
    ' ',
  );
export const severities = 'EMERG ALERT CRIT ERR WARNING NOTICE INFO DEBUG'.split(' ');

/** A place in a line: bytes[start..end); empty where there is none. */
class Place {
  start = 0;
  end = 0;

  set(start: number, end: number): void {
    this.start = start;
    this.end = end;
  }
}

/**
 * Finds the parts of a syslog message: RFC 5424; RFC 3164 as it is written in practice, with or without priority and host; and the same with a time as
 * ISO 8601 has it, as rsyslog writes files.
 */
export class SyslogHeader {
  form: 'rfc5424' | 'rfc3164' = 'rfc3164';
  /** Facility times 8 and severity; -1: not said. */
  priority = -1;
  /** Microseconds since 1970 UTC; NaN where none is said, or the year is missing. */
  ts = NaN;
  /** 1 to 12 where the time has no year, with `day` and `ofDay`; 0: it has one, or there is none. */
  month = 0;
  day = 0;
  /** Microseconds since midnight of the day. */
  ofDay = 0;
  readonly host = new Place();
  readonly app = new Place();
  readonly pid = new Place();
  readonly messageId = new Place();
  /** Structured data as it stands there. */
  readonly data = new Place();
  readonly message = new Place();

  /** Reads bytes[start..end), a message without line end; false where it is none. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    for (const place of [this.host, this.app, this.pid, this.messageId, this.data]) place.set(start, start);
    this.ts = NaN;
    this.month = 0;
    const at = this.#priority(bytes, start, end);
    if (at < 0) return false;
    if (this.priority >= 0 && bytes[at] === ONE && bytes[at + 1] === BLANK) {
      this.form = 'rfc5424';
      return this.#rfc5424(bytes, at + 2, end);
    }
    this.form = 'rfc3164';
    return this.#rfc3164(bytes, at, end);
  }

  #priority(bytes: Uint8Array, start: number, end: number): number {
    this.priority = -1;
    if (bytes[start] !== LESS) return start;
    let value = 0;
    let at = start + 1;
    for (; at < end && isDigit(bytes[at]) && at < start + 4; at++) value = value * 10 + bytes[at] - 48;
    if (at === start + 1 || at >= end || bytes[at] !== GREATER || value > 191) return -1;
    this.priority = value;
    return at + 1;
  }

  #rfc5424(bytes: Uint8Array, start: number, end: number): boolean {
    let at = word(bytes, start, end);
    const nil = at === start + 1 && bytes[start] === DASH;
    this.ts = nil ? NaN : parseIsoTime(bytes, start, at);
    if ((Number.isNaN(this.ts) && !nil) || at >= end) return false;
    for (const place of [this.host, this.app, this.pid, this.messageId]) {
      const from = at + 1;
      at = word(bytes, from, end);
      if (at === from || at >= end) return false;
      if (at > from + 1 || bytes[from] !== DASH) place.set(from, at);
    }
    const data = at + 1;
    at = behindData(bytes, data, end);
    if (at < 0) return false;
    if (bytes[data] !== DASH) this.data.set(data, at);
    // a mark says that it is UTF-8
    const message = Math.min(at + 1, end);
    const mark = bytes[message] === 0xef && bytes[message + 1] === 0xbb && bytes[message + 2] === 0xbf ? 3 : 0;
    this.message.set(Math.min(message + mark, end), end);
    return true;
  }

  #rfc3164(bytes: Uint8Array, start: number, end: number): boolean {
    const behind = this.#time(bytes, start, end);
    if (behind < 0 || (behind < end && bytes[behind] !== BLANK)) return false;
    let at = Math.min(behind + 1, end);
    const host = word(bytes, at, end);
    // who logs to its own machine leaves the host out: its name comes first then
    if (!this.#tag(bytes, at, end) && host < end) {
      this.host.set(at, host);
      at = host + 1;
      if (!this.#tag(bytes, at, end)) this.message.set(at, end);
    }
    return true;
  }

  /** `app:`, `app[pid]:` or `app[pid]`, and the message behind it. Where there is none, all of it is the message. */
  #tag(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && bytes[at] > BLANK && bytes[at] !== COLON && bytes[at] !== OPEN) at++;
    const app = at;
    let pid = -1;
    if (bytes[at] === OPEN && at < end) {
      pid = at + 1;
      while (at < end && bytes[at] !== CLOSE && bytes[at] > BLANK) at++;
      if (at >= end || bytes[at] !== CLOSE) return this.#noTag(start, end);
      at++;
    }
    const colon = at < end && bytes[at] === COLON;
    // what rsyslog writes of a sender that speaks RFC 5424 has no colon behind the process
    const named = colon || (pid >= 0 && pid < at - 1);
    const behind = colon ? at + 1 : at;
    if (app === start || at >= end || !named || (behind < end && bytes[behind] !== BLANK)) return this.#noTag(start, end);
    this.app.set(start, app);
    if (pid >= 0) this.pid.set(pid, at - 1);
    this.message.set(Math.min(behind + 1, end), end);
    return true;
  }

  #noTag(start: number, end: number): boolean {
    this.message.set(start, end);
    return false;
  }

  /** `Mmm dd hh:mm:ss`, or a time as ISO 8601 has it; returns where it ends, -1 where it is none. */
  #time(bytes: Uint8Array, start: number, end: number): number {
    if (isDigit(bytes[start])) {
      const behind = word(bytes, start, end);
      this.ts = bytes[start + 10] === 84 ? parseIsoTime(bytes, start, behind) : NaN;
      return Number.isNaN(this.ts) ? -1 : behind;
    }
    if (
      end - start < 15 ||
      bytes[start + 3] !== BLANK ||
      bytes[start + 6] !== BLANK ||
      bytes[start + 9] !== COLON ||
      bytes[start + 12] !== COLON
    )
      return -1;
    const month = months.findIndex((name) => name[0] === bytes[start] && name[1] === bytes[start + 1] && name[2] === bytes[start + 2]);
    const day = (bytes[start + 4] === BLANK ? 0 : two(bytes, start + 4) - (two(bytes, start + 4) % 10)) + bytes[start + 5] - 48;
    const [hour, minute, second] = [two(bytes, start + 7), two(bytes, start + 10), two(bytes, start + 13)];
    if (month < 0 || !isDigit(bytes[start + 5]) || !(day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60)) return -1;
    this.month = month + 1;
    this.day = day;
    this.ofDay = ((hour * 60 + minute) * 60 + second) * 1e6;
    return start + 15;
  }
}

/** Where the word ends that begins here. */
function word(bytes: Uint8Array, start: number, end: number): number {
  const blank = bytes.indexOf(BLANK, start);
  return blank < 0 || blank > end ? end : blank;
}

/** Behind `-` or `[id name="value"]...`; -1 where it has no end. */
function behindData(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  if (bytes[start] === DASH) return start + 1 === end || bytes[start + 1] === BLANK ? start + 1 : -1;
  let at = start;
  while (at < end && bytes[at] === OPEN) {
    for (let quoted = false; at < end && (quoted || bytes[at] !== CLOSE); at++) {
      if (quoted && bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) quoted = !quoted;
    }
    if (at >= end) return -1;
    at++;
  }
  return at > start && (at === end || bytes[at] === BLANK) ? at : -1;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

function two(bytes: Uint8Array, at: number): number {
  return isDigit(bytes[at]) && isDigit(bytes[at + 1]) ? (bytes[at] - 48) * 10 + bytes[at + 1] - 48 : NaN;
}
