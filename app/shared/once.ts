/** What `make` gives, made when it is first asked for: a table that few logs need costs the others nothing as they begin. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
