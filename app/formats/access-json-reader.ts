import { noEscapes } from './access-escapes.ts';
import { putPlainAgent } from './access-fields.ts';
import { jsonKey, MARK, settled, type JsonKey, type JsonTarget } from './access-json-keys.ts';
import { JsonLine } from './access-json-line.ts';
import { messageIn } from './access-json-message.ts';
import { isBracketed, isWhole, unitBehind, writingOf } from './access-json-values.ts';
import { RequestReader, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { AccessTime } from './access-time.ts';
import { columnOf, putValue, took, type Target } from './access-values.ts';
import { JSON_KIND } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import type { Problem } from './line-outcome.ts';
import { parseUnits, unitShift } from './table-times.ts';
import { ByteScratch, quoted } from './texts.ts';
import type { RecordSink } from './types.ts';
import { parseDouble } from './values.ts';

/** Tallied for each line that is no strict JSON. */
export const LOOSE = 'loose JSON';

const [BLANK, DASH, SLASH, STAR, COLON, QUESTION] = [32, 45, 47, 42, 58, 63];

/** Parts of the request that a request line fills. */
const ofRequest = ['method', 'path', 'query', 'protocol'];

/** What HAProxy writes where the request was none. */
const badRequest = Buffer.from('<BADREQ>');

/** Reads requests in JSON, an object a line. */
export class JsonAccessReader extends RequestReader {
  readonly #line = new JsonLine();
  readonly #time: AccessTime;
  readonly #text = new ByteScratch();
  readonly #agent = new ByteScratch();
  /** By the scanner's number of a key. */
  #keys: JsonKey[] = [];
  #generation = -1;
  /** What the keys of the line at hand say together, and whether one of them waits for all others. */
  #marks = 0;
  #late = false;
  /** Columns that the line at hand has filled. */
  readonly #set = new Set<string>();
  /** Day and time of day that stand in two members. */
  #day: Uint8Array | null = null;
  #clock: Uint8Array | null = null;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], zone: string | undefined) {
    super(sink, columns, noEscapes);
    this.slots.sparse = true;
    this.#time = new AccessTime(zone);
    this.doubts = this.#time.zone.doubts;
    this.row.begin();
  }

  protected line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    const line = this.#line;
    if (!line.read(bytes, start, end, last)) return line.problem;
    this.#look();
    const message = messageIn(line, this.#keys, this.#marks);
    if (message !== null) return { ...message, cut: false };
    this.#set.clear();
    this.#day = null;
    this.#clock = null;
    const problem = this.#members(false) ?? (this.#late ? this.#members(true) : null) ?? this.#joined();
    if (problem !== null) return { ...problem, cut: false };
    if (!this.#set.has('ts')) return { reason: 'NO_TIME', what: 'no key is a time', cut: false };
    if (line.before > start) this.row.text('before', bytes, start, line.before);
    if (line.loose) this.tally(LOOSE);
    return 'row';
  }

  /** What the keys are, and what they say together. */
  #look(): void {
    const { names, keys, kinds, count } = this.#line.scanner;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#keys = [];
    }
    this.#marks = 0;
    this.#late = false;
    for (let i = 0; i < count; i++) {
      const key = (this.#keys[keys[i]] ??= jsonKey(names.path(keys[i])));
      if (kinds[i] === JSON_KIND.null || kinds[i] === JSON_KIND.object) continue;
      this.#marks |= key.marks;
      if (key.late) this.#late = true;
    }
  }

  #members(late: boolean): Problem | null {
    const { count, keys } = this.#line.scanner;
    for (let i = 0; i < count; i++) {
      const problem = this.#keys[keys[i]].late === late ? this.#member(i) : null;
      if (problem !== null) return problem;
    }
    return null;
  }

  #member(member: number): Problem | null {
    const { bytes, scanner } = this.#line;
    const { keys, kinds, starts, ends } = scanner;
    const kind = kinds[member];
    if (kind === JSON_KIND.object || kind === JSON_KIND.null) return null;
    const text = this.#text;
    let [source, start, end] = [bytes, starts[member], ends[member]];
    if (kind === JSON_KIND.escaped || kind === JSON_KIND.array) {
      text.clear();
      if (kind === JSON_KIND.array) this.#list(bytes, start, end);
      else putJsonText(text, bytes, start, end);
      [source, start, end] = [text.bytes, 0, text.length];
    }
    if (start === end || (end === start + 1 && source[start] === DASH)) return null;
    const key = this.#keys[keys[member]];
    const { plain, target, column } = key;
    if (plain !== null && source[start] !== badRequest[0]) {
      if (!this.#set.has(column)) {
        this.#set.add(column);
        return putValue(this.row, plain, source, start, end);
      }
    } else if (target !== null) {
      const taken = this.#known(key, target, source, start, end);
      if (taken !== 'own') return taken;
    }
    return this.#own(key.own, kind, source, start, end);
  }

  /** Puts the value where it belongs; `own`: into a column of the log's own. */
  #known({ path, column }: JsonKey, told: JsonTarget, bytes: Uint8Array, start: number, end: number): Problem | null | 'own' {
    if (told.how === 'time' || (told.how === 'time or spent' && placeOf(bytes, COLON, start, end) >= 0)) {
      return this.#moment(bytes, start, end);
    }
    if (bytes[start] === badRequest[0] && this.#isBad(column, bytes, start, end)) return null;
    if (told.how === 'request') return this.#request(bytes, start, end);
    if (told.how === 'target' || told.how === 'address') return this.#asked(told.how, bytes, start, end);
    const suffix = column === 'duration' || told.how === 'time or spent' ? unitBehind(bytes, start, end) : null;
    const target = suffix === null ? settled(told, this.#marks, isWhole(bytes, start, end)) : took(suffix.unit);
    if (target === null || this.#set.has(columnOf(target))) return 'own';
    if (target.how === 'interval' && Number.isNaN(parseUnits(bytes, start, suffix?.end ?? end, unitShift[target.unit]))) return 'own';
    this.#set.add(columnOf(target));
    if (target.how === 'agent' && path.startsWith('cs')) return this.#agentOf(target, bytes, start, end);
    return putValue(this.row, target, bytes, start, suffix?.end ?? end);
  }

  /** A request line, or what Apache's %U is: the path alone. */
  #request(bytes: Uint8Array, start: number, end: number): null | 'own' {
    if (this.#isPath(bytes, start, end)) return this.#asked('target', bytes, start, end);
    const set = this.#set;
    // Fastly's `request` is the method
    if ((this.#marks & MARK.method) === 0 && isMethod(bytes, start, end)) {
      set.add('method');
      this.row.text('method', bytes, start, end);
      return null;
    }
    if (set.has('path') || set.has('request')) return 'own';
    set.add('request');
    for (const part of ofRequest) set.add(part);
    if (!this.row.request(bytes, start, end)) this.tally('no http');
    return null;
  }

  /** What was asked for, once; a second one tells the query where the first has none. */
  #asked(how: 'target' | 'address', bytes: Uint8Array, start: number, end: number): null | 'own' {
    const set = this.#set;
    const mark = placeOf(bytes, QUESTION, start, end);
    if (set.has('path') || set.has('request')) {
      if (mark >= 0 && set.has('path') && !set.has('query')) {
        set.add('query');
        if (mark + 1 < end) this.row.text('query', bytes, mark + 1, end);
      }
      return 'own';
    }
    set.add('path');
    if (mark >= 0) set.add('query');
    if (how === 'address') {
      if (bytes[start] !== SLASH) set.add('vhost');
      this.row.address(bytes, start, end);
    } else this.row.target(bytes, start, end);
    return null;
  }

  #isPath(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] === SLASH || (bytes[start] === STAR && end === start + 1)) return true;
    return (this.#marks & MARK.method) !== 0 && placeOf(bytes, BLANK, start, end) < 0;
  }

  #isBad(column: string, bytes: Uint8Array, start: number, end: number): boolean {
    const bad = end - start === badRequest.length && badRequest.equals(bytes.subarray(start, end)) && ofRequest.includes(column);
    if (bad && !this.#set.has('request')) {
      this.#set.add('request');
      this.row.asIs('request', bytes, start, end);
      this.tally('no http');
    }
    return bad;
  }

  /** An agent under the name that the W3C format has for it: IIS and CloudFront write it in their own way. */
  #agentOf(target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
    const agent = this.#agent;
    agent.clear();
    putPlainAgent(agent, bytes, start, end);
    return putValue(this.row, target, agent.bytes, 0, agent.length);
  }

  /** A list of one text, as Caddy writes headers, is that text. */
  #list(bytes: Uint8Array, start: number, end: number): void {
    const inner = bytes.subarray(start + 1, end - 1);
    const plain = inner[0] === 34 && inner.indexOf(34, 1) === inner.length - 1 && !inner.includes(92);
    if (plain) putJsonText(this.#text, bytes, start + 2, end - 2);
    else putJsonList(this.#text, bytes, start, end);
  }

  /** A number since 1970 in a unit that its size tells, or a time that is written out; a day and a time of day may stand in two members. */
  #moment(bytes: Uint8Array, from: number, to: number): Problem | null | 'own' {
    if (this.#set.has('ts')) return 'own';
    const bracketed = isBracketed(bytes, from, to);
    const [start, end] = bracketed ? [from + 1, to - 1] : [from, to];
    const writing = writingOf(bytes, start, end);
    const part = writing === 'day' ? this.#day : this.#clock;
    if ((writing === 'day' || writing === 'clock') && part !== null) return 'own';
    if (writing === 'day') this.#day = Uint8Array.from(bytes.subarray(start, end));
    else if (writing === 'clock') this.#clock = Uint8Array.from(bytes.subarray(start, end));
    else return this.#take(writing === 'number' ? sinceEpoch(bytes, start, end) : this.#written(bytes, start, end), bytes, start, end);
    // what comes behind both is another time
    return this.#day === null || this.#clock === null ? null : this.#joined();
  }

  /** Caddy's `time_format wall` has slashes in its days. */
  #written(bytes: Uint8Array, start: number, end: number): number {
    if (bytes[start + 4] !== SLASH || bytes[start + 7] !== SLASH) return this.#time.read(bytes, start, end);
    const dashed = Uint8Array.from(bytes.subarray(start, end));
    dashed[4] = dashed[7] = DASH;
    return this.#time.read(dashed, 0, dashed.length);
  }

  /** The time that stands in two members, or the day alone. */
  #joined(): Problem | null {
    if (this.#set.has('ts') || (this.#day === null && this.#clock === null)) return null;
    const whole = Buffer.concat([
      this.#day ?? nothing,
      this.#day === null || this.#clock === null ? nothing : blank,
      this.#clock ?? nothing,
    ]);
    return this.#take(this.#time.read(whole, 0, whole.length), whole, 0, whole.length);
  }

  #take(ts: number, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `its time is ${quoted(bytes, start, end)}` };
    this.#set.add('ts');
    this.row.time(ts);
    return null;
  }

  /** A column of the log's own: of numbers where its first value is one, else of texts; a text among numbers stands beside them. */
  #own(base: string, kind: number, bytes: Uint8Array, start: number, end: number): null {
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

/** A few capital letters and nothing else. */
function isMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] < 65 || bytes[at] > 90) return false;
  return end - start >= 3 && end - start <= 16;
}

/** Where the byte stands in bytes[start..end), or -1. */
function placeOf(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}

const blank = Buffer.from(' ');
const nothing = new Uint8Array(0);

/** Seconds, milliseconds, microseconds or nanoseconds, by their digits. */
function sinceEpoch(bytes: Uint8Array, start: number, end: number): number {
  let digits = start;
  while (digits < end && bytes[digits] >= 48 && bytes[digits] <= 57) digits++;
  const whole = digits - start;
  return parseUnits(bytes, start, end, whole < 12 ? 6 : whole < 15 ? 3 : whole < 18 ? 0 : -3);
}
