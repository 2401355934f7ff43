/** Counts up whenever what `read` reads changes: tells a table over a list of its own to read it again. */
export function stamp(read: () => unknown): { readonly value: number } {
  let count = 0;
  const value = $derived.by(() => {
    read();
    return ++count;
  });
  return {
    get value() {
      return value;
    },
  };
}
