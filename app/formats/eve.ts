import { recordKindPattern, type RecordKind } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import { MAX_KEYS } from './column-slots.ts';
import { beforeReturn } from './field-scanner.ts';
import { eventPath } from './eve-fields.ts';
import { EveRows, type EveField } from './eve-rows.ts';
import { TRUNCATED, noObject } from './json-lines.ts';
import { MORE_KEYS, moreRemarks } from './json-more.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import { headLines } from './table-head.ts';
import { safeText } from './texts.ts';
import type { Detection, LogFormat, OpenedLog, RecordSink } from './types.ts';

const FLOW = 'flow';
const NETFLOW = 'netflow';

/**
 * Suricata's eve.json, an event a line (https://docs.suricata.io/en/latest/output/eve/eve-json-format.html). Its flows become connections; events of other
 * types are counted as comments, and a remark says how many of which, unless a person asks for one type (option eventType): those become a plain table
 * `suricata_dns`, `suricata_alert`, ... and the rest is counted. Netflow events are connections of one direction each; they are read where a person asks for
 * them, or where the file's beginning has no flows but these; alerts and others without being asked for where a log holds no flows. Nested names are joined by dots.
 * AWS Network Firewall writes the same events within an object `event`.
 */
export const eve: LogFormat = {
  id: 'suricata-eve',
  title: 'Suricata eve.json',
  example: [
    '{"timestamp":"2024-04-19T20:01:05.000100+0200","flow_id":1042873772049837,"in_iface":"eth0","event_type":"flow","src_ip":"10.0.0.1","src_port":57656,"dest_ip":"192.0.2.10","dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":3,"pkts_toclient":8,"bytes_toserver":186,"bytes_toclient":480,"start":"2024-04-19T20:00:00.230829+0200","end":"2024-04-19T20:00:36.195059+0200","age":36,"state":"closed","reason":"timeout","alerted":false},"community_id":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=","tcp":{"tcp_flags":"1e","syn":true,"state":"closed"}}',
    '{"timestamp":"2024-04-19T20:01:05.000200+0200","flow_id":252156359044262,"event_type":"dns","src_ip":"10.0.0.1","src_port":41195,"dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","dns":{"type":"query","id":4908,"rrname":"example.com","rrtype":"A","tx_id":0}}',
    '{"timestamp":"2024-04-19T20:01:06.000000+0200","flow_id":252156359044262,"event_type":"flow","src_ip":"2001:db8::1","dest_ip":"2001:db8::53","proto":"IPv6-ICMP","icmp_type":128,"icmp_code":0,"flow":{"pkts_toserver":1,"pkts_toclient":0,"bytes_toserver":74,"bytes_toclient":0,"start":"2024-04-19T20:00:01.000000+0200","end":"2024-04-19T20:00:01.000000+0200","age":0,"state":"new","reason":"timeout","alerted":false}}',
    '',
  ].join('\n'),
  detect,
  settle(head, options, _name, modified) {
    if (options.eventType !== undefined) return options;
    const found = typeToRead(head, modified !== undefined);
    return found === FLOW ? options : { ...options, eventType: found };
  },
  open(head, { eventType = typeToRead(head, false) }): OpenedLog {
    const kind = eventType === FLOW || eventType === NETFLOW ? 'connection' : kindOf(eventType);
    return {
      kind,
      title: eventType === FLOW ? 'Suricata flows (eve.json)' : `Suricata ${eventType} events (eve.json)`,
      read: (sink) => new EveReader(sink, kind, eventType, head),
      remarks: (tallies) => remarks(tallies, eventType),
    };
  },
};

function detect(head: Uint8Array): Detection {
  const scanner = new JsonScanner();
  let events = 0;
  let lines = 0;
  for (const line of headLines(head).slice(0, 50)) {
    lines++;
    if (!scanner.scan(line, eventStart(line, 0, line.length), line.length)) continue;
    const names = new Set(Array.from(scanner.keys.subarray(0, scanner.count), (key) => scanner.names.path(key)));
    if (names.has('event_type') && names.has('timestamp')) events++;
    else if (names.has('event.event_type') && names.has('event.timestamp')) events++;
  }
  if (events === 0 || events * 2 < lines) return { confidence: 0, why: 'its lines are no events of Suricata' };
  return { confidence: 0.95, why: 'its lines have event_type and timestamp, as the events of Suricata' };
}

/**
 * What is read where nobody says it: flows. A beginning that has only those of one direction is read as these. A file (and no log that is still written) that has no
 * flows at all is one of its commonest events: it is where this is the whole of it, or where they are all of one type; in a longer one flows may come later.
 */
function typeToRead(head: Uint8Array, isFile: boolean): string {
  const scanner = new JsonScanner();
  const counts = new Map<string, number>();
  for (const line of headLines(head)) {
    const type = scanner.scan(line, eventStart(line, 0, line.length), line.length) ? typeIn(scanner, line) : null;
    if (type !== null) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  if (counts.has(FLOW)) return FLOW;
  if (counts.has(NETFLOW)) return NETFLOW;
  // figures of the program come with everything else
  const others = [...counts].filter(([type]) => type !== 'stats' || counts.size === 1);
  const [commonest] = others.toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (commonest === undefined || !isFile || (head.length >= MOST_HEAD && others.length > 1)) return FLOW;
  return commonest[0];
}

/** A beginning as long as this may not be the whole file. */
const MOST_HEAD = 2 ** 18;

function typeIn({ names, keys, kinds, starts, ends, count }: JsonScanner, bytes: Uint8Array): string | null {
  for (let i = 0; i < count; i++) {
    if (kinds[i] === JSON_KIND.string && isType(names.path(keys[i]))) return safeText(bytes, starts[i], ends[i], 100);
  }
  return null;
}

const OPEN = 123;
/** No header of syslog is longer. */
const LONGEST_HEADER = 300;

/** Where the event begins in a line that a syslog header may stand before. */
function eventStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === OPEN) return start;
  const stop = Math.min(end, start + LONGEST_HEADER);
  let at = start;
  while (at < stop && bytes[at] !== OPEN) at++;
  return at < stop ? at : start;
}

const isType = (path: string): boolean => eventPath(path) === 'event_type';

function kindOf(eventType: string): RecordKind {
  const name = `suricata_${eventType.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}`.slice(0, 60);
  return recordKindPattern.test(name) ? name : 'suricata';
}

interface Saved {
  readonly seen: boolean;
  readonly fields: readonly EveField[];
}

/** Before a type of events that were left out, in the tallies. */
export const LEFT_OUT = 'left out: ';
/** So many types are told apart. */
const MOST_TYPES = 200;

class EveReader extends LineReader {
  readonly #rows: EveRows;
  readonly #wanted: string;
  readonly #types = new Set<string>();
  #seen = false;
  #typeKey = -1;
  #generation = 0;

  constructor(sink: RecordSink, kind: RecordKind, wanted: string, head: Uint8Array) {
    super(sink);
    this.slots.sparse = true;
    this.#rows = new EveRows(sink, this.slots, kind);
    this.#wanted = wanted;
    // the columns of the first lines are there from the beginning, so that all readers of the log begin alike
    const { scanner } = this.#rows;
    const lines = headLines(head)
      .map((line) => line.subarray(eventStart(line, 0, line.length)))
      .filter((line) => scanner.scan(line, 0, line.length) && this.#type(line) === wanted);
    const keys = new Set(lines.flatMap((line) => (scanner.scan(line, 0, line.length) ? [...scanner.keys.subarray(0, scanner.count)] : [])));
    this.slots.foresee(Math.min(keys.size, MAX_KEYS));
    for (const line of lines) if (scanner.scan(line, 0, line.length)) this.#rows.meet(line);
    this.bind();
  }

  protected get recognised(): boolean {
    return this.#seen;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return JSON.stringify({ seen: this.#seen, fields: this.#rows.fields } satisfies Saved);
  }

  protected override restore(saved: string): void {
    const { seen, fields } = JSON.parse(saved) as Saved;
    this.#seen = seen;
    this.#rows.use(fields);
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const { scanner } = this.#rows;
    const stop = beforeReturn(bytes, start, end);
    scanner.forget();
    if (!scanner.scan(bytes, eventStart(bytes, start, stop), stop)) return this.#noObject(bytes, start, stop, last);
    const type = this.#type(bytes);
    if (type === null) return { reason: 'NO_EVENT_TYPE', what: 'it has no event_type' };
    this.#seen = true;
    if (type !== this.#wanted) {
      const known = this.#types.has(type) || this.#types.size < MOST_TYPES;
      if (known) this.#types.add(type);
      this.tally(`${LEFT_OUT}${known ? type : 'of other types'}`);
      return COMMENT;
    }
    const problem = this.#rows.row(bytes);
    if (problem !== null) return problem;
    if (this.#rows.beyond > 0) this.tally(MORE_KEYS, this.#rows.beyond);
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  #noObject(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT {
    const found = noObject(this.#rows.scanner, bytes, { start, end, last });
    if (found !== 'CUT') return found;
    this.cut();
    return TRUNCATED;
  }

  /** The type of the event that the scanner found, or null. */
  #type(bytes: Uint8Array): string | null {
    const { names, keys, kinds, starts, ends, count } = this.#rows.scanner;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#typeKey = -1;
    }
    for (let i = 0; i < count; i++) {
      if (this.#typeKey < 0 && isType(names.path(keys[i]))) this.#typeKey = keys[i];
      if (keys[i] === this.#typeKey && kinds[i] === JSON_KIND.string) return safeText(bytes, starts[i], ends[i], 100);
    }
    return null;
  }
}

function remarks(tallies: ReadonlyMap<string, number>, wanted: string): string[] {
  const left = [...tallies]
    .filter(([key]) => key.startsWith(LEFT_OUT))
    .map(([key, count]): [string, number] => [key.slice(LEFT_OUT.length), count]);
  const total = left.reduce((sum, [, count]) => sum + count, 0);
  const direction =
    wanted === NETFLOW
      ? [
          'Each record is one direction of a flow, as netflow events are: bytes and packets are those from orig_h to resp_h; answers are records of their own.',
        ]
      : [];
  if (total === 0) return [...direction, ...moreRemarks(tallies), ...commonRemarks(tallies)];
  const list = left
    .toSorted((a, b) => b[1] - a[1])
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
  const advice =
    wanted === FLOW ? ' To import events of another type too, name it: --event-type dns, or Events to read in the preview.' : '';
  return [
    ...direction,
    `Left out, counted as comments: ${plural(total, 'event')} (${list}).${advice}`,
    ...moreRemarks(tallies),
    ...commonRemarks(tallies),
  ];
}
