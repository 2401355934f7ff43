import { connStates } from '../../formats/conn-states.ts';
import type { DictionaryReader } from '../../columns/types.ts';
import type { RecordKind } from '../../contract/case.ts';
import type { CallRows } from './call-table.ts';
import type { RowFigures } from './figure-table.ts';
import { hashOf, hashOfNumber } from './hash.ts';
import { kindPlan, type Attribute, type KindPlan } from './kinds.ts';
import { latencyBin } from './latency-sketch.ts';
import type { Rows } from './rows.ts';
import { ABSENT, pathTemplate, TextKeys } from './text-keys.ts';

const classes = Array.from({ length: 10 }, (_, digit) => `${digit}xx`);
const classHashes = Uint32Array.from(classes, hashOf);

/** Keys and hashes of one attribute, by row. */
export interface AttributeRows {
  readonly keys: string[];
  hashes: Uint32Array;
}

/** What windows ask of each record of a batch, column by column. One object is filled again and again. */
export class PreparedRows implements RowFigures {
  readonly plan: KindPlan;
  readonly #kind: RecordKind;
  readonly #hosts = new TextKeys();
  readonly #terms = new TextKeys();
  readonly #paths = new TextKeys(pathTemplate);
  readonly #attributes = new Map<Attribute, AttributeRows>();
  /** Of a column that goes before another, for a while. */
  readonly #better: AttributeRows = { keys: [], hashes: new Uint32Array(0) };
  times = new Float64Array(0);
  errors = new Uint8Array(0);
  refused = new Uint8Array(0);
  bytesOut = new Float64Array(0);
  bytesIn = new Float64Array(0);
  durations = new Float64Array(0);
  bins = new Int16Array(0);
  /** Of the batch at hand; null where its records are no calls, or have no ports. */
  calls: CallRows | null = null;

  constructor(kind: RecordKind) {
    this.#kind = kind;
    this.plan = kindPlan(kind);
    const asked = [
      this.plan.whole,
      ...this.plan.dimensions.flatMap(({ key, peers, targets }) => [
        { peers: key, targets: key },
        { peers, targets },
      ]),
    ];
    for (const { peers, targets } of asked) {
      for (const attribute of [peers, targets])
        if (attribute !== null) this.#attributes.set(attribute, { keys: [], hashes: new Uint32Array(0) });
    }
  }

  attribute(attribute: Attribute): AttributeRows {
    const rows = this.#attributes.get(attribute);
    if (rows === undefined) throw new RangeError(`windows of ${this.#kind} do not ask for ${attribute}`);
    return rows;
  }

  fill(rows: Rows): void {
    this.#reserve(rows.rows);
    const times = rows.numbers('ts');
    if (times === null) this.times.fill(Number.NaN, 0, rows.rows);
    else this.times.set(times.subarray(0, rows.rows));
    this.#errorsOf(rows);
    copyCounts(rows.numbers(this.plan.bytesOut), rows.rows, this.bytesOut);
    copyCounts(rows.numbers(this.plan.bytesIn), rows.rows, this.bytesIn);
    this.#durationsOf(rows);
    for (const [attribute, into] of this.#attributes) this.#attribute(rows, attribute, into);
    this.calls = this.#callsOf(rows);
  }

  #callsOf(rows: Rows): CallRows | null {
    const ports = this.plan.calls ? rows.numbers('resp_p') : null;
    if (ports === null) return null;
    const { times, bytesOut } = this;
    const ends = { originators: this.attribute('orig_h'), responders: this.attribute('resp_h') };
    const local = { localOriginators: rows.numbers('local_orig'), localResponders: rows.numbers('local_resp') };
    return { ...ends, ports, ...local, times, bytesOut };
  }

  #attribute(rows: Rows, attribute: Attribute, into: AttributeRows): void {
    if (attribute === 'status') this.#statuses(rows, into);
    else if (attribute === 'resp_p') portsOf(rows.numbers('resp_p'), rows.rows, into);
    else this.#texts(rows, attribute, into);
  }

  /** Of each record what the first column says that says anything of it: which columns its neighbours brought along has no part in it. */
  #texts(rows: Rows, attribute: Attribute, into: AttributeRows): void {
    const columns = (this.plan.columns[attribute] ?? []).flatMap((name) => rows.ids(name) ?? []);
    const last = columns.pop();
    if (last === undefined) {
      into.keys.fill(ABSENT, 0, rows.rows);
      into.hashes.fill(0, 0, rows.rows);
      return;
    }
    this.#keysFor(attribute, last).fill(last.dictionary, last.ids, rows.rows, into.keys, into.hashes);
    for (const column of columns.reverse()) {
      const { keys, hashes } = this.#better;
      this.#keysFor(attribute, column).fill(column.dictionary, column.ids, rows.rows, keys, hashes);
      for (let row = 0; row < rows.rows; row++) {
        if (column.ids[row] === 0) continue;
        into.keys[row] = keys[row];
        into.hashes[row] = hashes[row];
      }
    }
  }

  #keysFor(attribute: Attribute, { dictionary }: { readonly dictionary: DictionaryReader }): TextKeys {
    if (attribute === 'path') return this.#paths;
    return dictionary.name === 'host' ? this.#hosts : this.#terms;
  }

  #statuses(rows: Rows, into: AttributeRows): void {
    const status = rows.numbers('status');
    for (let row = 0; row < rows.rows; row++) {
      const digit = status === null ? -1 : Math.floor(status[row] / 100);
      const known = digit >= 0 && digit <= 9;
      into.keys[row] = known ? classes[digit] : ABSENT;
      into.hashes[row] = known ? classHashes[digit] : 0;
    }
  }

  #errorsOf(rows: Rows): void {
    this.errors.fill(0, 0, rows.rows);
    this.refused.fill(0, 0, rows.rows);
    if (this.#kind === 'request') {
      const status = rows.numbers('status');
      for (let row = 0; status !== null && row < rows.rows; row++) {
        if (status[row] >= 400) this.errors[row] = 1;
        if (status[row] === 401 || status[row] === 403) this.refused[row] = 1;
      }
      return;
    }
    const states = this.#kind === 'connection' ? rows.ids('conn_state') : null;
    if (states === null) return;
    // 0: not asked yet; else 1 + failed + 2 × rejected
    const known: number[] = [];
    for (let row = 0; row < rows.rows; row++) {
      const id = states.ids[row];
      if (id === 0) continue;
      const word = (known[id] ??= wordOf(states.dictionary.textOf(id)));
      this.errors[row] = word & 1;
      this.refused[row] = word >> 1;
    }
  }

  #durationsOf(rows: Rows): void {
    const durations = rows.numbers('duration');
    this.bins.fill(-1, 0, rows.rows);
    for (let row = 0; durations !== null && row < rows.rows; row++) {
      if (!(durations[row] >= 0)) continue;
      this.durations[row] = Math.floor(durations[row]);
      this.bins[row] = latencyBin(durations[row]);
    }
  }

  #reserve(rows: number): void {
    if (this.times.length >= rows) return;
    const length = Math.max(1024, rows);
    this.times = new Float64Array(length);
    this.errors = new Uint8Array(length);
    this.refused = new Uint8Array(length);
    this.bytesOut = new Float64Array(length);
    this.bytesIn = new Float64Array(length);
    this.durations = new Float64Array(length);
    this.bins = new Int16Array(length);
    for (const into of [...this.#attributes.values(), this.#better]) {
      into.hashes = new Uint32Array(length);
      while (into.keys.length < length) into.keys.push(ABSENT);
    }
  }
}

function wordOf(state: string): number {
  return (connStates.get(state)?.failed === true ? 1 : 0) + (state === 'REJ' ? 2 : 0);
}

function copyCounts(from: Float64Array | null, rows: number, into: Float64Array): void {
  if (from === null) into.fill(0, 0, rows);
  else for (let row = 0; row < rows; row++) into[row] = from[row] > 0 ? Math.floor(from[row]) : 0;
}

function portsOf(ports: Float64Array | null, rows: number, into: AttributeRows): void {
  for (let row = 0; row < rows; row++) {
    const port = ports === null ? Number.NaN : ports[row];
    into.hashes[row] = Number.isNaN(port) ? 0 : hashOfNumber(port);
  }
}
