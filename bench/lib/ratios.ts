import { formatCount } from '../../app/contract/format.ts';

/** A run that was timed. */
export interface Timed {
  readonly seconds: number;
}

export function fastest<T extends Timed>(runs: readonly T[]): T {
  return runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

/** One line of a benchmark's table. `what`: "scikit-learn 1.9.1, 2 threads". */
export function timeLine(what: string, seconds: number, rest: string): string {
  return `  ${what.padEnd(34)} ${seconds.toFixed(3).padStart(9)} s   ${rest}`;
}

/** Says how many times as fast, and fails the benchmark below the floor. */
export function judge(what: string, ratio: number, floor: number): void {
  const held = ratio >= floor;
  console.log(`  ${what}: ${ratio.toFixed(2)} × (asked: ${floor} ×)${held ? '' : '   TOO SLOW'}`);
  if (!held) process.exitCode = 1;
}

export const perSecond = (rows: number, seconds: number): string => `${formatCount(Math.round(rows / seconds))} rows/s`;
