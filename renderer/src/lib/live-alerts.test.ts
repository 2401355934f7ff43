import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KeptAlert } from '../../../app/contract.ts';
import { noAlerts, olderThanPage, withAlerts } from './live-alerts.ts';

const alertOf = (number: number, state: KeptAlert['state']): KeptAlert => ({ number, state }) as KeptAlert;

it('every alert of the case can be come by, whatever is raised and however few fit', () => {
  const states = fc.array(fc.constantFrom<KeptAlert['state']>('open', 'closed', 'closed'), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(states, fc.integer({ min: 1, max: 30 }), fc.nat(40), (kinds, page, news) => {
      const all = kinds.map((state, i) => alertOf(i + 1, state)).reverse();
      const before = (number: number, limit: number): KeptAlert[] => all.filter((one) => one.number < number).slice(0, limit);
      // as the window does it: the open ones and the latest, what is raised then, and the older ones page by page
      const latest = all.slice(0, page);
      let most = page;
      let list = withAlerts(
        noAlerts,
        [...all.filter(({ state }) => state === 'open').slice(0, page), ...latest],
        most,
        olderThanPage(latest, page),
      );
      const raised = Array.from({ length: news }, (_, i) => alertOf(kinds.length + 1 + i, 'open'));
      all.unshift(...raised.toReversed());
      list = withAlerts(list, raised, most);
      for (let turns = 0; list.olderThan !== null; turns++) {
        expect(turns).toBeLessThan(500);
        const older = before(list.olderThan, page);
        most = list.alerts.length + page;
        list = withAlerts(list, older, most, olderThanPage(older, page));
      }
      const listed = list.alerts.map(({ number }) => number);
      expect(listed.toSorted((a, b) => b - a)).toEqual(all.map(({ number }) => number));
      const open = list.alerts.map(({ state }) => Number(state === 'open'));
      expect(open).toEqual(open.toSorted((a, b) => b - a));
    }),
  );
});

it('an alert that goes on or ends takes the place of itself', () => {
  const list = withAlerts(noAlerts, [alertOf(1, 'open'), alertOf(2, 'open')], 10, null);
  expect(withAlerts(list, [alertOf(2, 'closed')], 10)).toEqual({ alerts: [alertOf(1, 'open'), alertOf(2, 'closed')], olderThan: null });
});
