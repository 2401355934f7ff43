import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from './problems.ts';

/** Milliseconds that requests under way have when a server is stopped. */
export const PATIENCE = 3000;
/** How often connections are looked at that have nothing under way any more. */
const SWEEP = 50;
/** Where nothing has been under way for so many looks, nobody is waited for who has only begun to ask. */
const QUIET = 5;

/** Which requests are under way; and how a server ends: what is under way is answered, what comes is sent away, and no connection is waited for. */
export class Drain {
  readonly #underWay = new Set<FastifyRequest>();
  #stopping = false;

  /** Before every other hook. */
  addTo(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      this.#underWay.add(request);
      reply.raw.once('close', () => this.#underWay.delete(request));
      if (!this.#stopping) return done();
      void reply.header('Retry-After', '1');
      done(new RequestError('STOPPING', 'This server is being stopped, and nothing of this was done. Send it again when it is back.'));
    });
    // a connection that is kept would be waited for
    app.addHook('onSend', (_, reply, payload, done) => {
      if (this.#stopping) void reply.header('Connection', 'close');
      done(null, payload);
    });
  }

  /**
   * Ends `app`: in order, or after so many milliseconds all the same. Returns the requests that were cut off: "GET /api/v1/records/connection".
   */
  async end(app: FastifyInstance, patience: number): Promise<readonly string[]> {
    this.#stopping = true;
    let quiet = 0;
    const sweep = setInterval(() => {
      app.server.closeIdleConnections();
      quiet = this.#underWay.size > 0 ? 0 : quiet + 1;
      if (quiet > QUIET) app.server.closeAllConnections();
    }, SWEEP);
    const closed = app.close();
    let cut: readonly string[] = [];
    const limit = setTimeout(() => {
      cut = [...this.#underWay].map(({ method, url }) => `${method} ${url.split('?', 1)[0]}`);
      app.server.closeAllConnections();
    }, patience);
    try {
      await closed;
    } finally {
      clearInterval(sweep);
      clearTimeout(limit);
    }
    return cut;
  }
}
