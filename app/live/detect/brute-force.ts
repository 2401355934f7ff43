import { clientsOf } from './baselines.ts';
import { alertOf, perWindow } from './describe.ts';
import { figureOf } from './figures.ts';
import type { LiveDetector } from './types.ts';

/** Refusals a minute, and their share of what the client asked. */
const LEAST = 20;
const SHARE = 0.5;

const DOUBT = 'A program with an old password, or one that asks without a password first, is refused as often: look at what it asks for.';

/** A client that is refused (401, 403) again and again: passwords, or names, are tried. */
export const bruteForce: LiveDetector = {
  id: 'brute-force',
  title: 'Passwords are tried',
  observe(window, usual) {
    if (window.kind !== 'request' || !usual.ready) return [];
    const refused = figureOf('refused');
    return clientsOf(window).flatMap((client) => {
      if (client.refused < perWindow(LEAST, window) || client.refused < client.records * SHARE) return [];
      const judged = usual.judge(refused, 'client', client.key, client, window);
      if (judged !== null && client.refused <= judged.limit) return [];
      const told = { detector: 'brute-force', title: 'Passwords are tried', first: ['refused', 'records'] } as const;
      const says = `${client.key} is refused again and again`;
      const excess = client.refused / (judged?.limit ?? perWindow(LEAST, window));
      // among the refused there is one that was let in
      const severity = client.refused < client.errors || client.errors < client.records ? 'critical' : 'high';
      return alertOf(
        window,
        usual,
        { role: 'client', key: client.key, figures: client },
        { ...told, says, excess, severity, doubt: DOUBT },
      );
    });
  },
};
