/** The list of alerts that the window has: not all that the case has, and it knows where to ask for the others. */
import type { KeptAlert } from '../../../app/contract.ts';

export interface AlertList {
  /** Open ones first, the latest first in both halves. */
  readonly alerts: readonly KeptAlert[];
  /** All with a lower number may be missing, and none with a higher one is; null: the case has no others. */
  readonly olderThan: number | null;
}

export const noAlerts: AlertList = { alerts: [], olderThan: null };

/**
 * The list with alerts put into it; one that is known already is replaced. Of more than `most` the oldest closed ones leave it, and can be asked for again.
 * `olderThan`: from which number on they are complete; undefined where they say nothing of that.
 */
export function withAlerts(list: AlertList, more: readonly KeptAlert[], most: number, olderThan?: number | null): AlertList {
  const all = new Map(list.alerts.map((alert) => [alert.number, alert]));
  for (const alert of more) all.set(alert.number, alert);
  const open = ({ state }: KeptAlert): number => Number(state === 'open');
  const sorted = [...all.values()].sort((a, b) => open(b) - open(a) || b.number - a.number);
  const cut = sorted.slice(most).reduce((highest, { number }) => Math.max(highest, number + 1), 0);
  const known = olderThan === undefined ? list.olderThan : olderThan;
  return { alerts: sorted.slice(0, most), olderThan: cut === 0 ? known : Math.max(known ?? 0, cut) };
}

/** What a page of them says of those that are older: nothing is missing where it is not full. */
export function olderThanPage(page: readonly KeptAlert[], limit: number): number | null {
  return page.length < limit ? null : (page.at(-1)?.number ?? null);
}
