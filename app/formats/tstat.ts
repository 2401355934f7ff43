import { plural } from '../contract/format.ts';
import { MAX_COLUMNS } from './column-slots.ts';
import { FieldScanner } from './field-scanner.ts';
import { COMMENT, type BlockOfRows, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import { headerNames, isTstatConnection, namesByCount, transportOf } from './tstat-header.ts';
import { headOf, type TstatHead } from './tstat-head.ts';
import { tstatLayout } from './tstat-layout.ts';
import { TstatRows } from './tstat-rows.ts';
import { TstatTableReader } from './tstat-table.ts';
import type { Detection, LogFormat, OpenedLog, RecordSink } from './types.ts';

/**
 * Tstat's connection logs (http://tstat.polito.it/measure.shtml): log_tcp_complete, log_tcp_nocomplete and log_udp_complete of any version and
 * any column set, read by the names on the header line; a trailing `class` column is their label.
 *
 * Absent: `-`, `---` and `nan` anywhere; -1 in c_mss and s_mss; 0 in moments (req_tm, res_tm, s_first_abs, last); and 0 where a counter says
 * that there was none (gates in tstat-columns.ts). Tstat's counters keep no order of events, so conn_state stays absent.
 */
export const tstat: LogFormat = {
  id: 'tstat',
  title: 'Tstat TCP or UDP log',
  example: [
    '#01#c_ip:1 c_port:2 c_pkts_all:3 c_pkts_data:4 c_bytes_all:5 s_ip:6 s_port:7 s_pkts_all:8 s_pkts_data:9 s_bytes_all:10 first:11 last:12 durat:13 c_first:14 con_t:15 http_res:16 fqdn:17 class:18',
    '10.0.0.1 40000 10 4 1000 192.0.2.10 443 12 5 2000 1704067200000.000000 1704067201500.250000 1500.250000 20.125000 8192 --- www.example.com class:example',
    '2001:db8::1 40001 3 0 0 192.0.2.10 80 2 0 0 1704067202000.571045 1704067202003.042000 2.471000 0.000000 1 200 - class:other',
    '',
  ].join('\n'),
  detect(head: Uint8Array): Detection {
    const { names, header, table } = headOf(head);
    if (names === null)
      return { confidence: 0, why: 'its first line names no columns of Tstat, and has no number of columns that Tstat writes' };
    if (!isTstatConnection(names)) return { confidence: 0, why: 'the columns on its header line are not of connections' };
    if (table !== null)
      return { confidence: 0.9, why: 'its columns are called as those of connections in Tstat, in a table that another program wrote' };
    if (header) return { confidence: 1, why: 'its header line names columns of connections as Tstat does' };
    return { confidence: 0.8, why: `it has no header, but ${names.length} columns with addresses, ports and times where Tstat has them` };
  },
  open(head: Uint8Array): OpenedLog {
    const found = headOf(head);
    const transport = found.names === null ? 'TCP or UDP' : transportOf(found.names).toUpperCase();
    return {
      kind: 'connection',
      title: `Tstat ${transport} log${found.table !== null ? ' (table)' : found.names !== null && !found.header ? ' without a header' : ''}`,
      read: (sink) =>
        found.table === null ? new TstatReader(sink, found) : new TstatTableReader(sink, found.names ?? [], found.table, found.numeric),
      remarks,
    };
  },
};

class TstatReader extends LineReader {
  readonly #head: TstatHead;
  readonly #rows: TstatRows;
  readonly #scanner = new FieldScanner();
  #names: readonly string[] | null = null;
  #recognised = false;
  /** What is wrong with every row under the present header; null: nothing. */
  #noRows: Problem | null = noHeader;

  constructor(sink: RecordSink, head: TstatHead) {
    super(sink);
    this.#head = head;
    this.#rows = new TstatRows(sink, this.slots, (key) => this.tally(key));
  }

  protected get recognised(): boolean {
    return this.#recognised;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return JSON.stringify(this.#names);
  }

  protected override restore(saved: string): void {
    const names = JSON.parse(saved) as readonly string[] | null;
    this.#recognised = names !== null;
    this.#names = null;
    this.#noRows = noHeader;
    if (names !== null) this.#use(names);
  }

  protected override quick(bytes: Uint8Array, start: number, newline: number): number {
    if (this.#noRows !== null) return -1;
    const end = this.#rows.plain(bytes, start, newline);
    if (end >= 0) this.commit(start, this.#rows.ts, true);
    return end;
  }

  protected override block(bytes: Uint8Array, at: number, to: number, newline: number): BlockOfRows | null {
    return this.#noRows === null ? this.#rows.block(bytes, at, to, newline) : null;
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const names = headerNames(bytes, start, end);
    if (names !== null) {
      this.#recognised = true;
      this.tally('headers');
      this.#use(names);
      return COMMENT;
    }
    if (bytes[start] === 35) return COMMENT;
    if (this.#names === null) this.#withoutHeader(bytes, start, end);
    if (this.#noRows !== null) return this.#noRows;
    const scanner = this.#scanner;
    scanner.scan(bytes, start, end, blank);
    const problem = this.#fit(last) ?? this.#rows.row(bytes, scanner.starts, scanner.ends);
    if (problem !== null) return problem;
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  /** The first line that is a row tells the columns, where no header did. */
  #withoutHeader(bytes: Uint8Array, start: number, end: number): void {
    const names = namesByCount(bytes, start, end);
    if (names === null) return;
    this.#recognised = true;
    this.#use(names);
    this.tally(
      `The log has no header; its ${names.length} columns were taken to be those of ${transportOf(names).toUpperCase()} connections in Tstat's order.`,
    );
  }

  #fit(last: boolean): Problem | null {
    const scanner = this.#scanner;
    const width = this.#rows.width;
    if (scanner.count === width + 1) scanner.dropEmptyLast();
    if (last && (this.broken || scanner.count < width)) {
      this.cut();
      return { reason: 'TRUNCATED', what: `the file ends within this line: ${plural(scanner.count, 'field')} of ${width}` };
    }
    if (scanner.count === width) return null;
    const what = `${plural(scanner.count, 'field')} where the header names ${width}`;
    return { reason: scanner.count < width ? 'TOO_FEW_FIELDS' : 'TOO_MANY_FIELDS', what };
  }

  #use(names: readonly string[]): void {
    if (this.#names !== null && names.length === this.#names.length && names.every((name, i) => name === this.#names?.[i])) return;
    this.#names = names;
    this.#noRows = null;
    if (!isTstatConnection(names)) {
      this.#noRows = { reason: 'NOT_A_CONNECTION', what: 'the header before it is of another log of Tstat' };
    } else if (names.length > MAX_COLUMNS || this.slots.columns > 2 * MAX_COLUMNS) {
      const what = `the header names ${plural(names.length, 'field')}; up to ${MAX_COLUMNS} are read`;
      this.#noRows = { reason: 'TOO_MANY_COLUMNS', what };
    } else {
      this.#rows.use(tstatLayout(names, this.#head.numeric));
      this.#scanner.reserve(names.length + 2);
      if (this.slots.full) this.flush();
    }
  }
}

const blank = Uint8Array.of(32);
const noHeader: Problem = {
  reason: 'NO_HEADER',
  what: 'no header line comes before it, and it has no number of columns that Tstat writes',
};

function remarks(tallies: ReadonlyMap<string, number>): string[] {
  const found = [...tallies.keys()].filter((key) => key.endsWith('.'));
  const count = (key: string): number => tallies.get(key) ?? 0;
  if (count('headers') > 1) found.push(`The file holds ${count('headers')} headers: several logs put together.`);
  if (count('wrapped') > 0) {
    found.push(
      `Left out, because they had wrapped below zero in Tstat (18446744073709551608 is -8): ${plural(count('wrapped'), 'count')}.`,
    );
  }
  if (count('odd') > 0)
    found.push(
      `Left out, because they are below zero or out of range: ${plural(count('odd'), 'count, time or duration', 'counts, times or durations')}.`,
    );
  if (count('rounded') > 0) found.push(`Rounded to the nearest number that can be kept: ${plural(count('rounded'), 'value')} above 2^53.`);
  return [...found, ...commonRemarks(tallies)];
}
