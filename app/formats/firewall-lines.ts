import { asaLine, asaPattern, AsaConnections } from './firewall-asa.ts';
import type { FirewallLine } from './firewall-fields.ts';
import { cefLine, keyValueLine, leefLine } from './firewall-keys.ts';
import { filterlogLine, panosLine, panosPattern } from './firewall-places.ts';
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
    const cef = front.search(/CEF: ?\d/);
    if (cef >= 0) return cefLine(text.slice(cef));
    const leef = front.search(/LEEF:\d/);
    if (leef >= 0) return leefLine(text.slice(leef));
    const asa = asaPattern.exec(front);
    if (asa !== null) {
      const [all, number = ''] = asa;
      const about = text.slice(asa.index + all.length);
      return asaLine({ message: about, number, host: this.host, connections: this.#connections, tally: this.#tally });
    }
    const panos = panosPattern.exec(front);
    if (panos !== null) return panosLine(text, panos.index);
    if (this.#app(bytes) === 'filterlog') return filterlogLine(message);
    return keyValueLine(message);
  }

  /** When the connection was logged or began, by what the line says of it; NaN where that is no time. */
  moment(written: string): number {
    if (/^\d{9,19}$/.test(written)) return sinceEpoch(written);
    const named = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: (Z|UTC|GMT|[+-]\d\d:?\d\d))?/.exec(written);
    const month = named === null ? -1 : months.indexOf(named[1] ?? '');
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
    if (header.read(bytes, start, end)) {
      this.yearless = header.month !== 0;
      this.headed = this.yearless ? this.#clock.yearless(header) : header.ts;
      const { host, message, data, messageId } = header;
      const named = text.slice(host.start - start, host.end - start);
      if (/\w/.test(named)) this.host = named;
      // pairs may stand in the structured data of RFC 5424
      if (data.end > data.start) return text.slice((messageId.end > messageId.start ? messageId.start : data.start) - start);
      return text.slice(message.start - start);
    }
    header.app.start = header.app.end = start;
    // Cisco's devices write the year behind the day
    const dated =
      /^(?:<\d{1,3}>)?(?:\d+: )?[*.]?([A-Z][a-z]{2} [ \d]\d \d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: [A-Z]{3,4})?(?: (\S{1,255}))? ?:/.exec(
        text.slice(0, FRONT),
      );
    if (dated !== null) {
      this.headed = this.moment(dated[1] ?? '');
      this.host = dated[2] ?? '';
    }
    const mark = /^<\d{1,3}>(\d\S+ )?/.exec(text.slice(0, 64));
    if (mark?.[1] !== undefined) {
      const iso = Buffer.from(mark[1].trim(), 'latin1');
      this.headed = parseIsoTime(iso, 0, iso.length);
    }
    return mark === null ? text : text.slice(text.indexOf('>') + 1);
  }

  #app(bytes: Uint8Array): string {
    const { start, end } = this.#header.app;
    return end - start > 32 ? '' : Buffer.from(bytes.subarray(start, end)).toString('latin1');
  }

  /** Whether clocks of its zone leave doubts about a time. */
  get zone(): Zone {
    return this.#zone;
  }
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Seconds, milliseconds, microseconds or nanoseconds, by their digits, as microseconds. */
function sinceEpoch(digits: string): number {
  const { length } = digits;
  if (length < 12) return Number(digits) * 1e6;
  if (length < 15) return Number(digits) * 1e3;
  return Number(length < 18 ? digits : digits.slice(0, length - 3));
}
