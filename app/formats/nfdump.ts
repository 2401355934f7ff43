import { FlowcaseError } from '../errors.ts';
import type { FormatOptions } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import { COMMENT } from './line-outcome.ts';
import { freeName, takenNames } from './own-columns.ts';
import { isAddress } from './table-guess.ts';
import { headLines, splitLine } from './table-head.ts';
import { planTable, type PlannedField } from './table-plan.ts';
import { TableReader, type AsideLine } from './table-reader.ts';
import { tableRemarks } from './table-remarks.ts';
import type { Detection, LogFormat, OpenedLog } from './types.ts';

/** A field of nfdump's, and the column it becomes. */
type Field = readonly [to: string, type: ColumnType];

/**
 * nfdump's fields by the names in the header: `-o csv` up to 1.7.3 (csv_prolog in output_csv.c and the formats in nfdump(1)), what came after
 * (firstSeen, srcAddr, ...), and `-o csv-fast`. The others are kept under their own names.
 */
const fields: Readonly<Record<string, Field>> = {
  ts: ['ts', 'time'],
  te: ['end', 'time'],
  td: ['duration', 'interval'],
  sa: ['orig_h', 'addr'],
  da: ['resp_h', 'addr'],
  sp: ['orig_p', 'port'],
  dp: ['resp_p', 'port'],
  pr: ['proto', 'enum'],
  ipkt: ['orig_pkts', 'count'],
  ibyt: ['orig_ip_bytes', 'count'],
  opkt: ['resp_pkts', 'count'],
  obyt: ['resp_ip_bytes', 'count'],
  pkt: ['orig_pkts', 'count'],
  byt: ['orig_ip_bytes', 'count'],
  firstseen: ['ts', 'time'],
  lastseen: ['end', 'time'],
  duration: ['duration', 'interval'],
  srcaddr: ['orig_h', 'addr'],
  dstaddr: ['resp_h', 'addr'],
  srcport: ['orig_p', 'port'],
  dstport: ['resp_p', 'port'],
  proto: ['proto', 'enum'],
  packets: ['orig_pkts', 'count'],
  bytes: ['orig_ip_bytes', 'count'],
  inpackets: ['orig_pkts', 'count'],
  inbytes: ['orig_ip_bytes', 'count'],
  outpackets: ['resp_pkts', 'count'],
  outbytes: ['resp_ip_bytes', 'count'],
  nh: ['nh', 'addr'],
  nhb: ['nhb', 'addr'],
  ra: ['ra', 'addr'],
  cl: ['cl', 'double'],
  sl: ['sl', 'double'],
  al: ['al', 'double'],
};

/** Fields that are numbers; whatever else there is, is text. */
const numbers = new Set(
  'fwd stos dtos tos in out input output sas das srcas dstas smk dmk dir svln dvln fl flows cnt af bps pps bpp exid srctos'.split(' '),
);

/** The fields of `-o csv` up to 1.7.3 in their order: with -q no line names them. */
const version16 =
  'ts te td sa da sp dp pr flg fwd stos ipkt ibyt opkt obyt in out sas das smk dmk dtos dir nh nhb svln dvln ismc odmc idmc osmc mpls1 mpls2 mpls3 mpls4 mpls5 mpls6 mpls7 mpls8 mpls9 mpls10 cl sl al ra eng exid tr'.split(
    ' ',
  );

/** What tells nfdump's tables: the fields that every flow has, in both ways of naming them. */
const marks: readonly (readonly string[])[] = [
  ['ts', 'sa', 'da', 'pr'],
  ['firstseen', 'proto', 'srcaddr', 'dstaddr'],
];

/**
 * nfdump's flows as CSV (https://github.com/phaag/nfdump, `nfdump -o csv`): a header, a flow a line, and a summary at the end, which is counted as comments.
 * Bytes are those of IP packets, headers included. Of ICMP, nfdump has the type and the code in the responder's port. Times are those of the clock where nfdump ran: name its time zone.
 */
export const nfdump: LogFormat = {
  id: 'nfdump-csv',
  title: 'nfdump flows (CSV)',
  example: [
    'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt',
    '2024-04-19 20:00:00,2024-04-19 20:00:05,5.000,10.0.0.1,192.0.2.10,51514,443,TCP,.AP.SF,0,0,10,1200,8,64000',
    '2024-04-19 20:00:01,2024-04-19 20:00:01,0.000,2001:db8::1,2001:db8::53,40001,53,UDP,......,0,0,1,72,0,0',
    'Summary',
    'flows,bytes,packets,avg_bps,avg_pps,avg_bpp',
    '2,65272,19,104435,3,3435',
    '',
  ].join('\n'),
  detect(head): Detection {
    const header = headerOf(head);
    if (header === null) return { confidence: 0, why: 'no line names the fields of nfdump' };
    if (header.line === null) return { confidence: 0.9, why: `its lines have the ${version16.length} fields of nfdump, in their order` };
    return { confidence: 0.9, why: 'its header names the fields of nfdump' };
  },
  open,
};

const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

interface Header {
  /** null: there is none. */
  readonly line: Uint8Array | null;
  readonly names: readonly string[];
}

/** The line that names the fields, behind lines that nfdump may have written before it; or the fields of lines without one. */
function headerOf(head: Uint8Array): Header | null {
  const lines = headLines(head).slice(0, 20);
  for (const line of lines) {
    const names = splitLine(line, ',');
    if (names === null || names.length < 6) continue;
    const has = new Set(names.map(plain));
    if (marks.some((mark) => mark.every((name) => has.has(name)))) return { line, names: names.map((name) => name.trim()) };
  }
  return lines.some(isUnnamedRow) ? { line: null, names: version16 } : null;
}

const moment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/;

/** A flow by how many fields it has, and by those that nothing else has there. */
function isUnnamedRow(line: Uint8Array): boolean {
  const values = splitLine(line, ',');
  if (values?.length !== version16.length) return false;
  const [first = '', last = '', , from = '', to = ''] = values;
  return moment.test(first) && moment.test(last) && isAddress(from) && isAddress(to) && /^\d+(-\d+)+$/.test(values[31] ?? '');
}

function open(head: Uint8Array, options: FormatOptions): OpenedLog {
  const header = headerOf(head);
  const names = header?.names ?? ['ts', 'sa', 'da', 'pr'];
  const epoch = header === null ? undefined : epochOf(head, header.names);
  const taken = takenNames();
  const planned = names.map((name, field): PlannedField => {
    const [wanted, type] = fields[plain(name)] ?? [name, numbers.has(plain(name)) ? 'count' : 'string'];
    return { field, name, to: freeName(wanted, field, taken), type: type, unit: type === 'time' ? epoch : undefined };
  });
  if (header !== null && !['ts', 'orig_h', 'resp_h'].every((column) => planned.some(({ to }) => to === column))) {
    throw new FlowcaseError('FORMAT_UNKNOWN', 'It has no time or no addresses of its flows. Write it with: nfdump -r FILE -o csv');
  }
  const plan = planTable({
    kind: 'connection',
    delimiter: 44,
    width: names.length,
    header: header?.line ?? null,
    fields: planned,
    options,
    icmpInPort: true,
    protocolNumbers: true,
  });
  return {
    kind: 'connection',
    title: 'nfdump flows (CSV)',
    read: (sink) => new TableReader(sink, plan, aside),
    remarks: (tallies) => tableRemarks(tallies, plan),
  };
}

/** csv-fast counts milliseconds since 1970; the others write dates. What most lines do counts: one of them may be broken. */
function epochOf(head: Uint8Array, names: readonly string[]): 'milliseconds' | 'seconds' | undefined {
  const at = names.findIndex((name) => fields[plain(name)]?.[0] === 'ts');
  const counts = { milliseconds: 0, seconds: 0, date: 0 };
  for (const line of headLines(head)) {
    const value = splitLine(line, ',')?.[at]?.trim() ?? '';
    if (/^\d{12,}$/.test(value)) counts.milliseconds++;
    else if (/^\d{9,10}(\.\d+)?$/.test(value)) counts.seconds++;
    else if (/^\d{4}-\d\d-\d\d /.test(value)) counts.date++;
  }
  if (counts.date >= counts.milliseconds + counts.seconds) return undefined;
  return counts.milliseconds >= counts.seconds ? 'milliseconds' : 'seconds';
}

/** Lines of the summary that are still to come, the next one first. */
const summary: readonly (readonly [state: string, line: RegExp, next: string])[] = [
  ['titles', /^flows,[a-z_,]+$/i, 'figures'],
  ['figures', /^[\d.,]+$/, ''],
];

/** The summary at the end, and what nfdump says instead of flows. Nothing else is passed over. */
function aside(line: AsideLine): typeof COMMENT | null {
  const { bytes, start, end } = line;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 300)).toString('latin1');
  const due = summary.find(([state]) => state === line.state);
  line.state = '';
  if (due !== undefined && due[1].test(text)) {
    line.state = due[2];
    return COMMENT;
  }
  if (text === 'Summary' && line.recognised) {
    line.state = 'titles';
    return COMMENT;
  }
  return /^(No matched flows|Time window: |Total flows processed: |Sys: )/.test(text) ? COMMENT : null;
}
