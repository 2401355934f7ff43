import { parseIsoTime } from './iso-time.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonText } from './json-text.ts';
import { ByteScratch, latin } from './texts.ts';

/** Programs that keep what others print, a line each, in a wrapper of their own. */
export const wrapperNames = ['docker', 'cri', 'journal', 'shipped'] as const;
export type WrapperName = (typeof wrapperNames)[number];

/** Where a line came from; lines in pieces are joined by it. */
export const STREAMS = ['stdout', 'stderr', ''] as const;

const [LF, CR, TAB, BLANK, COLON, BACKSLASH, OPEN, LOWER_N, LOWER_R, LOWER_T, LOWER_U] = [10, 13, 9, 32, 58, 92, 123, 110, 114, 116, 117];
const FULL = 70;
const PARTIAL = 80;
const LONGEST_TIME = 40;

/** What wraps a line that begins so, as far as its first bytes tell; null: nothing that is known. */
export function wrapperOf(line: Uint8Array): WrapperName | null {
  const text = Buffer.from(line.subarray(0, 4096)).toString('latin1');
  // a log shipper may keep what Docker's objects hold, and add to it
  const isDocker = text.length === 4096 || /"time"\s*:/.test(text);
  if (isDocker && /^\{\s*"(?:log|stream|time|attrs)"\s*:/.test(text) && /"log"\s*:/.test(text)) return 'docker';
  if (text.startsWith('{') && /"(?:__REALTIME_TIMESTAMP|__CURSOR|_BOOT_ID|__MONOTONIC_TIMESTAMP)"\s*:/.test(text)) return 'journal';
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP]/.test(text)) return 'cri';
  const isObject = /^(?:\S{10,40}\t[^\t{]{1,100}\t)?\{/.test(text);
  return isObject && (shippedRequest.test(text) || shippedEvent.test(text)) ? 'shipped' : null;
}

const inMessage = String.raw`"(?:message|log|original|line|msg|MESSAGE|_raw|textPayload|short_message|full_message|@message|body)"\s*:\s*"`;
/** A message that has a time as web servers write it. Of other messages the members beside them tell more than they do. */
const shippedRequest = new RegExp(String.raw`${inMessage}(?:[^"\\]|\\.){0,300}?\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d`);
/** A message that is an object of Zeek's or Suricata's. */
const shippedEvent = new RegExp(String.raw`${inMessage}\s*\{(?:[^"\\]|\\.){0,900}?\\"(?:id\.orig_h|_path|event_type|uid|fuid)\\"\s*:`);

/**
 * Finds what is in a wrapped line: Docker's json-file (https://docs.docker.com/engine/logging/drivers/json-file/), where what was printed has its line end with it
 * unless it is a piece of a longer line; what Kubernetes' container runtimes write (`time stream F text`, P for a piece:
 * https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md); journald's export as JSON, a message each
 * (https://systemd.io/JOURNAL_EXPORT_FORMATS/); the objects of log shippers and of what keeps logs, the line of a web server in one of their members.
 */
export class WrappedLine {
  /** What was printed, without its line end, escapes of JSON undone; line ends within it, and other control bytes but TAB, stand as `\xHH`. */
  readonly text = new ByteScratch();
  /** Place of its stream in STREAMS. */
  stream = 0;
  /** Nothing of the line follows in the next one. */
  whole = true;
  /** The wrapper's time as ISO 8601 has it. */
  time = '';
  /** Who printed it, as syslog messages begin: `host app[pid]:`. */
  sender = '';
  /** The last line that was read ends within its wrapper. */
  cut = false;
  /** What it holds ends with the line of its wrapper, and not with a mark of its own. */
  readonly openEnded: boolean;
  readonly #kind: WrapperName;
  readonly #scanner = new JsonScanner();

  constructor(kind: WrapperName) {
    this.#kind = kind;
    this.openEnded = kind === 'cri';
  }

  /** Whether bytes[start..end) is a wrapped line. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.text.clear();
    this.stream = 0;
    this.whole = true;
    this.cut = false;
    return this.#kind === 'cri' ? this.#cri(bytes, start, end) : this.#object(bytes, start, end);
  }

  #cri(bytes: Uint8Array, start: number, end: number): boolean {
    const time = wordEnd(bytes, start, Math.min(end, start + LONGEST_TIME));
    const stream = wordEnd(bytes, time + 1, Math.min(end, time + 8));
    const tags = wordEnd(bytes, stream + 1, end);
    this.cut = tags >= end;
    if (stream >= end || Number.isNaN(parseIsoTime(bytes, start, time))) return false;
    const name = latin(bytes, time + 1, stream);
    // further tags may stand behind the first
    const tag = bytes[stream + 1];
    const alone = tags === stream + 2 || bytes[stream + 2] === COLON;
    if ((name !== 'stdout' && name !== 'stderr') || (tag !== FULL && tag !== PARTIAL) || !alone || stream + 1 >= end) return false;
    this.cut = false;
    this.#from(latin(bytes, start, time), name, `${name}:`);
    this.whole = tag === FULL;
    this.#put(bytes, Math.min(tags + 1, end), end);
    return true;
  }

  #from(time: string, stream: string, sender: string): void {
    const place = STREAMS.findIndex((one) => one === stream);
    this.stream = place < 0 ? STREAMS.length - 1 : place;
    this.time = time;
    this.sender = sender;
  }

  /** Text as it stands in the file. */
  #put(bytes: Uint8Array, start: number, end: number): void {
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end;
    const { text } = this;
    text.reserve(stop - start);
    for (let at = start; at < stop; at++) {
      if (bytes[at] === CR || bytes[at] === LF) text.putVisible(bytes[at]);
      else text.put(bytes[at]);
    }
  }

  #object(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    scanner.forget();
    const from = this.#kind === 'shipped' ? behindTag(bytes, start, end) : start;
    if (!scanner.scan(bytes, from, end)) {
      this.cut = scanner.problem === 'CUT' && bytes[from] === OPEN;
      return false;
    }
    if (this.#kind === 'shipped') return this.#shipped(bytes);
    return this.#kind === 'docker' ? this.#docker(bytes) : this.#journal(bytes);
  }

  /** Places of the members of these names; of two of one name the last counts. */
  #members(names: readonly string[]): number[] {
    const { keys, count, names: paths } = this.#scanner;
    const places = names.map(() => -1);
    for (let member = 0; member < count; member++) {
      const at = names.indexOf(paths.path(keys[member]));
      if (at >= 0) places[at] = member;
    }
    return places;
  }

  #docker(bytes: Uint8Array): boolean {
    const [log, stream, time] = this.#members(dockerNames);
    const { kinds, starts, ends } = this.#scanner;
    if (log < 0 || kinds[log] > JSON_KIND.escaped || time < 0 || Number.isNaN(parseIsoTime(bytes, starts[time], ends[time]))) return false;
    const name = stream < 0 ? '' : latin(bytes, starts[stream], ends[stream]);
    this.#from(latin(bytes, starts[time], ends[time]), name, `${name === 'stderr' ? name : 'stdout'}:`);
    this.whole = this.#unescape(bytes, starts[log], ends[log]);
    return true;
  }

  /** The first of the members that may hold it; of the times, too. */
  #shipped(bytes: Uint8Array): boolean {
    const { kinds, starts, ends } = this.#scanner;
    const message = this.#members(messageNames).find((member) => member >= 0 && kinds[member] <= JSON_KIND.escaped);
    if (message === undefined) return false;
    const time = this.#members(timeNames).find((member) => member >= 0 && !Number.isNaN(parseIsoTime(bytes, starts[member], ends[member])));
    this.#from(time === undefined ? '' : latin(bytes, starts[time], ends[time]), '', '-:');
    this.#unescape(bytes, starts[message], ends[message]);
    return true;
  }

  #journal(bytes: Uint8Array): boolean {
    const [message, real, host, app, comm, pid] = this.#members(journalNames);
    const { kinds, starts, ends } = this.#scanner;
    const micros = real < 0 ? NaN : Number(latin(bytes, starts[real], ends[real]));
    if (!(micros > 0 && micros < 8.64e18)) return false;
    const value = (member: number): string =>
      member < 0 || kinds[member] > JSON_KIND.number ? '' : latin(bytes, starts[member], ends[member]).replace(/[^\x21-\x7e]+/g, '_');
    const named = (value(app) || value(comm)).replace(/[:[\]]/g, '_');
    const number = value(pid);
    this.#from(isoOf(micros), '', `${value(host) || '-'} ${named || '-'}${number === '' ? '' : `[${number}]`}:`);
    if (message < 0 || kinds[message] === JSON_KIND.null) return true;
    if (kinds[message] <= JSON_KIND.escaped) this.#unescape(bytes, starts[message], ends[message]);
    else if (kinds[message] === JSON_KIND.array) this.#bytesOf(latin(bytes, starts[message] + 1, ends[message] - 1));
    return true;
  }

  /** A message that is no text is a list of the numbers of its bytes. */
  #bytesOf(list: string): void {
    for (const number of list.split(',').map(Number)) {
      if (!Number.isInteger(number) || number < 0 || number > 255) continue;
      if (number === TAB || number > 127) this.text.put(number);
      else this.text.putVisible(number);
    }
  }

  /** Whether a line end stood behind the text. */
  #unescape(bytes: Uint8Array, start: number, end: number): boolean {
    const { text } = this;
    text.reserve(end - start);
    for (let at = start; at < end;) {
      if (bytes[at] !== BACKSLASH) {
        if (bytes[at] === LF || bytes[at] === CR) text.putVisible(bytes[at]);
        else text.put(bytes[at]);
        at++;
        continue;
      }
      const letter = bytes[at + 1];
      const behind = letter === LOWER_U ? behindUnicode(bytes, at, end) : at + 2;
      if (letter === LOWER_N && behind === end) return true;
      const atEnd = letter === LOWER_R && behind + 2 === end && bytes[behind] === BACKSLASH && bytes[behind + 1] === LOWER_N;
      if (letter === LOWER_T) text.put(TAB);
      else if (!atEnd) putJsonText(text, bytes, at, behind);
      at = behind;
    }
    return false;
  }
}

const dockerNames = ['log', 'stream', 'time'];
const journalNames = ['MESSAGE', '__REALTIME_TIMESTAMP', '_HOSTNAME', 'SYSLOG_IDENTIFIER', '_COMM', '_PID'];

const inside = (names: readonly string[]): string[] =>
  ['', '_source.', 'result.', 'jsonPayload.'].flatMap((from) => names.map((name) => from + name));
/** What holds a line as it was goes before what may be made from it. */
const messageNames = inside([
  'event.original',
  'log.original',
  '_raw',
  'full_message',
  'message',
  'log',
  'line',
  'msg',
  'MESSAGE',
  'textPayload',
  'short_message',
  '@message',
  'body',
]);
const timeNames = inside(['@timestamp', 'timestamp', 'time', '_time']);

/** Fluentd writes a time and a tag before its objects, TABs behind them. */
function behindTag(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === OPEN) return start;
  const near = bytes.subarray(start, Math.min(end, start + 200));
  const tab = near.indexOf(TAB);
  const second = tab < 0 ? -1 : near.indexOf(TAB, tab + 1);
  return second < 0 ? start : start + second + 1;
}

/** Two escapes that are one character stay together. */
function behindUnicode(bytes: Uint8Array, at: number, end: number): number {
  const high = /^\\u[dD][89abAB]/.test(latin(bytes, at, at + 4));
  return high && at + 12 <= end && bytes[at + 6] === BACKSLASH && bytes[at + 7] === LOWER_U ? at + 12 : at + 6;
}

/** Where the word ends that begins at `start`. */
function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== BLANK) at++;
  return Math.min(at, end);
}

/** Microseconds since 1970 as ISO 8601 has them. */
function isoOf(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const date = new Date(seconds * 1000);
  const whole = Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00' : date.toISOString().slice(0, 19);
  return `${whole}.${String(Math.floor(micros - seconds * 1e6)).padStart(6, '0')}Z`;
}
