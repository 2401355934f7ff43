import type { ClosedWindow } from '../windows/types.ts';
import { clientsOf, servicesOf, type Baselines, type Judgement } from './baselines.ts';
import { alertOf, wholeOf, type Whom } from './describe.ts';
import { figures } from './figures.ts';
import type { LiveDetector, NewAlert } from './types.ts';

const DOUBT = 'It is unusual, which is not the same as bad: a new program, a new customer or a change in the house is unusual too.';

/**
 * Anything far above what is usual: of the whole, of a service, of a client, judged against its own last windows, or against the busiest of the others
 * where it has no history. One alert for each whom, with the figures that deviate most.
 */
export const baseline: LiveDetector = {
  id: 'baseline',
  title: 'Unlike what is usual',
  observe(window, usual) {
    if (!usual.ready) return [];
    const services = servicesOf(window);
    const whoms: Whom[] = [
      wholeOf(window),
      ...(services.length > 1 ? services.map((key): Whom => ({ role: 'service', key: key.key, figures: key })) : []),
      ...clientsOf(window).map((key): Whom => ({ role: 'client', key: key.key, figures: key })),
    ];
    return whoms.flatMap((whom) => deviation(window, usual, whom) ?? []);
  },
};

function deviation(window: ClosedWindow, usual: Baselines, whom: Whom): NewAlert | null {
  const beyond = figures
    .flatMap((figure): readonly Judgement[] | Judgement => {
      // a single large file is nothing unusual; who takes much away is the exfiltration detector's
      if (figure.name === 'bytes_in' || (figure.name === 'bytes_out' && window.kind !== 'request')) return [];
      return usual.beyond(figure, whom.role, whom.key, whom.figures, window) ?? [];
    })
    .sort((a, b) => b.value / b.limit - a.value / a.limit);
  // how varied a few records are says nothing
  if (beyond.length === 0 || beyond.every(({ figure }) => figure.name === 'entropy')) return null;
  const excess = beyond[0].value / beyond[0].limit;
  return alertOf(window, usual, whom, {
    detector: 'baseline',
    title: 'Unlike what is usual',
    severity: beyond.length >= 3 || excess > 4 ? 'high' : 'medium',
    excess,
    says: whom.role === 'whole' ? 'The whole is unlike what is usual' : `${whom.key} is unlike what is usual`,
    doubt: DOUBT,
    first: beyond.slice(0, 3).map(({ figure }) => figure.name),
  });
}
