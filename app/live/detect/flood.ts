import { figureOf } from './figures.ts';
import { alertOf, perWindow, wholeOf } from './describe.ts';
import { clientsOf } from './baselines.ts';
import type { LiveDetector, NewAlert } from './types.ts';

/** Records a minute below which a rush is no flood, whatever is usual. */
const LEAST_WHOLE = 300;
const LEAST_CLIENT = 600;

const DOUBT =
  'A link that many follow at once, a release, a test of load or a client that tries again and again after an error looks like this too.';

/** Far more records than usual: of the whole source, or from one client. */
export const flood: LiveDetector = {
  id: 'flood',
  title: 'Flood',
  observe(window, usual) {
    const records = figureOf('records');
    const alerts: NewAlert[] = [];
    // what a few clients bring that do more than they should is told of them
    let others = window.whole.records;
    for (const client of clientsOf(window)) {
      const judged = usual.beyond(records, 'client', client.key, client, window);
      if (judged === null) continue;
      others -= client.records;
      if (judged.value <= perWindow(LEAST_CLIENT, window)) continue;
      const excess = judged.value / judged.limit;
      const told = { title: 'Flood from one client', says: `${client.key} floods`, first: ['records'] } as const;
      const whom = { role: 'client', key: client.key, figures: client } as const;
      alerts.push(alertOf(window, usual, whom, { ...told, detector: 'flood', severity: 'high', excess, doubt: DOUBT }));
    }
    const whole = usual.judge(records, 'whole', 'all', window.whole, window);
    if (whole !== null && others > Math.max(whole.limit, perWindow(LEAST_WHOLE, window))) {
      const excess = whole.value / whole.limit;
      const severity = excess > 2 ? 'critical' : 'high';
      const told = { title: 'Flood', says: 'Far more comes in than usual', first: ['records', 'peers'] } as const;
      alerts.push(alertOf(window, usual, wholeOf(window), { ...told, detector: 'flood', severity, excess, doubt: DOUBT }));
    }
    return alerts;
  },
};
