/** Ends who pushes when nobody pulls any more. */
class Left extends Error {}

interface Offer<T> {
  readonly item: T;
  readonly taken: () => void;
  readonly leave: (error: Error) => void;
}

/** One item at a time from who pushes to who pulls. */
class Counter<T> {
  #offer: Offer<T> | null = null;
  #end: { readonly error: Error | null } | null = null;
  #left = false;
  #wake = (): void => undefined;

  /** Resolves when the item was worked on. @throws Left */
  push(item: T): Promise<void> {
    return new Promise<void>((taken, leave) => {
      if (this.#left) return leave(new Left());
      this.#offer = { item, taken, leave };
      this.#wake();
    });
  }

  end(error: Error | null): void {
    this.#end = { error };
    this.#wake();
  }

  /** The item that waits, or the next; null after the last. @throws what the pushing ended with */
  async next(): Promise<T | null> {
    while (this.#offer === null) {
      if (this.#end !== null) {
        if (this.#end.error !== null) throw this.#end.error;
        return null;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#offer.item;
  }

  /** The item was worked on: another may come. */
  done(): void {
    const offer = this.#offer;
    this.#offer = null;
    offer?.taken();
  }

  leave(): void {
    this.#left = true;
    this.#offer?.leave(new Left());
  }
}

/** Turns a function that pushes into an iterator that pulls. `push` resolves when what it pushed was worked on, so that little waits in memory. */
export async function* pulled<T>(run: (push: (item: T) => Promise<void>) => Promise<unknown>): AsyncGenerator<T, void, undefined> {
  const counter = new Counter<T>();
  const running = run((item) => counter.push(item)).then(
    () => counter.end(null),
    (error: unknown) => counter.end(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for (let item = await counter.next(); item !== null; item = await counter.next()) {
      yield item;
      counter.done();
    }
  } finally {
    counter.leave();
    await running;
  }
}
