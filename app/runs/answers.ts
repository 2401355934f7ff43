import type { HostRows, Selection } from '../features/types.ts';
import type { ChunkAssignment, HostAssignment } from '../shared/run-outcome.ts';

/** What a run says of each row of its matrix. */
export interface Answers {
  /** Place of a class + 1; 0 is kept for rows that took no part. */
  readonly labels: Uint16Array;
  /** Confidence, or score. */
  readonly distance: Float32Array;
  /** As the task says. */
  readonly z: Float32Array;
}

/** One entry per chunk that took part; label 0 and NaN where a row of it did not. */
export function answersByChunk({ parts }: Selection, { labels, distance, z }: Answers): readonly ChunkAssignment[] {
  return parts.map(({ chunk, rows, start }) => {
    const of = {
      chunk: chunk.id,
      labels: new Uint16Array(chunk.rows),
      distance: new Float32Array(chunk.rows).fill(Number.NaN),
      z: new Float32Array(chunk.rows).fill(Number.NaN),
    };
    for (let i = 0; i < rows.length; i++) {
      of.labels[rows[i]] = labels[start + i];
      of.distance[rows[i]] = distance[start + i];
      of.z[rows[i]] = z[start + i];
    }
    return of;
  });
}

export function answersByHost({ hosts, windows }: HostRows, { labels, distance, z }: Answers): HostAssignment {
  return { hosts, windows, labels, distance, z };
}
