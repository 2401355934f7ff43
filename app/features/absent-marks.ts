/** Which values of a matrix the log does not have: one bit a value, and nothing for columns that have them all. */
export class AbsentMarks {
  readonly #columns: (Uint8Array | null)[] = [];

  /** The next column, before what is absent in it was filled. */
  add(values: Float64Array): void {
    let bits: Uint8Array | null = null;
    for (let row = 0; row < values.length; row++) {
      if (Number.isFinite(values[row])) continue;
      bits ??= new Uint8Array((values.length + 7) >> 3);
      bits[row >> 3] |= 1 << (row & 7);
    }
    this.#columns.push(bits);
  }

  /** Whether the log has no such value. */
  has(row: number, column: number): boolean {
    const bits = this.#columns[column] ?? null;
    return bits !== null && ((bits[row >> 3] >> (row & 7)) & 1) === 1;
  }
}
