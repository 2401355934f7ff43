import type { RecordKind } from '../contract/case.ts';
import type { FormatOptions, Mapping } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import { kindFrom, zeekLogOf } from './delimited.ts';
import { beforeReturn } from './field-scanner.ts';
import { TRUNCATED, noObject } from './json-lines.ts';
import { moreRemarks } from './json-more.ts';
import { LONGEST_KEY, jsonTableHead, type JsonTableHead } from './json-table-head.ts';
import { JsonTableRows, fieldsByPath, type LateKey } from './json-table-rows.ts';
import type { COMMENT, Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { nfdumpKeys } from './nfdump-json.ts';
import { missingTimeRemark } from './table-missing-time.ts';
import { hasNumbers, planTable, plannedFields, type TablePlan } from './table-plan.ts';
import { tableRemarks } from './table-remarks.ts';
import { orderRemark, saidBefore, settleColumns, timeRemarks } from './table-settle.ts';
import type { Detection, LogFormat, OpenedLog, RecordSink } from './types.ts';
import { zeekField } from './zeek-fields.ts';

/**
 * Any records as JSON, an object a line: what CSV is among the tables. Keys of nested objects are joined by dots (Elastic's `source.ip`); names that are
 * known (table-names.ts) become the columns of connections, and what the others are is told from the first lines. A key that comes later becomes a column
 * too, of numbers or of texts. With two addresses and a time the rows are connections, else a plain table named after the file.
 */
export const jsonTable: LogFormat = {
  id: 'json',
  title: 'table (JSON lines)',
  example: [
    '{"@timestamp":"2024-04-19T20:00:00.000Z","source":{"ip":"10.0.0.1","port":51514},"destination":{"ip":"192.0.2.10","port":443},"network":{"transport":"tcp"},"rule":{"name":"allow \\"web\\""},"took":1.5,"tags":["a","b"]}',
    '{"@timestamp":"2024-04-19T20:00:01.250Z","source":{"ip":"2001:db8::1","port":40001},"destination":{"ip":"192.0.2.53","port":53},"network":{"transport":"udp"},"rule":null,"blocked":true}',
    '',
  ].join('\n'),
  detect,
  settle: (head, options, name) => ({ ...options, mapping: known(head, options.mapping ?? {}, name).mapping }),
  open,
};

function detect(head: Uint8Array): Detection {
  const no = (why: string): Detection => ({ confidence: 0, why });
  const first = head.find((byte) => byte > 32 && byte < 128);
  if (first !== 123) return no('its first line is no JSON object');
  const found = jsonTableHead(head);
  if (found.rows.length === 0 || found.rows.length * 2 < found.lines) return no('its lines are no JSON objects');
  if (isCloudTrail(found.names)) return { confidence: 0.9, why: "its records have the names of AWS CloudTrail's" };
  if (nfdumpKeys(found.names) !== null) return { confidence: 0.9, why: "its records have the keys of nfdump's" };
  const { columns, kind } = settleColumns(found.names, found.rows, {}, declared(found, undefined));
  if (kind === 'connection') return { confidence: 0.3, why: 'its lines are JSON objects with two addresses and a time' };
  if (found.rows.length < 2) return no('a single object may be anything');
  // settings and the like are objects too
  if (!columns.some(({ type }) => type === 'time' || type === 'addr')) return no('its JSON objects have neither times nor addresses');
  // less than what Zeek's way of writing times tells
  return { confidence: 0.08, why: 'its lines are JSON objects' };
}

/** What every event of CloudTrail has (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html). */
const ofCloudTrail = ['eventVersion', 'eventTime', 'eventSource', 'eventName', 'awsRegion'];
/** Its files are many, each with a name of its own; what is in them is of one kind. */
const CLOUDTRAIL: RecordKind = 'cloudtrail';

const isCloudTrail = (names: readonly string[]): boolean => ofCloudTrail.every((name) => names.includes(name));

/** Whether these are lines of JSON objects at all. */
export function isJsonRecords(head: Uint8Array): boolean {
  const found = jsonTableHead(head);
  return found.rows.length > 0 && found.rows.length * 2 >= found.lines;
}

/** What JSON says of a value's type: a text may be an address or a time, but no number. */
function declared({ names, texts }: JsonTableHead, log: RecordKind | undefined): (index: number) => ColumnType | null | undefined {
  return (index) => (log === undefined ? undefined : zeekField(log, names[index] ?? '')?.type) ?? (texts.has(index) ? null : undefined);
}

interface Known {
  readonly head: JsonTableHead;
  readonly kind: RecordKind;
  readonly mapping: Mapping;
  readonly ofTimes: readonly string[];
  /** Keys that a person named and that the first lines do not have. */
  readonly unseen: readonly string[];
}

function known(bytes: Uint8Array, said: Mapping, name: string): Known {
  const first = jsonTableHead(bytes);
  const own = nfdumpKeys(first.names);
  const all = saidBefore(own, said);
  const isUnseen = (from: string): boolean => from.length <= LONGEST_KEY && !first.names.includes(from);
  const unseen = (all.columns ?? []).map(({ from }) => from).filter(isUnseen);
  const names = [...first.names, ...unseen];
  const head = { ...first, names, rows: first.rows.map((row) => [...row, ...unseen.map(() => '')]) };
  const log = all.kind ?? zeekLogOf(names);
  const settled = settleColumns(names, head.rows, log === undefined ? all : { ...all, kind: log }, declared(head, log));
  const kind = settled.kind ?? (isCloudTrail(first.names) ? CLOUDTRAIL : kindFrom(name));
  const { timeFormat } = settled;
  const mapping: Mapping = { columns: settled.columns, kind, ...(timeFormat === undefined ? {} : { timeFormat }) };
  const ofTool = new Set(own?.columns?.map(({ from }) => from));
  return { head, kind, mapping, ofTimes: timeRemarks(settled, said, mapping), unseen: unseen.filter((from) => !ofTool.has(from)) };
}

function open(bytes: Uint8Array, options: FormatOptions): OpenedLog {
  const { head, kind, mapping, ofTimes, unseen } = known(bytes, options.mapping ?? {}, '');
  const columns = mapping.columns ?? [];
  const fields = plannedFields(columns, head.names);
  const plan = planTable({
    kind,
    delimiter: 0,
    width: head.names.length,
    header: null,
    fields,
    options: { ...options, mapping },
    protocolNumbers: hasNumbers(fields, head.rows),
  });
  const found = { plan, known: fieldsByPath(head.names, plan) };
  const order = kind === 'connection' ? orderRemark(columns) : null;
  const timeless = missingTimeRemark(head.names, head.rows, columns);
  const left = columns.filter(({ to }) => to === null).map(({ from }) => from);
  return {
    kind,
    title: `${kind === 'connection' ? 'Connections' : 'Table'} (JSON lines)`,
    read: (sink) => new JsonTableReader(sink, found),
    remarks: (tallies) => [
      ...(left.length > 0 ? [`Left out, as was asked for: ${left.join(', ')}.`] : []),
      ...(unseen.length > 0 ? [`None of its first records has the key ${unseen.join(', ')}.`] : []),
      ...(order === null ? [] : [order]),
      ...(timeless === null ? [] : [timeless]),
      ...ofTimes,
      ...moreRemarks(tallies),
      ...tableRemarks(tallies, plan),
    ],
  };
}

interface Saved {
  readonly recognised: boolean;
  readonly others: readonly number[];
  readonly late: readonly LateKey[];
}

class JsonTableReader extends LineReader {
  readonly #rows: JsonTableRows;
  #recognised = false;

  constructor(sink: RecordSink, found: { readonly plan: TablePlan; readonly known: ReadonlyMap<string, number> }) {
    super(sink);
    this.slots.sparse = true;
    this.#rows = new JsonTableRows(sink, this.slots, found, (key, count) => this.tally(key, count));
  }

  protected get recognised(): boolean {
    return this.#recognised;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return JSON.stringify({ recognised: this.#recognised, ...this.#rows.save() } satisfies Saved);
  }

  protected override restore(saved: string): void {
    const { recognised, ...rows } = JSON.parse(saved) as Saved;
    this.#recognised = recognised;
    this.#rows.use(rows);
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const { scanner } = this.#rows;
    const stop = beforeReturn(bytes, start, end);
    scanner.forget();
    if (!scanner.scan(bytes, start, stop)) {
      const found = noObject(scanner, bytes, { start, end: stop, last });
      if (found !== 'CUT') return found;
      this.cut();
      return TRUNCATED;
    }
    this.#recognised = true;
    const problem = this.#rows.row(bytes);
    if (problem !== null) return problem;
    this.commit(start, this.#rows.ts, false);
    return null;
  }
}
