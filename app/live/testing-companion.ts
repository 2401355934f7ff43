import { column } from '../case/testing.ts';
import type { LiveEvidence, LiveTransaction } from '../case/live-types.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import type { LiveWindowRules } from '../contract/live.ts';
import { LiveCompanion } from './companion.ts';

/* For tests of what goes along with records: a companion that raises no alerts, and commits of made-up requests. */

const silent = {
  settle: () => undefined,
  committed: () => undefined,
  rolledBack: () => undefined,
  raise: () => undefined,
  status: { alerts: 0, learning: { have: 0, need: 0 } },
  held: '',
};

export const evidenceOf = (writer: CaseWriter): ReadonlySet<number> => new Set(writer.evidence().map(({ id }) => id));

/** Every piece of evidence of the case is its source's. `now`: the clock by which what is open is written, milliseconds. */
export function companionOf(writer: CaseWriter, reader: CaseReader, rules: LiveWindowRules, now?: () => number): LiveCompanion {
  return new LiveCompanion({
    rules: () => rules,
    live: writer.live,
    table: (kind) => {
      reader.refresh();
      return reader.table(kind);
    },
    evidenceOf: () => evidenceOf(writer),
    alerting: silent as never,
    ...(now === undefined ? {} : { now }),
  });
}

/** Requests of these times (microseconds) into evidence that is open, in a commit: seen by the companion, and settled. */
export function observeRequests(
  transaction: LiveTransaction,
  companion: LiveCompanion,
  evidence: LiveEvidence,
  times: readonly number[],
  hostOf: (row: number) => string,
): void {
  const rows = times.length;
  const hosts = evidence.dictionary('host');
  const columns = [
    {
      spec: evidence.column(column('ts', 'time', 'number')),
      buffer: { storage: 'number' as const, values: Float64Array.from(times) },
    },
    {
      spec: evidence.column(column('orig_h', 'addr', 'dictionary')),
      buffer: { storage: 'dictionary' as const, values: Uint32Array.from({ length: rows }, (_, row) => hosts.internText(hostOf(row))) },
    },
  ];
  const firstRow = evidence.append(rows, columns);
  const batch = { source: 1, kind: 'request', firstRow, rows, columns: new Map(columns.map((one) => [one.spec.name, one])) };
  companion.observe({ ...batch, dictionary: (name) => evidence.dictionary(name) });
  companion.settle(transaction);
}

/** What `LiveEvidence.figures` takes of so many rows. */
export const figuresOf = (rows: number, first: number | null, last: number | null): Parameters<LiveEvidence['figures']>[0] => ({
  rows,
  rejected: 0,
  comments: 0,
  lines: rows,
  first,
  last,
  bytes: Math.max(1, rows),
  unpackedBytes: Math.max(1, rows),
  sha256: '0'.repeat(64),
  seconds: 0,
  remarks: [],
});
