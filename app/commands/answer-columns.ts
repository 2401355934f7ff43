import type { CaseReader } from '../case/types.ts';
import { asPacked } from '../columns/scan/packed-rows.ts';
import { NumberKey, type SortKey } from '../columns/scan/sort-key.ts';
import type { ChunkView } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { ColumnInfo } from '../contract/records.ts';
import type { CellReader } from './columns.ts';
import { latestOver } from './context.ts';

/** Columns that are not of the log: what the latest prediction and the latest search for anomalies say of its records. */
const columns: readonly ColumnInfo[] = [
  { name: 'predicted', type: 'enum', title: 'Class that the latest prediction says', shown: false },
  { name: 'confidence', type: 'double', title: 'How sure the latest prediction is, 0 to 1', shown: false },
  { name: 'anomaly', type: 'double', title: 'Score of the latest search for anomalies, 0 to 1', shown: false },
];

/** The column of this name; undefined where it is none of these. */
export function answerColumn(name: string): ColumnInfo | undefined {
  return columns.find((column) => column.name === name);
}

/** Reads single cells of such a column; absent where nothing was said of the record. */
export function answerReader(reader: CaseReader, kind: RecordKind, name: string): CellReader {
  const { run, classes } = latest(reader, kind, name);
  return (chunk, index) => {
    const of = run === null ? null : reader.assignment(run, chunk.id);
    if (of === null || of.labels[index] === 0) return null;
    return name === 'predicted' ? (classes[of.labels[index] - 1] ?? null) : short(of.distance[index]);
  };
}

/** Sorts records by such a column; classes stand in the order in which their model knows them. */
export function answerKey(reader: CaseReader, kind: RecordKind, name: string): SortKey {
  const { run, classes } = latest(reader, kind, name);
  const values = (chunk: ChunkView): Float64Array => {
    const of = run === null ? null : reader.assignment(run, chunk.id);
    if (of === null) return new Float64Array(chunk.rows).fill(Number.NaN);
    const { labels, distance } = of;
    return Float64Array.from(labels, (label, i) => (label === 0 ? Number.NaN : name === 'predicted' ? label : distance[i]));
  };
  return new NumberKey((chunk) => asPacked(values(chunk)), { min: 0, max: Math.max(1, classes.length) });
}

function latest(reader: CaseReader, kind: RecordKind, name: string): { readonly run: number | null; readonly classes: readonly string[] } {
  if (name === 'anomaly') return { run: latestOver(reader.learnedRuns('anomalies'), kind)?.id ?? null, classes: [] };
  const prediction = latestOver(reader.learnedRuns('classify'), kind);
  return { run: prediction?.id ?? null, classes: prediction?.predicted.map((one) => one.name) ?? [] };
}

/** A float32 with the digits that it has. */
function short(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
