/** Where the records of each incident came to stand in a log, kept while it is written. */
export class PlantedLines<Incident extends object> {
  readonly #of = new Map<Incident, { first: number; last: number; readonly lines: number[] }>();

  /** `at`: the record's time, microseconds since 1970 UTC; in any order. `line`: counted from 1. */
  add(incident: Incident, at: number, line: number): void {
    let found = this.#of.get(incident);
    if (found === undefined) this.#of.set(incident, (found = { first: at, last: at, lines: [] }));
    found.first = Math.min(found.first, at);
    found.last = Math.max(found.last, at);
    found.lines.push(line);
  }

  incidents(): readonly (Incident & { readonly first: number; readonly last: number; readonly lines: readonly number[] })[] {
    return [...this.#of].map(([incident, records]) => ({ ...incident, ...records }));
  }
}
