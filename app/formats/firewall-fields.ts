import { knownNames } from './table-names.ts';
import type { Pairs } from './key-values.ts';

/** What a firewall's line says of a connection: of known columns and of its own, one character a byte. */
export interface FirewallRecord {
  readonly as: 'connection';
  /** Names of columns with their values; of two of one name the first counts. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The connection was begun, has ended, or it is about a packet or a refusal. */
  readonly phase: 'begun' | 'ended' | 'once';
  /** When it began, or when it was logged, where the line says so itself. */
  readonly began?: string | undefined;
  readonly logged?: string | undefined;
}

/** `what`: the kind of message, for a person. */
export type FirewallLine = FirewallRecord | { readonly as: 'other'; readonly what: string };

/** Columns of connections that fields of firewalls may become. */
// prettier-ignore
const columns: ReadonlySet<string> = new Set([
  'orig_h', 'orig_p', 'resp_h', 'resp_p', 'proto', 'service', 'duration', 'orig_bytes', 'resp_bytes', 'orig_ip_bytes', 'resp_ip_bytes', 'orig_pkts', 'resp_pkts',
  'orig_l2_addr', 'resp_l2_addr',
]);

/** Seconds in a unit of durations. */
const scales = { seconds: 1, milliseconds: 1e-3, microseconds: 1e-6, nanoseconds: 1e-9 } as const;

/** What becomes of a pair: a column, of durations the seconds that its numbers count; null: it is left out. */
interface Plan {
  readonly name: string;
  readonly scale: number;
}
type Told = Readonly<Record<string, string | null>>;

/** What becomes of the pairs of lines that have the same keys in the same order. */
interface Shape {
  readonly keys: readonly string[];
  readonly plans: readonly (Plan | null)[];
}

/** Shapes by what is told and by how many keys they have; most lines of a log are of few. */
const shapes = new WeakMap<Told, Map<number, Shape[]>>();
const REMEMBERED = 50;

function plansOf(pairs: Pairs, told: Told): readonly (Plan | null)[] {
  let known = shapes.get(told);
  if (known === undefined) shapes.set(told, (known = new Map<number, Shape[]>()));
  let alike = known.get(pairs.length);
  if (alike === undefined) known.set(pairs.length, (alike = []));
  for (const shape of alike) if (isOfShape(pairs, shape.keys)) return shape.plans;
  const keys = pairs.map(([key]) => key);
  const plans = planned(keys, told);
  if (alike.length >= REMEMBERED) alike.length = 0;
  alike.push({ keys, plans });
  return plans;
}

function isOfShape(pairs: Pairs, keys: readonly string[]): boolean {
  for (let i = 0; i < keys.length; i++) if (pairs[i][0] !== keys[i]) return false;
  return true;
}

/** As a table's columns are known (table-names.ts), where nothing is told of them; a port after its translation is called as the transport is. */
function planned(keys: readonly string[], told: Told): readonly (Plan | null)[] {
  const own = (key: string): string | null | undefined => (Object.hasOwn(told, key) ? told[key] : undefined);
  const taken = new Set(keys.map(own));
  const others = keys.map((key) => (own(key) === undefined ? key : ''));
  const names = knownNames(others, (index, column) => column !== 'proto' || keys[index] !== 'transport');
  return keys.map((key, i): Plan | null => {
    const said = own(key);
    if (said === null) return null;
    if (said !== undefined) return { name: said, scale: NaN };
    const known = names[i];
    if (known === null || !columns.has(known.column) || taken.has(known.column)) return { name: ownName(key), scale: NaN };
    return { name: known.column, scale: known.column === 'duration' ? scales[known.unit ?? 'seconds'] : NaN };
  });
}

/** Pairs under the names of columns: those that are `told`, then those that tables of other tools have; the rest keep their own. Empty ones are left out. */
export function namedFields(pairs: Pairs, told: Told): [string, string][] {
  const found = plansOf(pairs, told);
  const fields: [string, string][] = [];
  for (let i = 0; i < pairs.length; i++) {
    const plan = found[i];
    const [key, value] = pairs[i];
    if (plan === null || value === '' || value === 'N/A') continue;
    const { name, scale } = plan;
    if (scale !== scale) {
      fields.push([name, value]);
      continue;
    }
    const seconds = Number(value) * scale;
    fields.push(Number.isFinite(seconds) ? ['duration', String(seconds)] : [ownName(key), value]);
  }
  return fields;
}

/** A log's own name never is that of a column with a meaning of its own. */
const ownName = (key: string): string => (columns.has(key) || key === 'ts' || key === 'end' || key === '' ? `log_${key}` : key);

export const isAddress = (text: string | undefined): boolean =>
  text !== undefined && (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i.test(text));

/** Types of other logs that firewalls write: FortiGate's, PAN-OS', Sophos'. */
const types = new Set(
  'event utm anomaly voip dns ssl virus webfilter ips app-ctrl emailfilter dlp waf gtp ssh file-filter icap attack system user vpn router wireless THREAT CONFIG SYSTEM URL DATA WILDFIRE CORRELATION GLOBALPROTECT USERID DECRYPTION AUTHENTICATION HIPMATCH HIP-MATCH IPTAG TUNNEL SCTP GTP AUDIT Event IPS Anti-Virus Content_Filtering SSL WAF Sandbox System_Health Heartbeat'.split(
    ' ',
  ),
);

/** Another log by what it calls itself. There are only so many kinds, whatever the lines say. */
export const ofType = (type: string): FirewallLine => ({ as: 'other', what: types.has(type) ? `of the type ${type}` : 'of other types' });

/** The value of a column, or undefined. */
export const fieldOf = (fields: FirewallRecord['fields'], name: string): string | undefined => fields.find(([one]) => one === name)?.[1];

/** A record where both addresses are there; another message where they are not. */
export function recordOf(record: Omit<FirewallRecord, 'as'>, what: string): FirewallLine {
  const { fields } = record;
  const known = isAddress(fieldOf(fields, 'orig_h')) && isAddress(fieldOf(fields, 'resp_h'));
  return known ? { as: 'connection', ...record } : { as: 'other', what };
}
