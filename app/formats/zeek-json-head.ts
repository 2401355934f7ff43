import { columnName } from './fields.ts';
import { NO_KEY } from './json-keys.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { newlineOf } from './lines.ts';
import type { TimeUnit } from './zeek-json-values.ts';
import { zeekLogs } from './zeek-fields.ts';
import { isConnection, kindOf, logName } from './zeek-kinds.ts';

/** What the first lines of a log in JSON show. */
export interface JsonHead {
  /** Lines that are objects, lines that are other JSON, and lines that are neither. */
  readonly objects: number;
  readonly values: number;
  readonly strangers: number;
  /** How often each `_path` comes, in the order they came. */
  readonly paths: ReadonlyMap<string, number>;
  /** Names of the fields of the log that is read: of the lines with its `_path`, or of all. */
  readonly names: ReadonlySet<string>;
  /** The log that is read: what was asked for, or the file says, or its columns tell; '' where nothing does. */
  readonly path: string;
  readonly unit: TimeUnit;
  /** A value is a time as Zeek writes ISO 8601. */
  readonly zeekTimes: boolean;
  /** A `uid` or `uids` holds what Zeek calls a connection, C and letters and digits: Unix has a number under that name. */
  readonly zeekIds: boolean;
  /** Each line is the name of a script of Zeek's, and nothing else: its loaded_scripts.log, which has no time. */
  readonly zeekScripts: boolean;
  /** Each line is one object that names the log, and the record in it: {"conn": {…}}. */
  readonly tagged: boolean;
  /** Places of the lines that are read, for the columns there are. */
  readonly lines: readonly { readonly start: number; readonly end: number }[];
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly path: string | null;
  readonly names: readonly string[];
  readonly tagged: boolean;
}

/** So many lines are enough to know a log by. */
const MOST_LINES = 500;
/** From here on, a number of seconds would be after the year 5138, one of milliseconds is after 1973. */
const MILLISECONDS = 1e11;

const zeekId = /^(?:\["|\[ ")?[CSF][0-9A-Za-z]{3,}/;
const zeekScript = /\.(?:zeek|bro)$/;
const zeekTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/** `asked`: the log that a person named. */
export function readJsonHead(head: Uint8Array, asked: string | undefined): JsonHead {
  const reading = new HeadReading(head);
  const { lines, paths } = reading;
  const path = asked ?? chosenPath(paths, lines);
  const own = lines.filter((line) => line.path === null || logName(line.path) === logName(path));
  const names = new Set(own.flatMap((line) => line.names));
  const told = path === '' ? pathOf(names) : path;
  return { ...reading.facts(), paths, names, path: told, lines: own };
}

class HeadReading {
  readonly lines: Line[] = [];
  readonly paths = new Map<string, number>();
  readonly #scanner = new JsonScanner();
  #values = 0;
  #strangers = 0;
  #millis = 0;
  #seconds = 0;
  #zeekTimes = false;
  #zeekIds = false;
  #scripts = 0;

  constructor(head: Uint8Array) {
    const newline = newlineOf(head, true);
    let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
    for (let line = 0; at < head.length && line < MOST_LINES; line++) {
      const found = head.indexOf(newline, at);
      const end = found < 0 ? head.length : found;
      this.#line(head, at, end, found < 0);
      at = end + 1;
    }
  }

  facts(): Pick<JsonHead, 'objects' | 'values' | 'strangers' | 'unit' | 'zeekTimes' | 'zeekIds' | 'zeekScripts' | 'tagged'> {
    return {
      objects: this.lines.length,
      values: this.#values,
      strangers: this.#strangers,
      unit: this.#millis > this.#seconds ? 'milliseconds' : 'seconds',
      zeekTimes: this.#zeekTimes,
      zeekIds: this.#zeekIds,
      zeekScripts: this.#scripts > 0 && this.#scripts === this.lines.length,
      tagged: this.lines.filter(({ tagged }) => tagged).length * 2 > this.lines.length,
    };
  }

  /** A last line may be cut, and one that is nested too deep shows what it is all the same. */
  #line(head: Uint8Array, start: number, end: number, last: boolean): void {
    const scanner = this.#scanner;
    if (!scanner.scan(head, start, end)) {
      if (isBlank(head, start, end)) return;
      const { problem, count } = scanner;
      const beginning = count > 0 && (problem === 'TOO_DEEP' || (problem === 'CUT' && last));
      if (!beginning) {
        if (isJson(head, start, end)) this.#values++;
        else if (!last) this.#strangers++;
        return;
      }
    }
    this.#take(head, start, end);
  }

  #take(head: Uint8Array, start: number, end: number): void {
    const { names, keys, kinds, starts, ends, count } = this.#scanner;
    const found: string[] = [];
    const tag = tagOf(this.#scanner);
    const tagged = tag !== null && hasTime(this.#scanner, tag);
    let path: string | null = tagged ? tag : null;
    for (let i = tagged ? 1 : 0; i < count; i++) {
      if (kinds[i] === JSON_KIND.object) continue;
      const name = names.path(keys[i]).slice(tagged ? tag.length + 1 : 0);
      found.push(name);
      const text = Buffer.from(head.subarray(starts[i], Math.min(ends[i], starts[i] + 200))).toString();
      if ((name === 'uid' || name === 'uids' || name === 'conn_uids' || name === 'fuid') && zeekId.test(text)) this.#zeekIds = true;
      if (name === '_path' && kinds[i] === JSON_KIND.string) path = text;
      else if (kinds[i] === JSON_KIND.number && (name === 'ts' || name === '_write_ts')) this.#number(Number(text));
      else if (kinds[i] === JSON_KIND.string && (count === 1 || name === 'ts' || name === '_write_ts') && zeekTime.test(text))
        this.#zeekTimes = true;
    }
    if (count === 1 && found[0] === 'name' && zeekScript.test(Buffer.from(head.subarray(starts[0], ends[0])).toString())) this.#scripts++;
    if (path !== null) this.paths.set(path, (this.paths.get(path) ?? 0) + 1);
    this.lines.push({ start, end, path, names: found, tagged });
  }

  #number(time: number): void {
    if (Math.abs(time) >= MILLISECONDS) this.#millis++;
    else this.#seconds++;
  }
}

/** The name of the one object that the line found last holds, and that holds all there is; null where it is otherwise. */
export function tagOf({ names, keys, kinds, count }: JsonScanner): string | null {
  if (count < 2 || kinds[0] !== JSON_KIND.object) return null;
  for (let i = 1; i < count; i++) if (names.parents[keys[i]] === NO_KEY) return null;
  return names.path(keys[0]);
}

function hasTime({ names, keys, count }: JsonScanner, tag: string): boolean {
  for (let i = 1; i < count; i++) if (names.path(keys[i]) === `${tag}.ts` || names.path(keys[i]) === `${tag}._write_ts`) return true;
  return false;
}

/** The log of a stream that holds several: connections where there are any, else the one with the most lines. */
function chosenPath(paths: ReadonlyMap<string, number>, lines: readonly Line[]): string {
  const all = [...paths].sort((a, b) => b[1] - a[1]).map(([path]) => path);
  const connections = all.find((path) =>
    isConnection(path, [...new Set(lines.filter((line) => line.path === path).flatMap(({ names }) => names))]),
  );
  return connections ?? all[0] ?? '';
}

const everywhere: ReadonlySet<string> = new Set(['ts', 'uid', 'orig_h', 'orig_p', 'resp_h', 'resp_p', 'proto', 'community_id']);

/** The log whose fields these are, where `_path` does not say: the one that has the most of them; of equals the one with the fewest others. */
export function pathOf(names: ReadonlySet<string>): string {
  const columns = [...names].map(columnName);
  if (isConnection('', columns)) return 'conn';
  const own = columns.filter((name) => !everywhere.has(name) && !name.startsWith('_'));
  let best = { path: '', hits: 0, fields: 0 };
  for (const [path, fields] of zeekLogs()) {
    const hits = own.filter((name) => fields.has(name)).length;
    if (hits * 2 <= own.length) continue;
    if (hits > best.hits || (hits === best.hits && fields.size < best.fields)) best = { path, hits, fields: fields.size };
  }
  // nothing but what two hosts said to each other, and when
  const bare = ['ts', 'orig_h', 'resp_h', 'proto'].every((name) => columns.includes(name));
  return best.path === '' && bare ? 'conn' : best.path;
}

/** Zeek's logs whose records tell of no connection, or not always (https://docs.zeek.org/en/master/script-reference/log-files.html). */
const ofNoConnection: ReadonlySet<string> = new Set(
  (
    'x509 ocsp pe files weird notice analyzer dhcp software intel known_hosts known_services known_certs signatures capture_loss stats reporter arp ' +
    'packet_filter telemetry cluster broker'
  ).split(' '),
);

/** Whether the names alone are enough to take records without a connection for those of this log: three of its fields, or all it has. */
function isWithoutConnection(path: string, names: ReadonlySet<string>): boolean {
  const fields = zeekLogs().get(path);
  if (fields === undefined || !ofNoConnection.has(path)) return false;
  const hits = [...names].filter((name) => fields.has(columnName(name))).length;
  return hits >= 3 || hits === fields.size;
}

/** How sure it is that these are Zeek's records, and why. Many programs call their time `ts`: more than that is asked for. */
export function zeekConfidence({ objects, values, strangers, paths, names, path, zeekTimes, zeekIds, zeekScripts, tagged }: JsonHead): {
  readonly confidence: number;
  readonly why: string;
} {
  if (objects === 0 || strangers > objects + values) return { confidence: 0, why: 'its lines are no JSON objects' };
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => names.has(name));
  // Suricata's eve.json
  if (names.has('event_type') && names.has('timestamp'))
    return { confidence: 0, why: 'its JSON has event_type and timestamp, as Suricata writes' };
  if (zeekScripts) return { confidence: 0.8, why: "its JSON has the names of Zeek's scripts, as loaded_scripts.log" };
  const timed = has('ts', '_write_ts');
  if (timed && tagged) return { confidence: 0.95, why: `its lines are JSON objects that hold a record each, as "${path.slice(0, 40)}"` };
  if (timed && paths.size > 0) return { confidence: 0.95, why: `its lines are JSON objects with "_path": "${path.slice(0, 40)}"` };
  if (kindOf(path, [...names]) === 'connection') return { confidence: 0.9, why: "its JSON has the columns of Zeek's connections" };
  const connected = zeekIds || has('id.orig_h', 'id_orig_h', 'id.resp_h', 'id_resp_h', '_write_ts');
  if (timed && path !== '' && (connected || isWithoutConnection(path, names)))
    return { confidence: 0.8, why: `its JSON has the columns of Zeek's ${path}.log` };
  if (timed && connected) return { confidence: 0.7, why: "its JSON has columns that Zeek's logs share" };
  if (timed && names.size === 1) return { confidence: 0.3, why: 'its lines are JSON objects with ts and nothing else, as Zeek may write' };
  if (zeekTimes) return { confidence: 0.1, why: 'its lines are JSON objects with times as Zeek writes them' };
  return { confidence: 0, why: 'its JSON has no columns of Zeek' };
}

function isBlank(head: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (head[i] > 32) return false;
  return true;
}

function isJson(head: Uint8Array, start: number, end: number): boolean {
  if (end - start > 10_000) return false;
  try {
    JSON.parse(Buffer.from(head.subarray(start, end)).toString());
    return true;
  } catch {
    return false;
  }
}
