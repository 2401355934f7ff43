const DIGITS = 65_536;

/**
 * The order of the keys as indices, ascending or descending; equal keys keep their order and NaN comes last either way.
 * Least significant digit first, 16 bits at a time; digits that are the same in all keys cost nothing.
 */
export function sortedOrder(keys: Float64Array, descending: boolean): Uint32Array {
  const order = new Uint32Array(keys.length);
  let count = 0;
  let ordered = true;
  let last = descending ? Infinity : -Infinity;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key !== key) continue;
    ordered &&= descending ? key <= last : key >= last;
    last = key;
    order[count++] = i;
  }
  let absent = count;
  for (let i = 0; absent < keys.length; i++) if (keys[i] !== keys[i]) order[absent++] = i;
  if (!ordered) radixSort(keys, order, count, descending);
  return order;
}

/** Sorts order[0..count). */
function radixSort(keys: Float64Array, order: Uint32Array, count: number, descending: boolean): void {
  const words = sortableWords(keys, descending);
  let from = order.slice(0, count);
  let to = new Uint32Array(count);
  const starts = new Uint32Array(DIGITS);
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1;
    const shift = (digit & 1) * 16;
    starts.fill(0);
    for (let k = 0; k < count; k++) starts[(words[2 * from[k] + word] >>> shift) & 0xffff]++;
    if (starts[(words[2 * from[0] + word] >>> shift) & 0xffff] === count) continue;
    let sum = 0;
    for (let i = 0; i < DIGITS; i++) {
      const here = starts[i];
      starts[i] = sum;
      sum += here;
    }
    for (let k = 0; k < count; k++) to[starts[(words[2 * from[k] + word] >>> shift) & 0xffff]++] = from[k];
    [from, to] = [to, from];
  }
  order.set(from);
}

/** Two words a key, the low one first, that sort as unsigned integers the way the doubles do. */
function sortableWords(keys: Float64Array, descending: boolean): Uint32Array {
  // + 0 makes one zero of both.
  const words = new Uint32Array(keys.map((key) => key + 0).buffer);
  const flip = descending ? 0xffff_ffff : 0;
  for (let i = 0; i < words.length; i += 2) {
    const negative = words[i + 1] >>> 31 === 1;
    words[i] = (negative ? ~words[i] : words[i]) ^ flip;
    words[i + 1] = (negative ? ~words[i + 1] : words[i + 1] | 0x8000_0000) ^ flip;
  }
  return words;
}
