/** How long work tells where it is, and hears that it should stop. `stopped` is asked at least every 200 ms. */
export interface Progress {
  report(done: number, total: number | null, unit: string, note: string): void;
  readonly stopped: () => boolean;
}
