import { monthNames } from '../shared/months.ts';
import { asaLine, asaPattern, AsaConnections } from './firewall-asa.ts';
import type { FirewallLine } from './firewall-fields.ts';
import { cefLine, keyValueLine, leefLine } from './firewall-keys.ts';
import { filterlogLine, panosHeader, panosLine, panosPattern, windowsLine, windowsPattern } from './firewall-places.ts';
import { proseLine, proseSigns } from './firewall-prose.ts';
import { merakiLine } from './firewall-vendors.ts';
import { parseIsoTime } from './iso-time.ts';
import { SyslogClock } from './syslog-clock.ts';
import { SyslogHeader } from './syslog-header.ts';
import { timeReader, type TimeReader } from './table-times.ts';
import type { Zone } from './time-zone.ts';

/** What is looked at of a line that may name a dialect: nobody's header is longer. */
const FRONT = 512;

interface Saved {
  readonly clock: ReturnType<SyslogClock['save']>;
  readonly connections: ReturnType<AsaConnections['save']>;
}

/** What the lines of a log say, one after the other: some say what later ones do not. */
export class FirewallLines {
  /** The line at hand had a time without a year. */
  yearless = false;
  /** Time in the syslog header of the line at hand, microseconds since 1970; NaN: it has none. */
  headed = NaN;
  /** The machine that sent it, as its header calls it. */
  host = '';
  /** The program that logged it, and what stands behind all parts of its header. */
  #program = '';
  #body = '';
  /** What a device of Meraki's calls its message. */
  #meraki = '';
  readonly #header = new SyslogHeader();
  readonly #clock: SyslogClock;
  readonly #iso: TimeReader;
  readonly #zone: Zone;
  readonly #connections = new AsaConnections();
  readonly #tally: (key: string) => void;

  constructor(year: number, zone: Zone, tally: (key: string) => void) {
    this.#clock = new SyslogClock(year, zone);
    this.#iso = timeReader('iso', zone);
    this.#zone = zone;
    this.#tally = tally;
  }

  save(): string {
    return JSON.stringify({ clock: this.#clock.save(), connections: this.#connections.save() } satisfies Saved);
  }

  restore(saved: string): void {
    const { clock, connections } = JSON.parse(saved) as Saved;
    this.#clock.restore(clock);
    this.#connections.restore(connections);
  }

  /** What bytes[start..end) says; null where it is no line of a firewall's. */
  read(bytes: Uint8Array, start: number, end: number): FirewallLine | null {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    const message = this.#head(bytes, start, end, text);
    const front = text.slice(0, FRONT);
    const cef = front.includes('CEF:') ? front.search(/CEF: ?\d/) : -1;
    if (cef >= 0) return cefLine(text.slice(cef));
    const leef = front.includes('LEEF:') ? front.search(/LEEF:\d/) : -1;
    if (leef >= 0) return leefLine(text.slice(leef));
    const asa = front.includes('%') ? asaPattern.exec(front) : null;
    if (asa !== null) {
      const [all, number = ''] = asa;
      const about = text.slice(asa.index + all.length);
      return asaLine({ message: about, number, host: this.host, connections: this.#connections, tally: this.#tally });
    }
    const windows = windowsPattern.exec(front)?.[1];
    if (windows !== undefined) return windowsLine(text, windows);
    if (isJournal.test(front)) return { as: 'other', what: 'of the journal itself' };
    if (isHeading.test(front) || panosHeader.test(front)) return { as: 'other', what: 'that name columns' };
    const panos = front.includes(',') ? panosPattern.exec(front) : null;
    if (panos !== null) return panosLine(text, panos.index);
    if (this.#program === 'filterlog') return filterlogLine(this.#body);
    if (this.#meraki !== '') return merakiLine(this.#meraki, message);
    const prose = proseSigns.some((sign) => front.includes(sign)) ? proseLine(text, message) : null;
    return prose ?? keyValueLine(message);
  }

  /** When the connection was logged or began, by what the line says of it; NaN where that is no time. */
  moment(written: string): number {
    if (/^\d{9,19}$/.test(written)) return sinceEpoch(written);
    const [, month2, day2, hours, minutes, seconds] = /^(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d\.\d+)$/.exec(written) ?? [];
    if (seconds !== undefined) {
      this.yearless = true;
      const ofDay = (Number(hours) * 60 + Number(minutes)) * 60e6 + Math.round(Number(seconds) * 1e6);
      return this.#clock.yearless({ month: Number(month2), day: Number(day2), ofDay });
    }
    const named = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: (Z|UTC|GMT|[+-]\d\d:?\d\d))?/.exec(written);
    const month = named === null ? -1 : monthNames.indexOf(named[1] ?? '');
    if (named !== null && month < 0) return NaN;
    const [, , day = '', year = '', time = '', zone = ''] = named ?? [];
    const two = (number: number | string): string => String(number).padStart(2, '0');
    const iso = named === null ? written.replace(/^"|"$/g, '') : `${year}-${two(month + 1)}-${two(day)} ${time}${zone}`;
    const bytes = Buffer.from(iso, 'latin1');
    return this.#iso(bytes, 0, bytes.length);
  }

  /** Reads the syslog header; returns what stands behind it. */
  #head(bytes: Uint8Array, start: number, end: number, text: string): string {
    const header = this.#header;
    this.headed = NaN;
    this.yearless = false;
    this.host = '';
    this.#program = '';
    this.#meraki = '';
    if (header.read(bytes, start, end)) return this.#parts(text, start);
    return this.#otherHead(text);
  }

  /** Headers that no standard of syslog has. */
  #otherHead(text: string): string {
    const front = text.slice(0, FRONT);
    const [all = '', , written, zone = '', host] = datedHead.exec(front) ?? [];
    if (written !== undefined) {
      this.headed = this.moment(`${written}${zone === 'UTC' || zone === 'GMT' ? ` ${zone}` : ''}`);
      this.host = host ?? '';
      return text.slice(all.length);
    }
    const [single = '', before = '', behind = ''] = singleDigit.exec(front) ?? [];
    if (behind !== '') {
      // a day of one digit has a second blank before it
      const padded = Buffer.from(`${before}  ${behind}${text.slice(single.length)}`, 'latin1');
      if (this.#header.read(padded, 0, padded.length)) return this.#parts(padded.toString('latin1'), 0);
    }
    if (bareVersion.test(front)) {
      const whole = `<13>${text}`;
      const bytes = Buffer.from(whole, 'latin1');
      if (this.#header.read(bytes, 0, bytes.length)) return this.#parts(whole, 0);
    }
    const [boxed = '', moment = ''] = kernelHead.exec(front) ?? [];
    if (moment !== '') {
      this.headed = this.moment(moment.replace(/^([A-Z][a-z]{2} +\d{1,2}) (\S+) (\d{4})$/, '$1 $3 $2'));
      return text.slice(boxed.length);
    }
    const [plainly = '', day0, sender] = isoHead.exec(front) ?? [];
    if (day0 !== undefined) {
      this.headed = this.moment(day0);
      this.host = sender ?? '';
      return text.slice(plainly.length);
    }
    const [meraki = '', seconds, device, kind = ''] = epochHead.exec(front) ?? [];
    if (seconds !== undefined) {
      this.headed = Math.round(Number(seconds) * 1e6);
      this.host = device ?? '';
      this.#meraki = kind;
      return text.slice(meraki.length);
    }
    const [utm = '', day, time, machine] = utmHead.exec(front) ?? [];
    if (day !== undefined) {
      this.headed = this.moment(`${day.replaceAll(':', '-')} ${time ?? ''}`);
      this.host = machine ?? '';
      return text.slice(utm.length);
    }
    const mark = /^<\d{1,3}>(\d\S+ )?/.exec(text.slice(0, 64));
    if (mark?.[1] !== undefined) {
      const iso = Buffer.from(mark[1].trim(), 'latin1');
      this.headed = parseIsoTime(iso, 0, iso.length);
    }
    return mark === null ? text : text.slice(text.indexOf('>') + 1);
  }

  /** What the header that was read says; `start`: where the line of this text begins in the bytes that it was read from. */
  #parts(text: string, start: number): string {
    const { host, message, data, messageId, month, ts } = this.#header;
    this.yearless = month !== 0;
    this.headed = this.yearless ? this.#clock.yearless(this.#header) : ts;
    const named = text.slice(host.start - start, host.end - start);
    // who leaves its name out begins with its first pair
    const isPair = named.includes('=');
    if (!isPair && /\w/.test(named)) this.host = named;
    this.#program = text.slice(this.#header.app.start - start, this.#header.app.end - start);
    // pairs may stand in the structured data of RFC 5424
    this.#body = text.slice((isPair ? host.start : message.start) - start);
    if (data.end > data.start) return text.slice((messageId.end > messageId.start ? messageId.start : data.start) - start);
    return this.#body;
  }

  /** Whether clocks of its zone leave doubts about a time. */
  get zone(): Zone {
    return this.#zone;
  }
}

/** Cisco's devices write the year behind the day, and maybe a number before. */
const datedHead =
  /^(<\d{1,3}>)?(?:\d+: )?[*.]?([A-Z][a-z]{2} [ \d]\d \d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: ([A-Z]{3,4})(?=[ :]))?(?: +([\w.-]{1,255})(?=[ :]))?/;
const singleDigit = /^((?:<\d{1,3}>)?[A-Z][a-z]{2}) (\d \d\d:\d\d:\d\d )/;
/** RFC 5424 as some collectors keep it, without the priority. */
const bareVersion = /^1 \d{4}-\d\d-\d\dT/;
/** What dmesg -T writes. */
const kernelHead = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] /;
/** A time with a blank within it, and who sent the message. */
const isoHead = /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([\w.-]{1,255}) (?=%%)/;
/** Meraki's devices write seconds since 1970 where RFC 5424 has a time. */
const epochHead = /^(?:<\d{1,3}>)?1 (\d{9,10}\.\d{1,9}) (\S{1,255}) ([a-z_-]{1,60}) /;
/** Sophos UTM parts days by colons. */
const utmHead = /^(?:<\d{1,3}>)?(\d{4}:\d\d:\d\d)-(\d\d:\d\d:\d\d) (\S{1,255}) (?:[^\s:[]{1,60}(?:\[\d+\])?: )?/;

/** Lines of journalctl between those of the log. */
const isJournal = /^-- (?:Boot [\da-f]{32}|Logs begin|Journal begins|Reboot|No entries)/;

/** Lines before those of Windows' firewall. */
const isHeading = /^#(?:Version|Software|Time Format|Fields):/;

/** Seconds, milliseconds, microseconds or nanoseconds, by their digits, as microseconds. */
function sinceEpoch(digits: string): number {
  const { length } = digits;
  if (length < 12) return Number(digits) * 1e6;
  if (length < 15) return Number(digits) * 1e3;
  return Number(length < 18 ? digits : digits.slice(0, length - 3));
}
