import type { RecordKind } from '../contract/case.ts';
import { plural } from '../contract/format.ts';
import type { ClockDoubts } from './clock-doubts.ts';
import { beforeReturn } from './field-scanner.ts';
import { MAX_KEYS } from './column-slots.ts';
import { TRUNCATED, noObject } from './json-lines.ts';
import { MORE_KEYS, moreRemarks } from './json-more.ts';
import { JSON_KIND } from './json-scanner.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import { timeZone, type Zone } from './time-zone.ts';
import { LINE_LIMIT, type LogFormat, type RecordSink } from './types.ts';
import { isOfLargerUnit, smallTally, unitRemarks } from './unit-doubts.ts';
import type { JsonField } from './zeek-json-fields.ts';
import { readJsonHead, tagOf, zeekConfidence, type JsonHead } from './zeek-json-head.ts';
import { ZeekJsonRows } from './zeek-json-rows.ts';
import { kindOf, logName, titleOf } from './zeek-kinds.ts';
import { BAD_PORTS, FINER, valueRemarks } from './zeek-problems.ts';
import { LEFT_LOG, OTHER_LOG, otherLogRemarks } from './zeek-other-logs.ts';

const LF = 10;
const CR = 13;

/**
 * Zeek's logs in JSON, an object a line: from its ASCII writer (LogAscii::use_json,
 * https://docs.zeek.org/en/master/log-formats.html#zeek-json-format-logs) and from json-streaming-logs, which adds `_path` and `_write_ts`
 * (https://github.com/corelight/json-streaming-logs). Fields that are not set are left out, so columns come and go. Times are seconds with any
 * decimals, ISO 8601 or milliseconds (LogAscii::json_timestamps): numbers are taken for the one or the other by the size of the first lines'
 * times, texts are ISO 8601 always. Intervals are seconds. Sets and vectors are arrays and become texts as in TSV, members separated by commas.
 * Nested objects are fields with dots in their names; `id.orig_h` and {"id": {"orig_h": …}} are the same. Writers for message queues put the record
 * into an object that names its log, {"conn": {…}} (zeek-kafka's tag_json): the name stands for `_path` then.
 *
 * What log it is, `_path` says; else a person (option zeekLog); else the columns. Of a stream that holds several logs one is read: the one a
 * person named, else the connections, else the log with the most lines at the file's beginning. Lines of the others are rejected as OTHER_LOG,
 * or left out where a person named the one, and a remark says how many of which.
 */
export const zeekJson: LogFormat = {
  id: 'zeek-json',
  title: 'Zeek log (JSON)',
  example: [
    '{"_path":"conn","_write_ts":"2024-04-19T20:00:01.600000Z","ts":"2024-04-19T20:00:00.000000Z","uid":"Cxyz1","id.orig_h":"10.0.0.1","id.orig_p":40000,"id.resp_h":"192.0.2.10","id.resp_p":443,"proto":"tcp","service":"ssl","duration":1.5,"orig_bytes":1000,"resp_bytes":2000,"conn_state":"SF","local_orig":true}',
    '{"_path":"conn","_write_ts":"2024-04-19T20:00:02.000000Z","ts":"2024-04-19T20:00:01.250000Z","uid":"Cxyz2","id.orig_h":"2001:db8::1","id.orig_p":40001,"id.resp_h":"192.0.2.10","id.resp_p":53,"proto":"udp","conn_state":"S0","tunnel_parents":["Cxyz1"]}',
    '',
  ].join('\n'),
  detect: (head) => zeekConfidence(readJsonHead(head, undefined)),
  open(head, { zeekLog, timeZone: zone }) {
    const toUtc = zone === undefined ? null : timeZone(zone);
    const found = readJsonHead(head, zeekLog);
    const kind = kindOf(found.path, [...found.names]);
    return {
      kind,
      title: `${titleOf(found.path, kind)} (JSON)`,
      read: (sink) => new ZeekJsonReader(sink, kind, found, { head, toUtc, named: zeekLog !== undefined }),
      remarks: (tallies) => jsonRemarks(tallies, found),
    };
  },
};

interface Saved {
  readonly seen: boolean;
  readonly fields: readonly JsonField[];
}

class ZeekJsonReader extends LineReader {
  readonly #rows: ZeekJsonRows;
  /** The log's name as its lines say it; '' where they say none. */
  readonly #log: string;
  #seen: boolean;
  /** The number of the key `_path`, or -1 where it has not come; and whether its last value names the log that is read. */
  #pathKey = -1;
  #generation = 0;
  #ownPath = true;
  readonly #tagged: boolean;
  /** A person named the log: lines of others are left out, not rejected. */
  readonly #named: boolean;
  readonly #doubts: ClockDoubts | null;
  readonly #unit: JsonHead['unit'];

  constructor(
    sink: RecordSink,
    kind: RecordKind,
    { objects, path, lines, names, paths, unit, tagged }: JsonHead,
    { head, toUtc, named }: { readonly head: Uint8Array; readonly toUtc: Zone | null; readonly named: boolean },
  ) {
    super(sink);
    this.#named = named;
    this.#tagged = tagged;
    this.#unit = unit;
    this.#doubts = toUtc?.doubts ?? null;
    this.slots.sparse = true;
    this.#rows = new ZeekJsonRows(sink, this.slots, kind, { unit, toUtc }, tagged);
    this.slots.foresee(Math.min(names.size, MAX_KEYS));
    this.#log = paths.size === 0 ? '' : logName(path);
    this.#seen = objects > 0;
    // the columns of the first lines are there from the beginning, so that all readers of the log begin alike
    for (const { start, end } of lines) if (this.#rows.scanner.scan(head, start, end)) this.#rows.meet(head);
    this.bind();
  }

  protected get recognised(): boolean {
    return this.#seen;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    const saved: Saved = { seen: this.#seen, fields: this.#rows.fields };
    return JSON.stringify(saved);
  }

  protected override restore(saved: string): void {
    const { seen, fields } = JSON.parse(saved) as Saved;
    this.#seen = seen;
    this.#rows.use(fields);
  }

  override lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void {
    this.#rows.scanner.forget();
    super.lines(bytes, from, to, offset, newline);
  }

  override lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#rows.scanner.forget();
    super.lastLine(bytes, from, to, offset);
  }

  protected override quick(bytes: Uint8Array, start: number, newline: number): number {
    const rows = this.#rows;
    if (newline !== LF || !rows.scanner.scanFirst(bytes, start, bytes.length)) {
      rows.scanner.forget();
      return -1;
    }
    const end = bytes[rows.scanner.end] === CR ? rows.scanner.end + 1 : rows.scanner.end;
    if (bytes[end] !== LF || end - start > LINE_LIMIT + 1 || !this.#isOfThisLog(bytes) || rows.row(bytes) !== null) {
      rows.scanner.forget();
      this.#forgetTallies();
      return -1;
    }
    this.#commit(start, true);
    return end;
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const { scanner } = this.#rows;
    const stop = beforeReturn(bytes, start, end);
    if (!scanner.scan(bytes, start, stop)) {
      scanner.forget();
      return this.#noObject(bytes, start, stop, last);
    }
    this.#seen = true;
    if (!this.#isOfThisLog(bytes)) return this.#other(bytes);
    const problem = this.#rows.row(bytes);
    if (problem !== null) {
      this.#forgetTallies();
      return problem;
    }
    this.#commit(start, false);
    return null;
  }

  #commit(start: number, quick: boolean): void {
    const rows = this.#rows;
    if (rows.rounded > 0) this.tally('rounded', rows.rounded);
    if (rows.finer > 0) this.tally(FINER, rows.finer);
    if (rows.doubled > 0) this.tally('doubled', rows.doubled);
    if (rows.badPorts > 0) this.tally(BAD_PORTS, rows.badPorts);
    if (rows.beyond > 0) this.tally(MORE_KEYS, rows.beyond);
    if (isOfLargerUnit(rows.ts, this.#unit)) this.tally(smallTally('ts'));
    this.#doubts?.count((key) => this.tally(key));
    rows.forgetTallies();
    this.commit(start, rows.ts, quick);
  }

  #forgetTallies(): void {
    this.#rows.forgetTallies();
    this.#doubts?.clear();
  }

  #noObject(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT {
    const found = noObject(this.#rows.scanner, bytes, { start, end, last });
    if (found !== 'CUT') return found;
    this.cut();
    return TRUNCATED;
  }

  #isOfThisLog(bytes: Uint8Array): boolean {
    if (this.#log === '') return true;
    if (this.#tagged) return this.#isTagged();
    const { scanner } = this.#rows;
    const member = this.#pathMember();
    if (member < 0 || scanner.kinds[member] !== JSON_KIND.string) return true;
    if (scanner.same[member] === 0) this.#ownPath = logName(this.#path(bytes, member)) === this.#log;
    return this.#ownPath;
  }

  #isTagged(): boolean {
    const { names, keys, kinds, count } = this.#rows.scanner;
    if (count === 0 || kinds[0] !== JSON_KIND.object) return false;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#pathKey = -1;
    }
    if (keys[0] === this.#pathKey) return true;
    if (tagOf(this.#rows.scanner) === null || logName(names.path(keys[0])) !== this.#log) return false;
    this.#pathKey = keys[0];
    return true;
  }

  /** The member that is the line's `_path`, or -1. */
  #pathMember(): number {
    const { names, keys, count } = this.#rows.scanner;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#pathKey = -1;
    }
    for (let i = 0; i < count; i++) {
      if (keys[i] === this.#pathKey) return i;
      if (this.#pathKey >= 0 || names.path(keys[i]) !== '_path') continue;
      this.#pathKey = keys[i];
      return i;
    }
    return -1;
  }

  #path(bytes: Uint8Array, member: number): string {
    const { starts, ends } = this.#rows.scanner;
    return Buffer.from(bytes.buffer, bytes.byteOffset + starts[member], Math.min(ends[member] - starts[member], 200)).toString();
  }

  #other(bytes: Uint8Array): Problem | typeof COMMENT {
    const path = this.#tagged ? (tagOf(this.#rows.scanner) ?? '') : this.#path(bytes, this.#pathMember());
    const name = logName(path) === '' ? 'without a name' : logName(path);
    this.#rows.scanner.forget();
    this.tally(`${this.#named ? LEFT_LOG : OTHER_LOG}${name}`);
    if (this.#named) return COMMENT;
    return { reason: 'OTHER_LOG', what: `it is of Zeek's log ${name}` };
  }
}

function jsonRemarks(tallies: ReadonlyMap<string, number>, { unit }: JsonHead): string[] {
  const remarks = otherLogRemarks(tallies);
  const [rounded, doubled] = ['rounded', 'doubled'].map((key) => tallies.get(key) ?? 0);
  if (unit === 'milliseconds') remarks.push('Its times were taken for milliseconds since 1970.');
  if (rounded > 0) remarks.push(`Rounded to the nearest number that can be kept: ${plural(rounded, 'value')} above 2^53.`);
  if (doubled > 0) remarks.push(`${plural(doubled, 'key')} stood twice in a line; the last value was taken.`);
  remarks.push(...unitRemarks(tallies, () => unit));
  return [...remarks, ...valueRemarks(tallies), ...moreRemarks(tallies), ...commonRemarks(tallies)];
}
