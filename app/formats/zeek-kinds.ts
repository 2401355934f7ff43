import { mainKinds, recordKindPattern, type RecordKind } from '../contract/case.ts';
import { columnName } from './fields.ts';

/** A Zeek log whose name is nowhere said and cannot be told from its columns. */
export const UNNAMED: RecordKind = 'zeek';

const LONGEST = 200;

/** What a record of a connection cannot do without. */
export const needed: ReadonlySet<string> = new Set(['ts', 'orig_h', 'resp_h']);

/**
 * Whether a log of this path (`#path`, `_path`; '' where it has none) and these fields holds connections: Zeek's conn.log, also as open_conn,
 * conn_red or conn_long, and whatever else has the columns by which connections are known.
 */
export function isConnection(path: string, fields: readonly string[]): boolean {
  if (!canBeConnections(fields)) return false;
  const columns = new Set(fields.map(columnName));
  const has = (name: string): boolean => columns.has(name);
  const name = logName(path);
  if (isConnectionName(path)) return true;
  if (name !== '' && name !== UNNAMED) return has('conn_state') && has('proto');
  return has('proto') && ['conn_state', 'duration', 'orig_bytes', 'orig_pkts'].some(has);
}

/** Whether rows of these fields can be read as connections, be they of one or not. */
export function canBeConnections(fields: readonly string[]): boolean {
  const columns = new Set(fields.map(columnName));
  return [...needed].every((name) => columns.has(name));
}

/** Whether a log of this path is one of connections by its name alone: conn, open_conn, conn_red. */
export const isConnectionName = (path: string): boolean => /^(open[_-])?conn([_-]|$)/.test(logName(path));

/** The kind of a log's records: `connection`, or a plain table named after the log: `dns`, `http`, `known_hosts`. */
export function kindOf(path: string, fields: readonly string[]): RecordKind {
  if (isConnection(path, fields)) return 'connection';
  const name = logName(path);
  if (name === '') return UNNAMED;
  // records of these kinds mean more to Flowcase than a table
  return (mainKinds as readonly string[]).includes(name) ? `${name}_log` : name;
}

/**
 * A path as Zeek writes it (`dns`, `dns_red`, `known-hosts`) stays; where a folder, `.log`, or the time of a rotation got into it
 * (`logs/conn.20:00:00-21:00:00`, `http-2024-04-19-20-00-00`), that is left away. '' where nothing is left.
 */
export function logName(path: string): string {
  const last = path.slice(-LONGEST).split(/[/\\]/).at(-1) ?? '';
  const plain = last.toLowerCase().split(/[.:\s]/, 1)[0] ?? '';
  const undated = plain.replace(/[-_]\d{4}-?\d{2}-?\d{2}.*$/, '').replace(/[-_]\d{2}$/, '');
  const name = (undated === '' ? plain : undated).replace(/[^a-z0-9_-]/g, '_').slice(0, 50);
  if (recordKindPattern.test(name)) return name;
  const letters = `zeek_${name}`;
  return name !== '' && recordKindPattern.test(letters) ? letters : '';
}

/** "Zeek dns.log". */
export function titleOf(path: string, kind: RecordKind): string {
  const name = logName(path);
  if (name !== '') return `Zeek ${name}.log`;
  return kind === 'connection' ? 'Zeek conn.log' : kind === UNNAMED ? 'Zeek log without a name' : `Zeek ${kind}.log`;
}
