import { isMarkedAsUntransferable } from 'node:worker_threads';

/** The buffers of the typed arrays in a value, each once: what can be handed to a thread instead of copied, by an owner that is done with it. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (ArrayBuffer.isView(one)) {
      // Node's own pool of small buffers must stay
      if (one.buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(one.buffer)) found.add(one.buffer);
      return;
    }
    for (const inner of Object.values(one)) visit(inner);
  };
  visit(value);
  return [...found];
}
