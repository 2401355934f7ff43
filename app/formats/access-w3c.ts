import { visibleText } from '../columns/visible-utf8.ts';
import { plural } from '../contract/format.ts';
import { assumedOf, type Assumed } from './access-w3c-assumed.ts';
import { LogDay, type SavedDay } from './access-w3c-day.ts';
import { FieldsReader, putPlainAgent, type FieldLayout } from './access-fields.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { count, port, text, took, type Target } from './access-values.ts';
import { freeTarget, ownTarget } from './access-variables.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { ByteScratch } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';

/**
 * Logs in the W3C extended format (https://www.w3.org/TR/WD-logfile.html) of web servers: IIS, Amazon CloudFront, and others. `#Fields:` says what
 * stands in a line, and may say it anew further on. Date and time are those of the options' zone, UTC unless told: IIS and CloudFront write UTC. Where lines
 * have no date it is that of the #Date line (LogDay). The format has no escapes: a quote within quotes is doubled, and a backslash is a backslash.
 */
export const accessW3c: LogFormat = {
  id: 'access-w3c',
  title: 'Web server log in the W3C extended format (IIS, CloudFront)',
  example: [
    '#Software: Microsoft Internet Information Services 10.0',
    '#Version: 1.0',
    '#Date: 2024-02-10 16:42:07',
    '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken',
    '2024-02-10 16:42:07 10.0.0.5 GET /index.html a=1 443 - 192.0.2.7 Mozilla/5.0+(X11;+Linux+x86_64;+rv:122.0)+Gecko/20100101+Firefox/122.0 - 200 0 0 15',
    '2024-02-10 16:42:08 10.0.0.5 POST /login - 443 alice 2001:db8::1 curl/8.5.0 https://www.example.com/ 302 0 0 120',
    '',
  ].join('\n'),
  detect(head) {
    const { fields, software } = headerOf(head);
    const assumed = fields.length === 0 ? assumedOf(head) : null;
    if (assumed !== null)
      return { confidence: 0.97, why: `it has no #Fields line, and its first line has the fields that ${assumed.by} logs` };
    if (fields.length === 0) return { confidence: 0, why: 'it has no #Fields line' };
    const requests = fields.some((name) => /^(?:cs-uri(?:-stem)?|cs-method|sc-status)$/i.test(name));
    if (!requests) return { confidence: 0, why: 'its #Fields line names no requests' };
    return { confidence: 1, why: `its #Fields line names what web servers log${software === '' ? '' : ` (${software})`}` };
  },
  open(head, options) {
    const header = headerOf(head);
    const assumed = header.fields.length === 0 ? assumedOf(head) : null;
    const fields = assumed?.fields ?? header.fields;
    const software = assumed?.software ?? header.software;
    const cloud = fields.includes('x-edge-location');
    const title = cloud ? 'Amazon CloudFront log (W3C)' : software.startsWith('Microsoft') ? 'IIS log (W3C)' : 'Web server log (W3C)';
    const seconds = fields.some((name) => /^time-taken$/i.test(name)) && !cloud && !inMilliseconds(fields, software);
    const said =
      assumed === null
        ? []
        : [`It has no #Fields line: its fields were taken for those that ${assumed.by} logs where nobody chose others.`];
    const log = openedWithColumns(
      title,
      head,
      (sink, columns) => new W3cReader(sink, columns, options.timeZone, assumed),
      seconds ? [...said, IN_SECONDS] : said,
    );
    return { ...log, remarks: (tallies) => [...log.remarks(tallies), ...dayRemarks(tallies)] };
  },
};

/** What the fields are, by their names in small letters. */
export const w3cTargets: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['date', { how: 'date' }],
  ['time', { how: 'clock' }],
  // IIS Advanced Logging
  ['date-local', { how: 'date' }],
  ['time-local', { how: 'clock' }],
  ['timetakenms', took('milliseconds')],
  ['c-ip', { how: 'host', column: 'orig_h' }],
  ['c-port', port('orig_p')],
  ['s-ip', { how: 'host', column: 'resp_h' }],
  ['s-port', port('resp_p')],
  ['cs-username', text('user')],
  ['cs-method', text('method')],
  ['cs-uri', { how: 'target' }],
  ['cs-uri-stem', text('path')],
  ['cs-uri-query', { how: 'query' }],
  ['cs-version', text('protocol')],
  ['cs-protocol-version', text('protocol')],
  ['sc-status', { how: 'status' }],
  ['c-status', { how: 'status' }],
  ['sc-bytes', count('bytes')],
  // the standard's own: all that was transferred
  ['bytes', count('bytes')],
  ['cs-bytes', count('request_bytes')],
  ['cs(user-agent)', { how: 'agent' }],
  ['cs(referer)', text('referrer')],
  ['cs(host)', { how: 'vhost' }],
  ['cs-host', { how: 'vhost' }],
  ['x-forwarded-for', text('forwarded_for')],
]);

const IN_SECONDS =
  'time-taken was read as seconds, as the W3C format has it; IIS, which counts milliseconds, is not named as its software.';

/** Fields that IIS alone has (https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging). */
const ofIis: ReadonlySet<string> = new Set(['sc-win32-status', 'sc-substatus', 's-sitename', 's-computername']);

/** IIS counts milliseconds, whether it is named or told by its fields; CloudFront and the standard seconds. */
function inMilliseconds(fields: readonly string[], software: string): boolean {
  return /microsoft|\biis\b/i.test(software) || (software === '' && fields.some((name) => ofIis.has(name.toLowerCase())));
}
function targetOf(name: string, seconds: boolean): Target {
  if (name.toLowerCase() === 'time-taken') return took(seconds ? 'seconds' : 'milliseconds');
  return w3cTargets.get(name.toLowerCase()) ?? ownTarget(name);
}

/** Tallied for each record whose day came from a #Date line, and for each midnight that they passed. */
const DATED = 'dated by header';
const MIDNIGHTS = 'midnights';

function dayRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const dated = tallies.get(DATED) ?? 0;
  if (dated === 0) return [];
  const midnights = tallies.get(MIDNIGHTS) ?? 0;
  const later =
    midnights === 0
      ? ''
      : ` ${plural(midnights, 'time')} the time of day went back by more than an hour: from there on it is the next day.`;
  return [
    `${plural(dated, 'record')} ${dated === 1 ? 'has' : 'have'} no date; that of the #Date line before ${dated === 1 ? 'it' : 'them'} was taken.${later}`,
  ];
}

const QUOTE = 34;
const FIELDS = /^#Fields:\s*(.*)$/i;
const SOFTWARE = /^#Software:\s*(.*)$/i;
const DATE = /^#Date:\s*(.*)$/i;

/** What the header lines of a file's beginning say. */
function headerOf(head: Uint8Array): { readonly fields: readonly string[]; readonly software: string } {
  const beginning = visibleText(head, 0, Math.min(head.length, 16_384)).replace('\ufeff', '');
  let fields: readonly string[] = [];
  let software = '';
  for (const line of beginning.split(/\r\n|\n|\r/)) {
    if (line.trim() === '') continue;
    if (!line.startsWith('#')) break;
    fields = FIELDS.exec(line)?.[1].trim().split(/\s+/) ?? fields;
    software = SOFTWARE.exec(line)?.[1].trim() ?? software;
  }
  return { fields, software };
}

interface Saved {
  readonly base: string;
  readonly fields: string;
  readonly software: string;
  readonly tabs: boolean | null;
  readonly day: SavedDay;
}

class W3cReader extends FieldsReader {
  #fields = '';
  #software = '';
  /** Whether TABs part the fields; null until the first line under a header tells. */
  #tabs: boolean | null = null;
  readonly #clear = new ByteScratch();
  readonly #single = new ByteScratch();
  readonly #day = new LogDay();
  /** The record at hand has its day from there. */
  #dated = false;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], zone: string | undefined, assumed: Assumed | null) {
    super(sink, columns, zone, 'doubled');
    this.#fields = assumed?.fields.join(' ') ?? '';
    this.#software = assumed?.software ?? '';
  }

  protected override get recognised(): boolean {
    return super.recognised || this.#fields !== '';
  }

  protected override saved(): string {
    const saved = { base: super.saved(), fields: this.#fields, software: this.#software, tabs: this.#tabs, day: this.#day.save() };
    return JSON.stringify(saved satisfies Saved);
  }

  protected override restore(saved: string): void {
    const { base, fields, software, tabs, day } = JSON.parse(saved) as Saved;
    super.restore(base);
    this.#day.restore(day);
    this.#fields = fields;
    this.#software = software;
    this.#tabs = tabs;
    this.use(tabs === null ? null : this.#layout(tabs));
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    if (bytes[start] === 35) {
      this.#header(visibleText(bytes, start, Math.min(end, start + 65_536)));
      return COMMENT;
    }
    if (this.#tabs === null && this.#fields !== '') {
      this.#tabs = bytes.subarray(start, end).includes(9);
      this.use(this.#layout(this.#tabs));
    }
    this.#dated = false;
    const taken = this.record(bytes, start, end);
    const midnights = this.#day.takeMidnights();
    if (midnights > 0) this.tally(MIDNIGHTS, midnights);
    if (taken === 'row' && this.#dated) this.tally(DATED);
    return taken;
  }

  protected override dayOf(clock: Uint8Array): Uint8Array | null {
    this.#dated = true;
    return this.#day.of(clock);
  }

  #header(line: string): void {
    const date = DATE.exec(line)?.[1];
    if (date !== undefined) this.#day.said(date);
    const software = SOFTWARE.exec(line)?.[1].trim() ?? this.#software;
    const fields = FIELDS.exec(line)?.[1].trim() ?? this.#fields;
    if (fields === this.#fields && software === this.#software) return;
    // who wrote it says what time-taken counts
    this.#software = software;
    this.#fields = fields;
    this.#tabs = null;
    this.use(null);
  }

  #layout(tabs: boolean): FieldLayout {
    const names = this.#fields.split(/\s+/).slice(0, 500);
    const taken = new Set<string>();
    const seconds = !inMilliseconds(names, this.#software);
    const fields = names.map((name) => ({ name, target: freeTarget(targetOf(name, seconds), name, taken) }));
    return { delimiter: tabs ? 9 : 32, fields, least: fields.length };
  }

  protected override put(target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (bytes[start - 1] !== QUOTE || bytes[end] !== QUOTE || !bytes.subarray(start, end).includes(QUOTE))
      return this.#unquoted(target, bytes, start, end);
    const single = this.#single;
    single.clear();
    for (let at = start; at < end; at++) {
      single.put(bytes[at]);
      if (bytes[at] === QUOTE) at++;
    }
    return this.#unquoted(target, single.bytes, 0, single.length);
  }

  #unquoted(target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (target.how !== 'agent') return super.put(target, bytes, start, end);
    const clear = this.#clear;
    clear.clear();
    putPlainAgent(clear, bytes, start, end);
    return super.put(target, clear.bytes, 0, clear.length);
  }
}
