import { isDash, type Part } from './access-line-bytes.ts';
import type { AccessLine, ExtraField } from './access-line.ts';
import type { RequestRow } from './access-row.ts';
import { isHostName } from './access-scan.ts';
import { count, text, took, putValue, type Target } from './access-values.ts';
import { parseUnits } from './table-times.ts';
import * as values from './values.ts';

const [QUOTE, EQUALS, OPEN, CLOSE] = [34, 61, 91, 93];

/** Traefik puts four fields behind the agent (https://doc.traefik.io/traefik/observability/access-logs/). */
const traefik: readonly Target[] = [text('request_number'), text('router'), text('server_url'), took('milliseconds')];

/** What ingress-nginx puts there (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/). */
const ingress: readonly Target[] = [
  count('request_bytes'),
  took('seconds'),
  text('proxy_upstream_name'),
  text('proxy_alternative_upstream_name'),
  ...['upstream_addr', 'upstream_response_length', 'upstream_response_time', 'upstream_status', 'req_id'].map(text),
];
/** Earlier releases knew no alternative. */
const ingressOnce = ingress.filter((_, i) => i !== 3);

/** Names that people write before a value. */
const named: ReadonlyMap<string, Target> = new Map([
  ['x-forwarded-for', text('forwarded_for')],
  ['xff', text('forwarded_for')],
  ['request_time', took('seconds')],
  ['rt', took('seconds')],
]);

/** What most lines of the log have behind the size. */
export interface Usual {
  readonly agentAlone: boolean;
  readonly hostFirst: boolean;
}

/** Which fields behind the size are referrer and agent, and the host where it stands there; -1: none is. */
interface Places {
  readonly host?: number;
  readonly referrer: number;
  readonly agent: number;
}

/**
 * Puts what stands behind the size into the row. Referrer and agent are the first two quoted fields that stand together; others are the log's own.
 * `agentAlone`: one that stands alone is the agent. `hostFirst`: the host that was asked stands before them.
 */
export function putBehind(row: RequestRow, line: AccessLine, bytes: Uint8Array, { agentAlone, hostFirst }: Usual): void {
  const { fields, count: fieldCount } = line;
  const isTraefik = fieldCount === 6 && isMilliseconds(bytes, fields[5]) && !fields[2].quoted;
  const { host, referrer, agent } = isTraefik ? firstTwo : hostFirst ? behindHost(line) : placesOf(line, bytes, agentAlone);
  own.length = 0;
  for (let i = 0; i < fieldCount; i++) if (i !== referrer && i !== agent && i !== host) own.push(fields[i]);
  const layout = isTraefik ? traefik : ingressOf(bytes);
  let number = 0;
  for (let i = 0; i < fieldCount; i++) {
    const field = fields[i];
    const isOwn = i !== referrer && i !== agent && i !== host;
    if (isOwn) number++;
    if (field.open || !has(bytes, field)) continue;
    if (i === referrer) row.text('referrer', bytes, field.start, field.end);
    else if (i === agent) row.agent(bytes, field.start, field.end);
    else if (i === host) row.vhost(bytes, field.start, field.end);
    else if (layout !== null) putPlaced(row, layout[number - 1], bytes, field);
    else putOwn(row, bytes, field, number);
  }
}

/** `"www.example.com" "https://…" "agent"`, with fields that have no quotes between them. */
function behindHost({ fields, count: fieldCount }: AccessLine): Places {
  let agent = 2;
  while (agent < fieldCount && !fields[agent].quoted) agent++;
  return { host: 0, referrer: 1, agent: agent < fieldCount ? agent : -1 };
}

/** Whether a host in quotes stands behind the size, and then a referrer and an agent. */
export function isHostFirst(line: AccessLine, bytes: Uint8Array): boolean {
  const { fields, count: fieldCount } = line;
  if (fieldCount < 3 || !fields[0].quoted || !fields[1].quoted || !isHostName(bytes, fields[0].start, fields[0].end)) return false;
  const { agent } = behindHost(line);
  const page = Buffer.from(bytes.subarray(fields[1].start, Math.min(fields[1].end, fields[1].start + 12))).toString('latin1');
  return agent > 0 && (page === '-' || /^[a-z-]{3,11}:/.test(page)) && has(bytes, fields[agent]);
}

const firstTwo: Places = { referrer: 0, agent: 1 };
/** The fields of the line at hand that are neither. */
const own: ExtraField[] = [];

function placesOf({ fields, count: fieldCount }: AccessLine, bytes: Uint8Array, agentAlone: boolean): Places {
  let first = 0;
  while (first < fieldCount && !fields[first].quoted) first++;
  if (first === fieldCount) return { referrer: -1, agent: -1 };
  if (first + 1 < fieldCount && fields[first + 1].quoted) return { referrer: first, agent: first + 1 };
  // `- "agent"`: who sent no referrer has no quotes either
  if (first > 0 && !fields[first - 1].quoted && isDash(bytes, fields[first - 1].start, fields[first - 1].end))
    return { referrer: first - 1, agent: first };
  return agentAlone ? { referrer: -1, agent: first } : { referrer: first, agent: -1 };
}

/** The layout of ingress-nginx where these are its fields: a length, a time, a name in brackets and the upstreams. */
function ingressOf(bytes: Uint8Array): readonly Target[] | null {
  if (own.length < 7 || own.length > 9 || own.some(({ quoted }) => quoted) || !isBracketed(bytes, own[2])) return null;
  if (values.parseCount(bytes, own[0].start, own[0].end) < 0 || !(parseUnits(bytes, own[1].start, own[1].end, 6) >= 0)) return null;
  return isBracketed(bytes, own[3]) ? (own.length > 7 ? ingress : null) : own.length < 9 ? ingressOnce : null;
}

function putPlaced(row: RequestRow, target: Target, bytes: Uint8Array, field: ExtraField): void {
  const inner = isBracketed(bytes, field) && target.how === 'text' && target.column.startsWith('proxy_') ? 1 : 0;
  const unit = target === traefik[3] ? 2 : 0;
  putValue(row, target, bytes, field.start + inner, field.end - Math.max(inner, unit));
}

/** A field that is the log's own, or one that says what it is. */
function putOwn(row: RequestRow, bytes: Uint8Array, field: ExtraField, number: number): void {
  const { start, end, quoted } = field;
  if (!quoted && putNamed(row, bytes, start, end)) return;
  if (number === 1 && isAddressList(bytes, field)) row.text('forwarded_for', bytes, start, end);
  else row.text(`extra_${number}`, bytes, start, end);
}

/** `X-Forwarded-For="10.0.0.1, 10.0.0.2"`, `rt=0.012`. */
function putNamed(row: RequestRow, bytes: Uint8Array, start: number, end: number): boolean {
  const equals = bytes.indexOf(EQUALS, start);
  if (equals <= start || equals >= end || equals - start > 20) return false;
  const target = named.get(Buffer.from(bytes.subarray(start, equals)).toString('latin1').toLowerCase());
  if (target === undefined) return false;
  const inQuotes = bytes[equals + 1] === QUOTE && bytes[end - 1] === QUOTE && end - equals > 2;
  const [from, to] = inQuotes ? [equals + 2, end - 1] : [equals + 1, end];
  if (target.how === 'interval' && !(parseUnits(bytes, from, to, 6) >= 0)) return isDash(bytes, from, to);
  putValue(row, target, bytes, from, to);
  return true;
}

const has = (bytes: Uint8Array, { start, end }: Part): boolean => start >= 0 && end > start && !isDash(bytes, start, end);

const isBracketed = (bytes: Uint8Array, { start, end }: Part): boolean =>
  bytes[start] === OPEN && bytes[end - 1] === CLOSE && end - start > 1;

/** Digits and `ms`. */
function isMilliseconds(bytes: Uint8Array, { start, end, quoted: inQuotes }: ExtraField): boolean {
  return !inQuotes && bytes[end - 1] === 115 && bytes[end - 2] === 109 && values.parseCount(bytes, start, end - 2) >= 0;
}

/** What X-Forwarded-For holds: addresses, told by the dots or colons of the first; out of quotes several of them. */
function isAddressList(bytes: Uint8Array, { start, end, quoted: inQuotes }: ExtraField): boolean {
  let [dots, colons, commas] = [0, 0, 0];
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    const lower = byte | 32;
    if (byte === 46) dots += commas === 0 ? 1 : 0;
    else if (byte === 58) colons += commas === 0 ? 1 : 0;
    else if (byte === 44) commas++;
    else if (!(byte >= 48 && byte <= 57) && !(lower >= 97 && lower <= 102) && byte !== 32) return false;
  }
  return (inQuotes || commas > 0) && (dots === 3 || colons >= 2);
}

/** Whether one field alone is in quotes, and is not the address of a page that was come from. */
export function isAgentAlone({ fields, count: fieldCount }: AccessLine, bytes: Uint8Array): boolean {
  let alone: ExtraField | null = null;
  for (let i = 0; i < fieldCount; i++) {
    if (!fields[i].quoted) continue;
    if (alone !== null) return false;
    alone = fields[i];
  }
  if (alone === null || !has(bytes, alone)) return false;
  const beginning = Buffer.from(bytes.subarray(alone.start, Math.min(alone.end, alone.start + 12))).toString('latin1');
  return !/^[a-z-]{3,11}:|^\//.test(beginning);
}
