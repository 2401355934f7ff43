import { noEscapes } from './access-escapes.ts';
import { areRequests, jsonTarget } from './access-json-keys.ts';
import { RequestReader, columnsOf, openedRequests, type Taken } from './access-reader.ts';
import type { RequestColumn } from './access-row.ts';
import { AccessTime } from './access-time.ts';
import { ownName } from './access-variables.ts';
import { columnOf, putValue, type Target } from './access-values.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import type { Problem } from './line-outcome.ts';
import { headLines } from './table-head.ts';
import { parseUnits } from './table-times.ts';
import { ByteScratch, quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';
import { parseDouble } from './values.ts';

/**
 * Access logs as JSON, an object a line: nginx with `escape=json`, Caddy, Traefik, Envoy and what people build like them. Keys are known by their
 * names (access-json-keys.ts); every other one becomes a column of the log's own. Of two keys that are the same thing, the first in the line counts.
 */
export const accessJson: LogFormat = {
  id: 'access-json',
  title: 'Web access log (JSON)',
  example: [
    '{"time_iso8601":"2024-02-10T17:42:07+01:00","remote_addr":"192.0.2.7","remote_user":"","host":"www.example.com","request":"GET /a?b=1 HTTP/1.1","status":200,"body_bytes_sent":512,"request_time":0.012,"http_referer":"","http_user_agent":"curl/8.5.0"}',
    '{"time_iso8601":"2024-02-10T17:42:08+01:00","remote_addr":"2001:db8::1","remote_user":"alice","host":"www.example.com","request":"POST /login HTTP/2.0","status":302,"body_bytes_sent":0,"request_time":0.250,"http_referer":"https://www.example.com/","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0"}',
    '',
  ].join('\n'),
  detect(head) {
    const scanner = new JsonScanner();
    const lines = headLines(head).slice(0, 50);
    const requests = lines.filter((line) => scanner.scan(line, 0, line.length) && areRequests(pathsOf(scanner)));
    if (requests.length === 0) return { confidence: 0, why: 'its lines are no JSON with a time, a client and a request' };
    const why = `${requests.length} of its first ${lines.length} lines are JSON with a time, a client and a request`;
    return { confidence: 0.4 + (0.45 * requests.length) / lines.length, why };
  },
  open(head, options) {
    const read = (sink: RecordSink, columns: readonly RequestColumn[]): JsonAccessReader =>
      new JsonAccessReader(sink, columns, options.timeZone);
    const columns = columnsOf(head, (sink) => read(sink, []));
    return openedRequests('Web access log (JSON)', (sink) => read(sink, columns));
  },
};

function pathsOf({ names, keys, count }: JsonScanner): string[] {
  const paths = Array.from(keys.subarray(0, count), (key) => names.path(key));
  return paths.includes('event_type') ? [] : paths;
}

/** Parts of the request that a request line fills. */
const ofRequest = ['method', 'path', 'query', 'protocol'];

class JsonAccessReader extends RequestReader {
  readonly #scanner = new JsonScanner();
  readonly #time: AccessTime;
  readonly #text = new ByteScratch();
  /** By key. */
  #targets: (Target | null)[] = [];
  #generation = -1;
  /** Columns that the line at hand has filled. */
  readonly #set = new Set<string>();

  constructor(sink: RecordSink, columns: readonly RequestColumn[], zone: string | undefined) {
    super(sink, columns, noEscapes);
    this.slots.sparse = true;
    this.#time = new AccessTime(zone);
    this.doubts = this.#time.zone.doubts;
    this.row.begin();
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    const scanner = this.#scanner;
    scanner.forget();
    if (!scanner.scan(bytes, start, end)) return this.#noObject(start);
    if (scanner.names.generation !== this.#generation) {
      this.#generation = scanner.names.generation;
      this.#targets = [];
    }
    this.#set.clear();
    for (let i = 0; i < scanner.count; i++) {
      const problem = this.#member(bytes, i);
      if (problem !== null) return { ...problem, cut: false };
    }
    if (!this.#set.has('ts')) return { reason: 'NO_TIME', what: 'no key is a time', cut: false };
    return 'row';
  }

  #noObject(start: number): Taken {
    const { problem, problemAt } = this.#scanner;
    if (problem === 'NOT_AN_OBJECT') return { reason: 'NOT_AN_OBJECT', what: 'it is no JSON object' };
    const what = `at byte ${problemAt - start + 1} it is ${problem === 'TOO_DEEP' ? 'nested too deep' : 'no JSON'}`;
    return { reason: problem === 'TOO_DEEP' ? 'TOO_DEEP' : 'BAD_JSON', what, cut: problem === 'CUT' };
  }

  #member(bytes: Uint8Array, member: number): Problem | null {
    const { keys, kinds, starts, ends, names } = this.#scanner;
    const kind = kinds[member];
    if (kind === JSON_KIND.object || kind === JSON_KIND.null) return null;
    const key = keys[member];
    let target = this.#targets[key];
    if (target === undefined) this.#targets[key] = target = jsonTarget(names.path(key));
    const text = this.#text;
    let [source, start, end] = [bytes, starts[member], ends[member]];
    if (kind === JSON_KIND.escaped || kind === JSON_KIND.array) {
      text.clear();
      if (kind === JSON_KIND.array) this.#list(bytes, start, end);
      else putJsonText(text, bytes, start, end);
      [source, start, end] = [text.bytes, 0, text.length];
    }
    if (start === end || (end === start + 1 && source[start] === 45)) return null;
    const own = target === null || this.#isSet(target);
    if (own || target === null) return this.#own(names.path(key), kind, source, start, end);
    if (target.how === 'time') return this.#moment(source, start, end);
    this.#mark(target);
    return putValue(this.row, target, source, start, end);
  }

  #isSet(target: Target): boolean {
    if (target.how === 'request') return ofRequest.some((column) => this.#set.has(column)) || this.#set.has('request');
    return this.#set.has(columnOf(target)) || (target.how === 'target' && this.#set.has('query'));
  }

  #mark(target: Target): void {
    if (target.how === 'request') for (const column of ofRequest) this.#set.add(column);
    if (target.how === 'target') this.#set.add('query');
    this.#set.add(columnOf(target));
  }

  /** A list of one text, as Caddy writes headers, is that text. */
  #list(bytes: Uint8Array, start: number, end: number): void {
    const inner = bytes.subarray(start + 1, end - 1);
    const plain = inner[0] === 34 && inner.indexOf(34, 1) === inner.length - 1 && !inner.includes(92);
    if (plain) putJsonText(this.#text, bytes, start + 2, end - 2);
    else putJsonList(this.#text, bytes, start, end);
  }

  /** A number since 1970 in a unit that its size tells, or a time that is written out. */
  #moment(bytes: Uint8Array, start: number, end: number): Problem | null {
    let digits = start;
    while (digits < end && bytes[digits] >= 48 && bytes[digits] <= 57) digits++;
    const whole = digits - start;
    const isNumber = whole >= 9 && (digits === end || bytes[digits] === 46);
    const shift = whole < 12 ? 6 : whole < 15 ? 3 : whole < 18 ? 0 : -3;
    const ts = isNumber ? parseUnits(bytes, start, end, shift) : this.#time.read(bytes, start, end);
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `its time is ${quoted(bytes, start, end)}` };
    this.#set.add('ts');
    this.row.time(ts);
    return null;
  }

  /** A column of the log's own: of numbers where its first value is one, else of texts; a text among numbers stands beside them. */
  #own(path: string, kind: number, bytes: Uint8Array, start: number, end: number): null {
    const base = ownName(path);
    const there = this.row.slotOf(base);
    const number = kind === JSON_KIND.number ? parseDouble(bytes, start, end) : NaN;
    const asNumber = !Number.isNaN(number) && (there === null || there.storage === 'number');
    const name = !asNumber && there?.storage === 'number' ? `${base}_text` : base;
    if (this.#set.has(name)) return null;
    this.#set.add(name);
    if (asNumber) this.row.number(name, number, 'double');
    else this.row.text(name, bytes, start, end);
    return null;
  }
}
