import type { FastifyInstance } from 'fastify';
import { addressMark, docsPage, escaped } from './docs-page.ts';
import { docsStyle } from './docs-style.ts';
import { openApi } from './openapi.ts';

/** Its own style sheet and nothing else: no script, no frame, nothing from elsewhere. */
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The description and its page. Both say nothing of the case and need no token: a browser could not send one. */
export function addDocs(app: FastifyInstance, version: string): void {
  const api = openApi(version);
  const json = JSON.stringify(api);
  const [before = '', after = ''] = docsPage(api).split(addressMark);
  const config = { scope: 'open' } as const;
  const kept = { 'Cache-Control': 'no-cache' };
  app.get('/openapi.json', { config }, (_, reply) => reply.type('application/json; charset=utf-8').headers(kept).send(json));
  app.get('/docs/style.css', { config }, (_, reply) => reply.type('text/css; charset=utf-8').headers(kept).send(docsStyle));
  app.get('/docs', { config }, ({ protocol, headers }, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({ ...kept, Vary: 'Host', 'Content-Security-Policy': policy })
      // the door has let this name in
      .send(`${before}${escaped(`${protocol}://${headers.host ?? ''}`)}${after}`),
  );
  app.get('/', { config }, (_, reply) => reply.redirect('/docs', 302));
}
