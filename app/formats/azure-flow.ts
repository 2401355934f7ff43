import { COMMENT, type Problem } from './line-outcome.ts';
import { commonRemarks } from './line-remarks.ts';
import { protocolOf } from './protocols.ts';
import { SessionReader, sessionCount, sessionText, type SessionField } from './session-reader.ts';
import { headLines } from './table-head.ts';
import { parseUnits, unitShift } from './table-times.ts';
import { quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';
import * as values from './values.ts';

/** What records of a list have in common, by what Azure calls it, and the columns it becomes. */
const shared: ReadonlyMap<string, string> = new Map([
  ['rule', 'rule'],
  ['aclID', 'acl'],
  ['mac', 'mac'],
  ['macAddress', 'mac'],
  ['resourceId', 'resource'],
  ['flowLogResourceID', 'resource'],
  ['targetResourceID', 'target'],
]);
const sharedColumns = [...new Set(shared.values())];

/** Counters of both directions, bytes with their headers. */
const counters = ['orig_pkts', 'orig_ip_bytes', 'resp_pkts', 'resp_ip_bytes'].map(sessionCount);
const texts = ['direction', 'decision', 'flow_state', 'encryption'].map(sessionText);
const [DIRECTION, DECISION, STATE, ENCRYPTION] = texts;
const PROTO = sessionText('proto');
const ends: readonly SessionField[] = [
  { as: 'socket', column: 'orig_h', port: 'orig_p' },
  { as: 'socket', column: 'resp_h', port: 'resp_p' },
];

const TUPLE = /^"\d{9,16},[^",]*,[^",]*,\d*,\d*,[^",]*,[^",]*(?:,[^",]*)*",?$/;

/**
 * Flow logs of Azure's network security groups (versions 1 and 2) and virtual networks (version 4), as `flow-tuples` (line-shapes.ts) makes lines of them. From version
 * 2 on a flow has a record when it begins, one for each interval that it goes on and one when it ends: their counts add up to those of the flow.
 */
export const azureFlow: LogFormat = {
  id: 'azure-flow',
  title: 'Azure flow log (NSG, virtual network)',
  example: [
    '{"records":[{"category":"NetworkSecurityGroupFlowEvent","properties":{"flows":[{"rule":"Allow_Out","flows":[{"mac":"000D3AF87856","flowTuples":[',
    '"1707583327,10.0.0.4,192.0.2.190,28746,443,T,O,A,E,25,4000,30,51000",',
    '"1707583328,203.0.113.9,10.0.0.4,28746,22,T,I,D,B,,,,"',
    ']}]},{"rule":"B","flows":[{"flowTuples":[',
    '"1707583329123,2001:db8::1,2001:db8::2,5000,53,17,O,E,NX,1,80,1,120"',
    ']}]}]}}]}',
    '',
  ].join('\n'),
  detect(head) {
    const lines = headLines(head);
    const found = lines.slice(0, 200).some((line, i) => i > 0 && TUPLE.test(textOf(line).trim()));
    const first = textOf(lines[0] ?? new Uint8Array(0));
    if (found && first.includes('"flowTuples"')) return { confidence: 0.98, why: 'its records are flow tuples of Azure' };
    return { confidence: 0, why: 'it holds no flow tuples of Azure' };
  },
  open: (_head, options) => ({
    kind: 'connection',
    title: 'Azure flow log',
    read: (sink) => new AzureReader(sink, options.timeZone),
    remarks: (tallies) => commonRemarks(tallies),
  }),
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** Members of the objects that are open, from the outermost in. */
type Open = [column: string, value: string][][];
const DEEPEST = 64;
/** What stands between two lists is not longer. */
const LONGEST = 2 ** 16;

class AzureReader extends SessionReader {
  #open: Open = [];

  constructor(sink: RecordSink, zone: string | undefined) {
    super(sink, 'connection', [...ends, PROTO, ...texts, ...counters, ...sharedColumns.map(sessionText)], zone);
  }

  protected override saved(): string {
    return JSON.stringify([super.saved(), this.#open]);
  }

  protected override restore(saved: string): void {
    const [seen, open] = JSON.parse(saved) as [string, Open];
    this.#open = open;
    super.restore(seen);
  }

  protected session(bytes: Uint8Array, start: number, end: number): number | Problem | typeof COMMENT {
    let [from, to] = [start, end];
    while (from < to && bytes[from] === 32) from++;
    while (to > from && (bytes[to - 1] === 32 || bytes[to - 1] === 44)) to--;
    const isTuple = bytes[from] === 34 && bytes[to - 1] === 34 && bytes[from + 1] >= 48 && bytes[from + 1] <= 57;
    if (isTuple) return this.#tuple(bytes, from + 1, to - 1);
    const open = end - start > LONGEST ? null : opened(textOf(bytes.subarray(start, end)), this.#open);
    if (open === null) return { reason: 'NO_SESSION', what: 'it is no flow tuple of Azure, and nothing that stands around them' };
    this.#open = open;
    return COMMENT;
  }

  #tuple(bytes: Uint8Array, start: number, end: number): number | Problem {
    const places: [number, number][] = [];
    for (let from = start; from <= end && places.length < MOST;) {
      const comma = bytes.indexOf(44, from);
      const to = comma < 0 || comma > end ? end : comma;
      places.push([from, to]);
      from = to + 1;
    }
    if (places.length < LEAST) return { reason: 'TOO_FEW_FIELDS', what: `${places.length} fields where there should be ${LEAST} or more` };
    const [time, source, target, sourcePort, targetPort, protocol, direction, seventh, eighth, ...rest] = places;
    // from version 4 on protocols are numbers and times milliseconds
    const isNumbered = bytes[protocol[0]] >= 48 && bytes[protocol[0]] <= 57;
    const ts = parseUnits(bytes, time[0], time[1], time[1] - time[0] > 11 ? unitShift.milliseconds : unitShift.seconds);
    if (!(ts > 0)) return { reason: 'BAD_TIME', what: `the time is ${quoted(bytes, time[0], time[1])}` };
    for (const [column, [from, to]] of [
      ['orig_h', source],
      ['resp_h', target],
    ] as const) {
      if (!this.cells.address(this.place(column), bytes, from, to))
        return { reason: 'BAD_VALUE', what: `${column} is ${quoted(bytes, from, to)}` };
    }
    for (const [column, [from, to]] of [
      ['orig_p', sourcePort],
      ['resp_p', targetPort],
    ] as const) {
      const port = values.parsePort(bytes, from, to);
      if (port >= 0) this.cells.number(this.place(column), port);
      else if (to > from) return { reason: 'BAD_VALUE', what: `${column} is ${quoted(bytes, from, to)}` };
    }
    const name = textOf(bytes.subarray(protocol[0], protocol[1]));
    const proto = Buffer.from(protocolOf(letters.get(name) ?? name)?.name ?? name, 'latin1');
    this.cells.text(this.place('proto'), proto, 0, proto.length);
    const decided = isNumbered ? [null, seventh, eighth] : [seventh, eighth, undefined];
    const problem = this.#all([DIRECTION, DECISION, STATE, ENCRYPTION], [direction, ...decided], bytes) ?? this.#all(counters, rest, bytes);
    if (problem !== null) return problem;
    this.#shared();
    return ts;
  }

  #all(fields: readonly SessionField[], places: readonly ([number, number] | null | undefined)[], bytes: Uint8Array): Problem | null {
    for (const [i, field] of fields.entries()) {
      const place = places[i];
      const problem = place == null ? null : this.put(field, bytes, place[0], place[1]);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** What the objects around the list say; the innermost goes before. */
  #shared(): void {
    const seen = new Set<string>();
    for (const [column, value] of this.#open.flat().toReversed()) {
      if (seen.has(column) || value === '') continue;
      seen.add(column);
      const bytes = Buffer.from(value, 'latin1');
      this.cells.text(this.place(column), bytes, 0, bytes.length);
    }
  }
}

const letters: ReadonlyMap<string, string> = new Map([
  ['T', 'tcp'],
  ['U', 'udp'],
]);
const [LEAST, MOST] = [8, 20];

/** Of two members of one name the last counts. */
function put(members: [column: string, value: string][] | undefined, column: string, value: string): void {
  const there = members?.findIndex(([one]) => one === column) ?? -1;
  if (there >= 0) members?.splice(there, 1);
  members?.push([column, value]);
}

/** What is open behind a piece of JSON, null where it is none. Members of objects that have ended are forgotten. */
function opened(text: string, before: Open): Open | null {
  const open = before.map((members) => [...members]);
  const token = /\s*(?:"((?:[^"\\]|\\.){0,2000})"|([{}[\],:])|(-?\d[\d.eE+-]*|true|false|null))/y;
  let key: string | null = null;
  let last: string | null = null;
  const { length } = text.trimEnd();
  while (token.lastIndex < length) {
    const match = token.exec(text);
    if (match === null) return null;
    const [, word, mark] = match;
    if (word !== undefined) {
      const column = key === null ? undefined : shared.get(key);
      if (column !== undefined) put(open.at(-1), column, word.replace(/\\(["\\/])/g, '$1'));
      key = null;
      last = word;
    } else if (mark === ':') key = last;
    else {
      key = null;
      if (mark === '{' && open.length < DEEPEST) open.push([]);
      else if (mark === '}') open.pop();
    }
  }
  return open;
}
