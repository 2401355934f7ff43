import type { Checked, Output } from '../contract.ts';
import { severities, type HostRow } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { compareAddresses, readAddress } from '../query/addresses.ts';
import { hostDetail } from '../insight/host-detail.ts';
import { hostRow } from '../insight/host-rows.ts';
import { takesPart } from '../insight/hosts.ts';
import { hostsOfCluster } from './host-clusters.ts';
import type { Reading, Through } from './reading.ts';

const numeric = [
  'rank',
  'score',
  'asOriginator',
  'asResponder',
  'requests',
  'bytesOut',
  'bytesIn',
  'peers',
  'failed',
  'first',
  'last',
] as const;
type NumericColumn = (typeof numeric)[number];

/** Names of the terminal's table beside those of the contract. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['connections_as_originator', 'asOriginator'],
  ['connections_as_responder', 'asResponder'],
  ['bytes_out', 'bytesOut'],
  ['bytes_in', 'bytesIn'],
]);

/** Hosts that take part in the records of a filter, or that are the cluster which the filter names: the most suspicious first, then those that sent most, then those with the most requests. */
export function hostsPage(reading: Reading, input: Checked<'hosts.list'>): Output<'hosts.list'> {
  const rows = hostRows(reading, input, input.search, input.sort);
  return { rows: rows.slice(input.offset, input.offset + input.limit), total: rows.length, all: reading.reader.info().hosts };
}

/** All rows of the list, in order. @throws FlowcaseError PARAMETER for a column that there is not */
export function hostRows(reading: Reading, through: Through, search = '', sort?: Checked<'hosts.list'>['sort']): readonly HostRow[] {
  const { filter, run } = through;
  return reading.hostRows(JSON.stringify([filter, run ?? null, search, sort ?? null]), () => makeRows(reading, through, search, sort));
}

function makeRows(reading: Reading, through: Through, search: string, sort: Checked<'hosts.list'>['sort']): readonly HostRow[] {
  const members = hostsOfCluster(reading.reader, through.filter, through.run);
  const figures = reading.hosts(members === null ? through : { filter: '' });
  const dictionary = reading.table('connection').dictionary('host');
  const ranks = reading.ranks();
  const tags = reading.reader.tagIndex();
  const wanted = search.trim().toLowerCase();
  const rows: HostRow[] = [];
  for (const id of figures.ids) {
    if (members !== null && !members.has(id)) continue;
    if (wanted !== '' && !dictionary.textOf(id).toLowerCase().includes(wanted)) continue;
    rows.push(hostRow(id, figures, dictionary, ranks, tags));
  }
  return rows.sort(comparatorFor(sort));
}

type Comparator = (a: HostRow, b: HostRow) => number;

function comparatorFor(sort: Checked<'hosts.list'>['sort']): Comparator {
  const bySuspicion: Comparator = (a, b) =>
    compareNumbers(a.rank, b.rank, false) || b.bytesOut - a.bytesOut || b.requests - a.requests || compareHosts(a.host, b.host);
  if (sort === undefined) return bySuspicion;
  const { descending } = sort;
  const column = otherNames.get(sort.column) ?? sort.column;
  if (column === 'severity') return (a, b) => compareNumbers(severityOf(a), severityOf(b), descending) || bySuspicion(a, b);
  if (column === 'host') return (a, b) => (descending ? compareHosts(b.host, a.host) : compareHosts(a.host, b.host));
  if (!isNumeric(column)) {
    const allowed = ['host', ...numeric];
    const message = `Hosts cannot be sorted by “${sort.column.slice(0, 60)}”. There are: ${allowed.join(', ')}.`;
    throw new FlowcaseError('PARAMETER', message, { name: 'sort', value: sort.column, allowed });
  }
  return (a, b) => compareNumbers(a[column], b[column], descending) || bySuspicion(a, b);
}

function severityOf({ severity }: HostRow): number | null {
  return severity === null ? null : severities.indexOf(severity);
}

function isNumeric(column: string): column is NumericColumn {
  return (numeric as readonly string[]).includes(column);
}

/** null last, in either direction. */
function compareNumbers(a: number | null, b: number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return descending ? b - a : a - b;
}

function compareHosts(a: string, b: string): number {
  const first = readAddress(a);
  const second = readAddress(b);
  if (first !== null && second !== null) return compareAddresses(first, second) || (a < b ? -1 : 1);
  if (first !== null || second !== null) return first !== null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws FlowcaseError NOT_FOUND */
export function oneHost(reading: Reading, input: Checked<'host.get'>): Output<'host.get'> {
  const figures = reading.hosts({ filter: '' });
  const dictionary = reading.table('connection').dictionary('host');
  const id = dictionary.idOf(input.host);
  if (id === 0 || !takesPart(figures, id)) {
    throw new FlowcaseError('NOT_FOUND', `No connection and no request of this case has the host ${input.host}.`, { host: input.host });
  }
  const row = hostRow(id, figures, dictionary, reading.ranks(), reading.reader.tagIndex());
  return hostDetail(reading.reader, row, figures, input.buckets);
}
