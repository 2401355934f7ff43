import { createHash } from 'node:crypto';
import { followsFromOthers } from '../learn/trees/saved-trees.ts';
import type { SavedEstimator } from '../learn/types.ts';
import { addBytes } from './add-bytes.ts';

/**
 * SHA-256 over the classes and everything a model learned: its parameters as JSON with keys in order, and its arrays by name, little-endian,
 * but for one that follows from the others: what learned from rows that lack nothing has the fingerprint that it had before there was that one.
 */
export function estimatorFingerprint({ kind, parameters, arrays }: SavedEstimator, classes: readonly string[]): string {
  const hash = createHash('sha256').update(`flowcase ${kind} 1\n${JSON.stringify(classes)}\n${inOrder(parameters)}\n`);
  for (const name of Object.keys(arrays).sort()) {
    if (followsFromOthers(name, arrays[name])) continue;
    hash.update(`${name} ${arrays[name].length}\n`);
    addBytes(hash, arrays[name]);
  }
  return hash.digest('hex');
}

/** SHA-256 over what was said of each row, in the order of the rows: labels (uint16) and figures (float32), little-endian. */
export function answersFingerprint(
  kind: string,
  { labels, distance, z }: { readonly labels: Uint16Array; readonly distance: Float32Array; readonly z: Float32Array },
): string {
  const hash = createHash('sha256').update(`flowcase ${kind} 1 ${labels.length}\n`);
  for (const array of [labels, distance, z]) addBytes(hash, array);
  return hash.digest('hex');
}

/** JSON with the keys of every object in order. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
