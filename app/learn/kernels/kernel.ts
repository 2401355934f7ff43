/**
 * The inner loop of an estimator as threads share it. Work is cut into segments by its size alone, never by the number of threads; any
 * thread takes any segment, and what the segments gave is put together in their order. So the result is the same bits with any number of
 * threads, and with none.
 *
 * A kernel is made once in every thread from a set-up that can be cloned; large data lie in shared memory that the set-up names.
 */
export interface Kernel<Argument, Part> {
  /**
   * Works off one segment. What it returns is cloned to the coordinator (arrays over shared memory are not copied); `undefined` costs
   * nothing. A segment of more than 50 ms asks `stopped` now and then, and may return anything once it is true.
   */
  run(segment: number, argument: Argument, stopped: () => boolean): Part;
}
