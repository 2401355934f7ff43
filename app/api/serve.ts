import type { FastifyInstance } from 'fastify';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowcaseError } from '../errors.ts';
import { withoutSecrets } from '../shared/without-secrets.ts';
import { certificateFacts, checkAddress, checkCertificate, openable, type CertificateFacts } from './door.ts';
import { Drain, PATIENCE } from './drain.ts';
import { createApi } from './server.ts';
import { makeToken, TokenStore, type Scope } from './tokens.ts';
import type { ApiCore, ApiOptions } from './types.ts';
import { usualTimeouts, type Timeouts } from './unparsed.ts';

export const defaults = { host: '127.0.0.1', port: 0, rate: 200, bodyLimit: 2 ** 20, ingestLimit: 16 * 2 ** 20 } as const;

/** How a case is served. What is not given is as `defaults` says. */
export interface ServeOptions {
  readonly version: string;
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Files of a certificate and its key, PEM. Needed where others than this machine can ask. */
  readonly tls?: { readonly cert: string; readonly key: string } | null;
  /** Where tokens are kept (`flowcase token`); null: two are made for as long as this server runs. */
  readonly tokenFile?: string | null;
  readonly rate?: number;
  readonly readOnly?: boolean;
  readonly origins?: readonly string[];
  readonly files?: readonly string[];
  /** See `ApiOptions.sources`. */
  readonly sources?: readonly string[];
  readonly bodyLimit?: number;
  readonly ingestLimit?: number;
  readonly log?: ApiOptions['log'];
  readonly metrics?: NonNullable<ApiOptions['metrics']>;
  readonly heartbeat?: number;
  /** Milliseconds that clients have for their headers (10 s) and for a whole request (60 s). */
  readonly timeouts?: Timeouts;
  /** Milliseconds that requests under way have when the server is stopped; default 3 s. */
  readonly patience?: number;
}

/** A case that is being served. */
export interface Served {
  /** "http://127.0.0.1:4711": one that can be opened, also where every address is listened on. */
  readonly address: string;
  /** All that can be opened, that one first. */
  readonly addresses: readonly string[];
  /** Addresses of this machine by which it is reached and refuses to answer: the certificate is not for them. */
  readonly uncertified: readonly string[];
  /** null: without TLS. */
  readonly certificate: CertificateFacts | null;
  readonly port: number;
  /** Tokens that were made for this server, by scope; nobody else knows them. Empty where there is a file of tokens. */
  readonly tokens: Readonly<Partial<Record<Scope, string>>>;
  /** For what is asked from within. */
  readonly app: FastifyInstance;
  /**
   * Listens no more, answers what is under way, sends away what comes (503), ends streams of events, removes what was exported. Takes no longer than
   * `patience`; returns the requests that were cut off then, without their queries.
   */
  close(): Promise<readonly string[]>;
}

/**
 * Serves the case that `core` has open.
 * @throws FlowcaseError PARAMETER for an address that others reach without TLS and for sources that cannot be allowed, FILE_UNREADABLE for tokens and certificates, BUSY for a port in use
 */
export async function serveCase(core: ApiCore, options: ServeOptions): Promise<Served> {
  const host = options.host ?? defaults.host;
  const tls = options.tls == null ? null : { cert: readPem(options.tls.cert), key: readKey(options.tls.key) };
  if (tls !== null) checkCertificate(tls);
  checkAddress(host, tls !== null);
  const readOnly = options.readOnly ?? false;
  const made = options.tokenFile == null ? newTokens(readOnly) : { store: new TokenStore([], options.tokenFile), secrets: {} };
  const scratch = await mkdtemp(join(tmpdir(), 'flowcase-serve-'));
  const clean = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const drain = new Drain();
    const api: ApiOptions = {
      core,
      version: options.version,
      tokens: made.store,
      door: { host, certificate: tls?.cert ?? null, origins: options.origins ?? [] },
      tls,
      rate: options.rate ?? defaults.rate,
      readOnly,
      files: options.files ?? [],
      sources: options.sources ?? [],
      scratch,
      bodyLimit: options.bodyLimit ?? defaults.bodyLimit,
      ingestLimit: options.ingestLimit ?? defaults.ingestLimit,
      log: logOf(options.log),
      timeouts: options.timeouts ?? usualTimeouts,
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
      ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
    };
    const app = await createApi(api, drain);
    await listen(app, host, options.port ?? defaults.port);
    const { port } = app.server.address() as AddressInfo;
    const { names, uncertified } = openable(host, tls?.cert ?? null);
    const addresses = names.map((name) => `${tls === null ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`);
    return {
      address: addresses[0] ?? '',
      addresses,
      uncertified,
      certificate: tls === null ? null : certificateFacts(tls.cert),
      port,
      tokens: made.secrets,
      app,
      close: async () => {
        const cut = await drain.end(app, options.patience ?? PATIENCE);
        await clean();
        return cut;
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** A token that reads, and one that writes where anything can be written. */
function newTokens(readOnly: boolean): { readonly store: TokenStore; readonly secrets: Partial<Record<Scope, string>> } {
  const now = Date.now() * 1000;
  const read = makeToken('read', 'read', null, now);
  if (readOnly) return { store: new TokenStore([read.token], null), secrets: { read: read.secret } };
  const write = makeToken('write', 'write', null, now);
  return { store: new TokenStore([read.token, write.token], null), secrets: { read: read.secret, write: write.secret } };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FlowcaseError(
      'FILE_UNREADABLE',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      { path },
      error,
    );
  }
}

/** A key opens what is said to everybody: as with tokens, it is not taken where others may read it. A group may where root owns it, as systems keep keys. */
function readKey(path: string): string {
  const found = process.platform === 'win32' ? undefined : statSync(path, { throwIfNoEntry: false });
  const forbidden = found?.uid === 0 && process.getuid?.() !== 0 ? 0o027 : 0o077;
  if (found !== undefined && (found.mode & forbidden) !== 0)
    throw new FlowcaseError('FILE_UNREADABLE', `${path} is a key and may be read by others. Take that right away: chmod 600 ${path}`, {
      path,
    });
  return readPem(path);
}

/** Clients put their tokens into addresses, although they are told not to: no secret is logged. */
function logOf(log: ServeOptions['log']): ApiOptions['log'] {
  return log == null ? null : { write: (line) => log.write(withoutSecrets(line)) };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EADDRINUSE')
      throw new FlowcaseError('BUSY', `Another program listens on port ${port} of ${host}. --port 0 takes one that is free.`, { port });
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
      throw new FlowcaseError('PARAMETER', `This machine cannot listen on ${host}, port ${port}: ${code}.`, {
        name: 'host',
        value: host,
      });
    throw error;
  }
}
