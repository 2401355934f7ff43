import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { ChunkAssignment } from '../shared/run-outcome.ts';
import type { FilterContext } from './types.ts';

export { connectionColumns, MemoryDictionary, MemoryTable, type PlainRow } from '../columns/testing.ts';

/** A context in which nothing is tagged, grouped or found, but for what is given. */
export function memoryContext(table: RecordTable, more: Partial<FilterContext> = {}): FilterContext {
  return {
    table,
    tagNames: [],
    tagMask: () => null,
    currentRun: null,
    runs: [],
    assignment: () => null,
    prediction: null,
    anomalies: null,
    findingKinds: [],
    findingRecords: () => new Float64Array(0),
    evidenceNames: new Map([
      [1, 'conn.log'],
      [2, 'more conn.log'],
    ]),
    ...more,
  };
}

/** Labels of a chunk as a run gives them. */
export function labelled(chunk: ChunkView, labelOf: (id: number) => number): ChunkAssignment {
  const labels = Uint16Array.from({ length: chunk.rows }, (_, i) => labelOf(chunk.firstRow + i));
  return { chunk: chunk.id, labels, distance: new Float32Array(chunk.rows).fill(1), z: new Float32Array(chunk.rows) };
}
