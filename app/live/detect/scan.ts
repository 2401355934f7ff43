import { clientsOf } from './baselines.ts';
import { alertOf, perWindow } from './describe.ts';
import { figureOf } from './figures.ts';
import type { LiveDetector } from './types.ts';

/** Failures a minute, their share, and the different things that were asked for. */
const LEAST_ERRORS = 20;
const SHARE = 0.5;
const LEAST_THINGS = 20;

const DOUBT =
  'An inventory or a test by the house itself, a crawler after old addresses, or a site that lost its files looks like this too.';

/** A client that asks for many different things (paths; ports or hosts), of which most are not there. */
export const scan: LiveDetector = {
  id: 'scan',
  title: 'Scan',
  observe(window, usual) {
    if (!usual.ready) return [];
    const errors = figureOf('errors');
    return clientsOf(window).flatMap((client) => {
      if (client.errors < perWindow(LEAST_ERRORS, window) || client.errors < client.records * SHARE) return [];
      const wide = Math.max(client.targets, window.kind === 'request' ? 0 : client.peers);
      if (wide < perWindow(LEAST_THINGS, window)) return [];
      const judged = usual.judge(errors, 'client', client.key, client, window);
      if (judged !== null && client.errors <= judged.limit) return [];
      const excess = client.errors / (judged?.limit ?? perWindow(LEAST_ERRORS, window));
      const what = window.kind === 'request' ? 'what might lie about' : 'open doors';
      const things = client.targets >= client.peers || window.kind === 'request' ? 'targets' : 'peers';
      const told = { detector: 'scan', title: 'Scan', says: `${client.key} looks for ${what}`, first: ['errors', things] } as const;
      const severity = excess > 4 ? 'critical' : 'high';
      return alertOf(window, usual, { role: 'client', key: client.key, figures: client }, { ...told, excess, severity, doubt: DOUBT });
    });
  },
};
