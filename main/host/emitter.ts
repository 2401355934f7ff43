/** Listeners by event. One that throws does not keep the others from hearing. */
export class Emitter<E extends object> {
  readonly #listeners = new Map<keyof E, Set<(payload: never) => void>>();

  on<K extends keyof E>(event: K, listener: (payload: E[K]) => void): () => void {
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all);
    // wrapped, so that the same function can listen twice and leave once
    const own = (payload: E[K]): void => {
      listener(payload);
    };
    all.add(own);
    return () => {
      all.delete(own);
    };
  }

  isHeard(event: keyof E): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<K extends keyof E>(event: K, payload: E[K]): void {
    let failure: unknown;
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as (payload: E[K]) => void)(payload);
      } catch (error) {
        failure = error;
      }
    }
    if (failure === undefined) return;
    const error = failure instanceof Error ? failure : new Error('a listener threw what is no error', { cause: failure });
    queueMicrotask(() => {
      throw error;
    });
  }
}
