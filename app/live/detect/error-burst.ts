import type { ClosedWindow } from '../windows/types.ts';
import { clientsOf, servicesOf, type Baselines } from './baselines.ts';
import { alertOf, perWindow, wholeOf, type Whom } from './describe.ts';
import { figureOf } from './figures.ts';
import type { LiveDetector } from './types.ts';

/** Errors a minute, and clients that they are spread over: one client's errors are that client's. */
const LEAST = 20;
const LEAST_CLIENTS = 3;
/** Of the records of a window so many are errors, at least. */
const SHARE = 0.1;

const DOUBT = 'A release that went wrong, a full disk or a server that is away looks like this, and so does a scan from many addresses.';

/** Many errors, for many clients: a server that fails, or a scan from many addresses. Of requests those that the server is to blame for (500 and above). */
export const errorBurst: LiveDetector = {
  id: 'error-burst',
  title: 'The server fails',
  observe(window, usual) {
    const errors = figureOf('errors');
    const services = servicesOf(window).map((key): Whom => ({ role: 'service', key: key.key, figures: key }));
    return [wholeOf(window), ...(services.length > 1 ? services : [])].flatMap((whom) => {
      const { figures } = whom;
      if (!failsForMany(window, whom) || figures.errors < figures.records * SHARE || figures.errors < perWindow(LEAST, window)) return [];
      const judged = usual.judge(errors, whom.role, whom.key, figures, window);
      if (judged === null || judged.value - ofFew(window, usual, whom) <= judged.limit) return [];
      const excess = judged.value / judged.limit;
      const says = whom.role === 'whole' ? 'Far more fails than usual' : `${whom.key} fails far more than usual`;
      const title = window.kind === 'request' ? 'The server fails' : 'Much fails, for many';
      const told = { detector: 'error-burst', title, says, first: ['errors', 'records'] } as const;
      return alertOf(window, usual, whom, { ...told, excess, severity: excess > 3 ? 'high' : 'medium', doubt: DOUBT });
    });
  },
};

/** Errors of the clients that have far more than they should: told of them. Whose service they were at is not known. */
function ofFew(window: ClosedWindow, usual: Baselines, { role }: Whom): number {
  if (role !== 'whole') return 0;
  const errors = figureOf('errors');
  return clientsOf(window).reduce((sum, client) => {
    return usual.beyond(errors, 'client', client.key, client, window) === null ? sum : sum + client.errors;
  }, 0);
}

function failsForMany(window: ClosedWindow, whom: Whom): boolean {
  const of = (dimension: 'status' | 'state', keys: ReadonlySet<string>): readonly { readonly records: number; readonly peers: number }[] =>
    (window.dimensions.find((one) => one.dimension === dimension)?.keys ?? []).filter(({ key }) => keys.has(key));
  const bad = window.kind === 'request' ? of('status', serverErrors) : of('state', failures);
  const enough = bad.reduce((sum, { records }) => sum + records, 0) >= whom.figures.errors / 2;
  return enough && bad.some(({ peers }) => peers >= LEAST_CLIENTS);
}

const serverErrors = new Set(['5xx']);
const failures = new Set(['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR']);
