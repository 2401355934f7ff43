import { FlowcaseError } from '../errors.ts';
import type { FormatOptions } from '../contract/formats.ts';
import { plural } from '../contract/format.ts';
import type { ColumnType } from '../contract/records.ts';
import { COMMENT } from './line-outcome.ts';
import { freeName, takenNames } from './own-columns.ts';
import { headLines, splitLine } from './table-head.ts';
import { planTable, type PlannedField } from './table-plan.ts';
import { TableReader, type AsideLine } from './table-reader.ts';
import { tableRemarks } from './table-remarks.ts';
import type { LogFormat, OpenedLog } from './types.ts';

type Field = readonly [to: string, type: ColumnType];

/** Fields of flow log records and the columns they become (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html). */
const fields: Readonly<Record<string, Field>> = {
  version: ['version', 'count'],
  'account-id': ['account-id', 'string'],
  'interface-id': ['interface-id', 'string'],
  srcaddr: ['orig_h', 'addr'],
  dstaddr: ['resp_h', 'addr'],
  srcport: ['orig_p', 'port'],
  dstport: ['resp_p', 'port'],
  protocol: ['proto', 'enum'],
  packets: ['orig_pkts', 'count'],
  bytes: ['orig_ip_bytes', 'count'],
  start: ['ts', 'time'],
  end: ['end', 'time'],
  action: ['action', 'enum'],
  'log-status': ['log-status', 'enum'],
  'tcp-flags': ['tcp-flags', 'count'],
  'pkt-srcaddr': ['pkt-srcaddr', 'addr'],
  'pkt-dstaddr': ['pkt-dstaddr', 'addr'],
  'traffic-path': ['traffic-path', 'count'],
};

/** Fields of versions 3 to 10 that are texts. */
const texts =
  'vpc-id subnet-id instance-id type region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status'.split(
    ' ',
  );

/** Flow logs of transit gateways, in the order of their default format (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records). */
const transit =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service'.split(
    ' ',
  );
const knownFields = new Set([...Object.keys(fields), ...texts, ...transit]);

/** The default format, which has no header in CloudWatch. */
const version2 = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(
  ' ',
);
/** What the versions 3 to 10 added, in the order of the documentation: whoever takes all fields has them so behind those of version 2. */
const later =
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status'.split(
    ' ',
  );

/** What values of some of these fields look like. */
const looks: Readonly<Record<string, RegExp>> = {
  'vpc-id': /^(?:vpc-|-$)/,
  'subnet-id': /^(?:subnet-|-$)/,
  'instance-id': /^(?:i-|-$)/,
  'tcp-flags': /^(?:\d{1,2}|-)$/,
  type: /^(?:IPv4|IPv6|EFA|-)$/,
  'pkt-srcaddr': /^(?:[\d.]{7,15}|[\da-f:.]*:[\da-f:.]*|-)$/,
  'pkt-dstaddr': /^(?:[\d.]{7,15}|[\da-f:.]*:[\da-f:.]*|-)$/,
  'flow-direction': /^(?:ingress|egress|-)$/,
  'traffic-path': /^(?:\d|-)$/,
};

/** What `aws logs` and subscriptions write before a record: when it came in. */
const RECEIVED = 'timestamp';

/**
 * Flow logs of Amazon VPC: fields parted by blanks, `-` for none; the default format (version 2) without a header, any other with one, or with its
 * fields named by a person (option fields). One record is one direction: bytes are those of whole packets from srcaddr to dstaddr, and become orig_ip_bytes. The time is when the first packet of the window came.
 * Records of windows without traffic (NODATA) or left out by AWS (SKIPDATA) are counted as comments.
 */
export const vpcFlow: LogFormat = {
  id: 'vpc-flow',
  title: 'AWS VPC flow log',
  example: [
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
    '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530011 1418530071 REJECT OK',
    '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
    '2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 0 0 58 54 8855 1477913708 1477913820 ACCEPT OK',
    '',
  ].join('\n'),
  detect(head) {
    const found = headOf(head);
    if (found === null) return { confidence: 0, why: 'its fields are not those of a VPC flow log' };
    const why =
      found.header === null
        ? 'its records have the fields of version 2, or those of a transit gateway'
        : 'its header names the fields of VPC flow logs';
    return { confidence: 0.95, why };
  },
  open,
};

interface Head {
  readonly names: readonly string[];
  readonly header: Uint8Array | null;
}

/** `${srcaddr}`, `srcaddr` and `src_addr` of other tools' headers are one. */
const plainField = (word: string): string =>
  word
    .toLowerCase()
    .replace(/^\$\{(.+)\}$/, '$1')
    .replaceAll('_', '-');

/** The fields that a person names. @throws FlowcaseError INVALID_INPUT */
function saidFields(text: string): readonly string[] {
  const names = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(plainField);
  if (!names.some((name) => knownFields.has(name))) {
    const message = `"${text.slice(0, 100)}" names no field of VPC flow logs. Name them as the flow log's format does: version srcaddr dstaddr srcport dstport protocol start end action.`;
    throw new FlowcaseError('INVALID_INPUT', message, { field: 'fields' });
  }
  return names;
}

function headOf(head: Uint8Array, said?: string): Head | null {
  const line = headLines(head).at(0);
  const words = line === undefined ? null : splitLine(line, ' ');
  const given = said === undefined ? null : saidFields(said);
  if (line === undefined || words === null || words.length < 3) return given === null ? null : { names: given, header: null };
  const names = words.map(plainField);
  if (names.filter((name) => knownFields.has(name)).length >= Math.max(3, names.length * 0.75) && names.includes('srcaddr'))
    return { names, header: line };
  const received = /^\d{4}-\d{2}-\d{2}T/.test(words[0]) ? 1 : 0;
  if (given !== null) return { names: received === 1 && words.length > given.length ? [RECEIVED, ...given] : given, header: null };
  const unnamed = unnamedFields(words.slice(received));
  return unnamed === null ? null : { names: received === 1 ? [RECEIVED, ...unnamed] : unnamed, header: null };
}

/** The fields of a record that nobody named, by its values; null where they do not tell. Of fields in an order of somebody's own those behind version 2 have no names. */
function unnamedFields(values: readonly string[]): readonly string[] | null {
  if (/^tgw-/.test(values[3] ?? '') && values.length === transit.length && isStatus(values[25])) return transit;
  if (values.length < version2.length || !/^\d{1,2}$/.test(values[0] ?? '') || !/^(\d{10,12}|unknown|-)$/.test(values[1] ?? ''))
    return null;
  if (!/^(ACCEPT|REJECT|-)$/.test(values[12] ?? '') || !isStatus(values[13])) return null;
  const more = values.slice(version2.length);
  const fits = more.every((value, i) => i < later.length && (looks[later[i] ?? '']?.test(value) ?? true));
  return [...version2, ...more.map((_, i) => (fits ? (later[i] ?? '') : ''))];
}

const isStatus = (value: string | undefined): boolean => /^(OK|NODATA|SKIPDATA|-)$/.test(value ?? '');

function open(head: Uint8Array, options: FormatOptions): OpenedLog {
  const { names, header } = headOf(head, options.fields) ?? { names: version2, header: null };
  const taken = takenNames();
  const planned = names.map((name, field): PlannedField => {
    const [to, type] = name === RECEIVED ? ([RECEIVED, 'time'] as const) : (fields[name] ?? [name, 'string']);
    const seconds = name === 'start' || name === 'end' ? 'seconds' : undefined;
    return { field, name, to: freeName(to, field, taken), type, unit: seconds };
  });
  const plan = planTable({
    kind: names.includes('srcaddr') && names.includes('dstaddr') && names.includes('start') ? 'connection' : 'vpc_flow',
    delimiter: 32,
    width: names.length,
    header,
    fields: planned,
    options,
    protocolNumbers: true,
  });
  return {
    kind: plan.kind,
    title: 'AWS VPC flow log',
    read: (sink) => new TableReader(sink, plan, withoutTraffic),
    remarks: (tallies) => [
      ...([NODATA, SKIPDATA] as const).flatMap((status) => {
        const count = tallies.get(status) ?? 0;
        return count === 0 ? [] : [`${plural(count, 'record')} ${count === 1 ? 'says' : 'say'} ${status}: ${meanings[status]}.`];
      }),
      ...tableRemarks(tallies, plan),
    ],
  };
}

const NODATA = 'NODATA';
const SKIPDATA = 'SKIPDATA';
const meanings = {
  NODATA: 'there was no traffic in that window; counted as comments',
  SKIPDATA: 'AWS left records of that window out, so traffic is missing here; counted as comments',
};

function withoutTraffic(line: AsideLine): typeof COMMENT | null {
  for (const status of [NODATA, SKIPDATA]) {
    if (!hasWord(line, status)) continue;
    line.tally(status);
    return COMMENT;
  }
  return null;
}

/** A word between blanks. */
function hasWord({ bytes, start, end }: AsideLine, word: string): boolean {
  const first = word.charCodeAt(0);
  for (let at = end - word.length; at >= start; at--) {
    if (bytes[at] !== first || (at > start && bytes[at - 1] !== 32) || (at + word.length < end && bytes[at + word.length] !== 32)) continue;
    let i = 1;
    while (i < word.length && bytes[at + i] === word.charCodeAt(i)) i++;
    if (i === word.length) return true;
  }
  return false;
}
