import type { TimeUnit } from './table-times.ts';

/** Whose a column is by the words of its name; `both`: it names the one and the other, and is nobody's. */
export type NamedSide = 'orig' | 'resp' | 'both' | null;

/** What a name says by its words. */
export interface NameReading {
  readonly column:
    'ts' | 'end' | 'duration' | 'orig_h' | 'resp_h' | 'orig_p' | 'resp_p' | `${'orig' | 'resp'}_${'bytes' | 'ip_bytes' | 'pkts'}`;
  readonly unit?: TimeUnit;
  /** Words of the name that say nothing that is known: of two names for one column that with fewer is the better. */
  readonly strange: number;
}

/** A word by what it says. Hosts are SOURCE or TARGET; FORWARD and BACKWARD are so of what was counted alone. */
type Sense =
  | 'SOURCE'
  | 'TARGET'
  | 'FORWARD'
  | 'BACKWARD'
  | 'FROM'
  | 'TO'
  | 'SENT'
  | 'RECEIVED'
  | 'IN'
  | 'OUT'
  | 'ADDRESS'
  | 'PORT'
  | 'BYTES'
  | 'PACKETS';
type TimeSense = 'START' | 'END' | 'DURATION' | 'TIME';

const declared: Readonly<Record<Sense | TimeSense | 'BESIDE' | 'OTHER', string>> = {
  SOURCE: 'src source orig originator originating client cli clt local initiator sender',
  TARGET: 'dst dest destination resp rsp responder responding server srv svr remote target receiver',
  FORWARD: 'fwd forward',
  BACKWARD: 'bwd backward reverse rev',
  FROM: 'from',
  TO: 'to',
  SENT: 'sent transmitted tx',
  RECEIVED: 'received rcvd recv rx',
  IN: 'in incoming inbound ingress',
  OUT: 'out outgoing outbound egress',
  ADDRESS: 'ip addr address host',
  PORT: 'port',
  BYTES: 'bytes byte octets',
  PACKETS: 'packets packet pkts pkt',
  START: 'start started starting begin began first',
  END: 'end ended ending stop stopped finish finished last',
  DURATION: 'duration dur elapsed',
  TIME: 'time timestamp stamp date datetime seen switched at',
  // says nothing of whose something is, and nothing else either
  BESIDE:
    'flow netflow ipfix event net network connection conn session record traffic json jsonpayload payload fields properties total tot num number count sum delta l3 l4 layer transport tcp udp',
  // of another host than the two, or of something that only looks like one
  OTHER:
    'nat natted translated translation xlate xlat xlated mapped post mac router hop next nexthop gateway gw mask subnet prefix proxy tunnel outer forwarded xff sampler exporter agent observer geo country zone asn as vlan interface broadcast bgp',
};

/** One word for two, as many logs have them. `sip` and `sport` are the server's in some logs. */
const glued: Readonly<Record<string, readonly string[]>> = {
  saddr: ['src', 'addr'],
  shost: ['src', 'host'],
  daddr: ['dst', 'addr'],
  dhost: ['dst', 'host'],
  dip: ['dst', 'ip'],
  dport: ['dst', 'port'],
  dpt: ['dst', 'port'],
  spt: ['src', 'port'],
  cip: ['client', 'ip'],
  cport: ['client', 'port'],
};

const units: Readonly<Record<string, TimeUnit>> = {
  ...Object.fromEntries(['s', 'sec', 'secs', 'second', 'seconds'].map((word) => [word, 'seconds' as const])),
  ...Object.fromEntries(['ms', 'msec', 'msecs', 'millis', 'millisecond', 'milliseconds'].map((word) => [word, 'milliseconds' as const])),
  ...Object.fromEntries(['us', 'usec', 'usecs', 'micros', 'microsecond', 'microseconds'].map((word) => [word, 'microseconds' as const])),
  ...Object.fromEntries(['ns', 'nsec', 'nsecs', 'nanos', 'nanosecond', 'nanoseconds'].map((word) => [word, 'nanoseconds' as const])),
};

const senses: ReadonlyMap<string, keyof typeof declared> = new Map(
  Object.entries(declared).flatMap(([sense, words]) => words.split(' ').map((word) => [word, sense as keyof typeof declared] as const)),
);

/** Longer names, and longer words of a name, are not looked into. */
const LONGEST_NAME = 200;
const LONGEST_WORD = 40;

/** The words of a name, in small letters: parted by what is no letter or digit, by a capital (`srcAddr`), or by nothing at all (`srcaddr`). */
export function wordsOf(name: string): readonly string[] {
  if (name.length > LONGEST_NAME) return [];
  return name
    .replace(/ipv(?=[46])/gi, ' ip ')
    .replace(/(\p{L})[46](?=\p{L})/gu, '$1 ')
    .replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, '$1 ')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .flatMap((word) => partsOf(word.toLowerCase()));
}

const isWord = (text: string): boolean => senses.has(text) || Object.hasOwn(glued, text);

/** `dstaddr` as `dst` and `addr`, `src4` as `src`; a word of other letters as it is. */
function partsOf(word: string): readonly string[] {
  const whole = (text: string): readonly string[] => (Object.hasOwn(glued, text) ? (glued[text] ?? []) : [text]);
  if (word.length > LONGEST_WORD || isWord(word) || Object.hasOwn(units, word)) return whole(word);
  const letters = word.replace(/[46]$/, '');
  if (letters !== word && (letters === '' || letters === 'v' || isWord(letters))) return letters.length < 2 ? [] : whole(letters);
  const between = /^(\p{L}+)2(\p{L}+)$/u.exec(word);
  if (between !== null) return [...partsOf(between[1] ?? ''), 'to', ...partsOf(between[2] ?? '')];
  return partsWithin(letters)?.flatMap(whole) ?? [word];
}

/** Words that are the whole of it, one behind the other; the longest first. Null: there are none. */
function partsWithin(text: string): readonly string[] | null {
  const from = new Map<number, readonly string[]>([[text.length, []]]);
  for (let at = text.length - 2; at >= 0; at--) {
    for (let end = text.length; end >= at + 2; end--) {
      const rest = from.get(end);
      if (rest === undefined || !isWord(text.slice(at, end))) continue;
      from.set(at, [text.slice(at, end), ...rest]);
      break;
    }
  }
  return from.get(0) ?? null;
}

const sensesOf = (words: readonly string[]): readonly (keyof typeof declared | 'UNIT' | null)[] =>
  words.map((word) => senses.get(word) ?? (Object.hasOwn(units, word) ? 'UNIT' : null));

type Side = 'orig' | 'resp';
const other = (side: Side): Side => (side === 'orig' ? 'resp' : 'orig');

/** Whose a host or a port is by its name. A word like `src` goes before `from`: that which came `from server` is the server's. */
export function sideOf(name: string): NamedSide {
  const found = sensesOf(wordsOf(name));
  const orig = found.includes('SOURCE');
  const resp = found.includes('TARGET');
  if (orig || resp) return orig && resp ? 'both' : orig ? 'orig' : 'resp';
  const [from, to] = [found.includes('FROM'), found.includes('TO')];
  return from && to ? 'both' : from ? 'orig' : to ? 'resp' : null;
}

/** Whether a name is that of another host than the two, as far as its words tell: a router, an address after its translation. */
export function isOfOther(name: string): boolean {
  return sensesOf(wordsOf(name)).includes('OTHER');
}

/** Who sent what is counted: `bytes_toserver` came from the client, and what the server received too. Null where the name does not tell. */
function senderOf(found: readonly (keyof typeof declared | 'UNIT' | null)[]): Side | null {
  const sided = found.map((sense): Side | null =>
    sense === 'SOURCE' || sense === 'FORWARD' ? 'orig' : sense === 'TARGET' || sense === 'BACKWARD' ? 'resp' : null,
  );
  const to = found.indexOf('TO');
  if (to >= 0) {
    const whom = sided.slice(to + 1).find((side) => side !== null);
    const before = sided.slice(0, to).find((side) => side !== null);
    return whom === undefined || before === whom ? null : other(whom);
  }
  const sides = new Set(sided.filter((side) => side !== null));
  if (sides.size > 1) return null;
  const whose = [...sides][0];
  const away = found.includes('SENT') || found.includes('OUT');
  const here = found.includes('RECEIVED') || found.includes('IN');
  if (away && here) return null;
  if (whose !== undefined) return here ? other(whose) : whose;
  // a log of one machine's traffic counts as the firewalls do: sent by the one that began
  if (found.includes('SENT')) return 'orig';
  return found.includes('RECEIVED') ? 'resp' : null;
}

/** What a name says by its words; null: nothing that is told from words. */
export function readName(name: string): NameReading | null {
  const words = wordsOf(name);
  if (words.length === 0) return null;
  const found = sensesOf(words);
  const strange = found.filter((sense) => sense === null).length;
  if (found.includes('OTHER')) return null;
  const has = (sense: Sense | TimeSense): boolean => found.includes(sense);
  const counted = has('BYTES') || has('PACKETS');
  const time = counted && !(has('START') || has('END')) ? null : timeOf(words, found);
  if (time !== null) return time;
  if (counted) return countedOf(found, strange);
  const side = sideOf(name);
  if (side === null || side === 'both' || found.includes('UNIT')) return null;
  if (has('PORT')) return { column: `${side}_p`, strange };
  return { column: `${side}_h`, strange: has('ADDRESS') ? strange : strange + 1 };
}

/** Every word has to be known: an average of bytes is no number of bytes. */
function countedOf(found: ReturnType<typeof sensesOf>, strange: number): NameReading | null {
  const [bytes, packets] = [found.includes('BYTES'), found.includes('PACKETS')];
  const sender = senderOf(found);
  if (strange > 0 || bytes === packets || sender === null || found.includes('UNIT') || found.includes('PORT')) return null;
  if (packets) return { column: `${sender}_pkts`, strange };
  return { column: found.includes('SENT') || found.includes('RECEIVED') ? `${sender}_bytes` : `${sender}_ip_bytes`, strange };
}

const ofTimes: ReadonlySet<string | null> = new Set(['START', 'END', 'DURATION', 'TIME', 'UNIT', 'BESIDE', 'PACKETS']);

/** When something began, ended, or how long it lasted, and in which unit; every word has to be known. */
function timeOf(words: readonly string[], found: ReturnType<typeof sensesOf>): NameReading | null {
  if (!found.every((sense) => ofTimes.has(sense))) return null;
  const said = (['START', 'END', 'DURATION'] as const).filter((sense) => found.includes(sense));
  const [one] = said;
  if (one === undefined || said.length > 1) return null;
  const unit = words.map((word) => (Object.hasOwn(units, word) ? units[word] : undefined)).find((known) => known !== undefined);
  const column = ({ START: 'ts', END: 'end', DURATION: 'duration' } as const)[one];
  return unit === undefined ? { column, strange: 0 } : { column, unit, strange: 0 };
}

/** Not `network`: Elastic's `network.bytes` are those of both directions. */
const containers = new Set(
  'flow netflow ipfix event net connection conn session record traffic json jsonpayload fields properties logcontent data'.split(' '),
);

/** A name without the objects around it that say nothing: `jsonPayload.connection.src_ip` is `src_ip`. Null: there are none. */
export function withoutContainers(name: string): string | null {
  const parts = name.split('.');
  let from = 0;
  while (from < parts.length - 1 && containers.has((parts[from] ?? '').toLowerCase())) from++;
  return from === 0 ? null : parts.slice(from).join('.');
}
