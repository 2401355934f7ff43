import { describe, expect, it } from 'vitest';
import type { ChunkAssignment } from '../shared/run-outcome.ts';
import { compileFilter } from './compile.ts';
import { matchingIds } from './rows.ts';
import { connectionColumns, memoryContext, MemoryTable } from './testing.ts';

describe('what was predicted and scored', () => {
  const table = new MemoryTable(
    connectionColumns,
    Array.from({ length: 9 }, (_, ts) => ({ ts })),
  );
  const [chunk] = table.chunks;
  const assignment = (run: number, id: number): ChunkAssignment | null => {
    if (id !== chunk.id) return null;
    const labels = Uint16Array.from({ length: chunk.rows }, (_, i) => (i === 0 ? 0 : 1 + (i % 2)));
    const distance = Float32Array.from({ length: chunk.rows }, (_, i) => (run === 7 ? 0.6 : i / 10));
    return { chunk: id, labels, distance, z: distance };
  };
  const context = memoryContext(table, { prediction: { run: 7, classes: ['google', 'bing'] }, anomalies: 8, assignment });
  const rowsOf = (text: string): number[] => [...matchingIds(table, compileFilter(text, context))].map((id) => id - chunk.firstRow);
  const within = (test: (i: number) => boolean): number[] =>
    Array.from({ length: chunk.rows }, (_, i) => i).filter((i) => i > 0 && test(i));

  it('takes classes of the latest prediction by name, part of a name or pattern', () => {
    expect(rowsOf('predicted = google')).toEqual(within((i) => i % 2 === 0));
    expect(rowsOf('predicted in (google, bing)')).toEqual(within(() => true));
    expect(rowsOf('predicted ~ ING and predicted is present')).toEqual(within((i) => i % 2 === 1));
    expect(rowsOf('predicted = nobody')).toEqual([]);
  });

  it('compares confidences and scores as the float32 that they are', () => {
    expect(rowsOf('confidence = 0.6')).toEqual(within(() => true));
    expect(rowsOf('confidence <= 0.6')).toEqual(within(() => true));
    expect(rowsOf('confidence > 0.6')).toEqual([]);
    expect(rowsOf('anomaly >= 0.2')).toEqual(within((i) => i >= 2));
    expect(rowsOf('anomaly is present')).toEqual(within(() => true));
  });

  it('matches nothing before anything was predicted, and says so in words', () => {
    const none = memoryContext(table);
    expect(matchingIds(table, compileFilter('predicted = google or anomaly > 0', none))).toHaveLength(0);
    expect(compileFilter('predicted != google and confidence < 0.5', context).words).toBe('not predicted as google, confidence under 0.5');
    expect(compileFilter('anomaly > 0.6', context).asks).toContain('run');
  });
});
