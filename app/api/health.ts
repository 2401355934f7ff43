import type { FastifyInstance } from 'fastify';
import { heldByImport, type LiveStatus } from '../contract/live.ts';
import type { ApiOptions } from './types.ts';

/** `held`: the case cannot be written (a full disk); `failed`: what writes it is gone. What is in the way is told to those with a token: GET /live. */
export const healthStates = ['ok', 'held', 'failed'] as const;
export type Health = (typeof healthStates)[number];

/** Whoever is asked more often says the same again for so long (milliseconds). */
const FRESH = 1000;
/** A writer that is at work answers later, and is well. */
const PATIENCE = 2000;

/** GET /health, for everybody: whether the server answers and the case can be written. 503 where it cannot. */
export function addHealth(app: FastifyInstance, options: ApiOptions): void {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<Health> = Promise.resolve('ok');
  app.get('/health', { config: { scope: 'open' } }, async (_, reply) => {
    if (performance.now() - asked > FRESH) {
      asked = performance.now();
      answer = healthOf(options);
    }
    const status = await answer;
    return reply.code(status === 'ok' ? 200 : 503).send({ status });
  });
}

/** As the writer says itself. A case that is open for reading has none. */
export async function healthOf({ core, readOnly }: Pick<ApiOptions, 'core' | 'readOnly'>): Promise<Health> {
  if (readOnly) return 'ok';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  try {
    const status: LiveStatus | null = await Promise.race([core.invoke('live.status', {}), late]);
    return status === null || status.held === '' || status.held === heldByImport ? 'ok' : 'held';
  } catch {
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
