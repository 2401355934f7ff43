import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/**
 * Nothing from elsewhere, no inline script, no frame around us. Svelte and ECharts set styles through the CSSOM, which needs no exception.
 * `connect` beside 'self': a WebSocket to the same host, which not every browser counts as 'self'.
 */
const policy = (connect: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'${connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The policy of a page at `host` ("127.0.0.1:4711"), which was checked before. */
export const policyFor = (host: string): string => policy(` ws://${host}`);

export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy(''),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

export interface Page {
  readonly type: string;
  readonly body: Buffer;
}

/** The built window as a fixed map from address to file: what is not in it is not there, whatever the address says. */
export function readPages(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, file).split(sep).join('/')}`;
    pages.set(address, { type: types[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) });
  }
  const index = pages.get('/index.html');
  if (index !== undefined) pages.set('/', index);
  return pages;
}
