import { formatCount, formatShare } from '../lib/format.ts';

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** When a host is awake, in a sentence. `rhythm` is 7 × 24, Monday first, UTC. */
export function rhythmWords(rhythm: Float64Array): string {
  let total = 0;
  let day = 0;
  let peak = 0;
  rhythm.forEach((value, at) => {
    total += value;
    const hour = at % 24;
    const workday = at < 5 * 24;
    if (workday && hour >= 7 && hour < 19) day += value;
    if (value > (rhythm[peak] ?? 0)) peak = at;
  });
  if (total === 0) return '';
  const when = `${weekdays[Math.floor(peak / 24)] ?? ''} ${String(peak % 24).padStart(2, '0')} h`;
  return `${formatShare(day / total)} between 07 and 19 h on workdays; the busiest hour is ${when} with ${formatCount(rhythm[peak] ?? 0)}.`;
}
