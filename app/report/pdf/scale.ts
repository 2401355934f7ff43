/** Round numbers for an axis from `low` to `high`: steps of 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function niceTicks(low: number, high: number, wanted: number): readonly number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step + 0);
  return ticks;
}

/** Steps of clock and calendar, in microseconds. */
const clockSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1.5e7, 3e7, 6e7, 1.2e8, 3e8, 6e8,
  9e8, 1.8e9, 3.6e9, 7.2e9, 1.08e10, 2.16e10, 4.32e10, 8.64e10, 1.728e11, 6.048e11, 1.2096e12, 2.592e12, 7.776e12, 3.1536e13, 1.5768e14,
];

/** Times in UTC at round places of the clock, at most about `wanted`. */
export function timeTicks(first: number, last: number, wanted: number): { readonly ticks: readonly number[]; readonly step: number } {
  const raw = (last - first) / Math.max(1, wanted);
  const step = clockSteps.find((one) => one >= raw) ?? 3.1536e14;
  const ticks: number[] = [];
  for (let at = Math.ceil(first / step) * step; at <= last; at += step) ticks.push(at);
  return { ticks, step };
}
