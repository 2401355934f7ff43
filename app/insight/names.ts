import type { RecordTable } from '../columns/types.ts';
import type { ConnectionOverview, NamedCount } from '../contract/records.ts';
import { connStates } from '../formats/conn-states.ts';
import type { Sums } from './connection-sums.ts';
import { largest } from './talkers.ts';

/** The name under which rows are counted that have no value. */
export const ABSENT_NAME = '-';

/** Values of a column by connections, the most frequent first; absent ones under "-". None where the logs have no such column that is kept as ids. */
export function topNames(table: RecordTable, column: string, sums: Sums, top: number): NamedCount[] {
  const spec = table.column(column);
  if (spec?.storage !== 'dictionary') return [];
  const dictionary = table.dictionary(spec.dictionary ?? 'term');
  return largest(sums.connections, top).map((at) => ({
    name: at === 1 ? ABSENT_NAME : dictionary.textOf(at - 1),
    connections: sums.connections[at],
    bytes: sums.bytes[at],
  }));
}

export function topStates(table: RecordTable, sums: Sums, top: number): ConnectionOverview['states'] {
  return topNames(table, 'conn_state', sums, top).map((entry) => ({
    ...entry,
    meaning: entry.name === ABSENT_NAME ? 'The log does not say' : (connStates.get(entry.name)?.title ?? 'Not a state that Zeek documents'),
  }));
}

/** Ports of responders by connections, the most frequent first. */
export function topPorts({ connections, bytes }: Sums, top: number): ConnectionOverview['ports'] {
  return largest(connections, top).map((at) => ({ name: String(at - 1), port: at - 1, connections: connections[at], bytes: bytes[at] }));
}
