import { wideIds, wideNumbers } from './packed-rows.ts';
import { IdRoom, NumberRoom } from './room.ts';
import type { Slice } from './slices.ts';

/**
 * Columns of one slice after the other, for loops that read several of them side by side: entry k is the k-th chosen row. What stays in memory
 * is the packed column, a third of what `chunk.numbers` and `chunk.ids` keep. What comes back is valid until the same column is asked of the
 * next slice; do not write to it.
 */
export class SliceColumns {
  readonly #numbers = new Map<string, NumberRoom>();
  readonly #ids = new Map<string, IdRoom>();

  /** NaN where absent. */
  numbers({ chunk, rows, count }: Slice, column: string): Float64Array {
    const room = this.#numbers.get(column) ?? new NumberRoom();
    this.#numbers.set(column, room);
    return wideNumbers(chunk.packedNumbers(column), rows, count, room.atLeast(count), NaN);
  }

  /** 0 where absent. */
  ids({ chunk, rows, count }: Slice, column: string): Uint32Array {
    const room = this.#ids.get(column) ?? new IdRoom();
    this.#ids.set(column, room);
    return wideIds(chunk.packedIds(column), rows, count, room.atLeast(count));
  }
}
