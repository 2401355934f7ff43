/**
 * Ascending record ids as bytes: the difference to the id before (the first: to -1), less one, seven bits a byte, lowest first,
 * the eighth bit set where more follow. A run of neighbouring ids costs one byte each.
 */
export function encodeIds(ids: Float64Array): Uint8Array {
  let out = new Uint8Array(Math.max(16, ids.length * 2));
  let used = 0;
  let previous = -1;
  for (const id of ids) {
    if (!Number.isSafeInteger(id) || id <= previous) throw new RangeError(`ids must be ascending integers: ${id} after ${previous}`);
    if (used + 8 > out.length) {
      const larger = new Uint8Array(out.length * 2);
      larger.set(out);
      out = larger;
    }
    let gap = id - previous - 1;
    while (gap >= 128) {
      out[used++] = (gap % 128) | 128;
      gap = Math.floor(gap / 128);
    }
    out[used++] = gap;
    previous = id;
  }
  return out.subarray(0, used);
}

/** How many ids these bytes hold. */
export function countIds(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte < 128) count++;
  return count;
}

/** The reverse of `encodeIds`. @throws RangeError where the bytes end within a number */
export function decodeIds(bytes: Uint8Array): Float64Array {
  const count = countIds(bytes);
  const ids = new Float64Array(count);
  let previous = -1;
  let at = 0;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    let factor = 1;
    for (;;) {
      const byte = bytes[at++];
      gap += (byte & 127) * factor;
      if (byte < 128) break;
      factor *= 128;
    }
    previous += gap + 1;
    ids[i] = previous;
  }
  if (at !== bytes.length) throw new RangeError('the bytes end within a number');
  return ids;
}

/** Any list of ids as ascending, distinct ones. */
export function sortedIds(ids: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(ids).sort();
  let kept = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kept++] = sorted[i];
  return sorted.subarray(0, kept);
}
