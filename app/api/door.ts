import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createSecureContext } from 'node:tls';
import { FlowcaseError } from '../errors.ts';
import { RequestError } from './problems.ts';

/** Where the API may be asked from. Tokens say who asks; this says from where, so that a page of another site cannot even try. */

export interface DoorOptions {
  /** The address that is listened on. */
  readonly host: string;
  /** The certificate, PEM; null: without TLS. */
  readonly certificate: string | null;
  /** Origins of other sites whose pages may ask; CORS is answered for these alone. */
  readonly origins: readonly string[];
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** So many headers Host a request has: of several, each reader takes another one for true. */
export const hostsIn = (rawHeaders: readonly string[]): number =>
  rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;

/** @throws FlowcaseError PARAMETER where others could listen in: another address than loopback without TLS */
export function checkAddress(host: string, secure: boolean): void {
  if (secure || isLoopback(host)) return;
  const every = host === '0.0.0.0' || host === '::';
  const names = every ? ['127.0.0.1', ...ownAddresses()] : [host];
  const name = names.map((one) => `${isIP(one) === 0 ? 'DNS' : 'IP'}:${one}`).join(',');
  throw new FlowcaseError(
    'PARAMETER',
    `${host} can be reached from other machines: tokens and answers would cross the network for all to read. Give a certificate and its key with --tls-cert and --tls-key. One for trying it: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=flowcase -addext subjectAltName=${name} -keyout key.pem -out cert.pem`,
    { name: 'host', value: host },
  );
}

/** Checks the names in Host and Origin (as main/local/guard.ts does for the window). */
export class Door {
  readonly #options: DoorOptions;
  readonly #port: () => number;
  readonly #certificate: X509Certificate | null;

  /** @param options.certificate was checked (`checkCertificate`) */
  constructor(options: DoorOptions, port: () => number) {
    this.#options = options;
    this.#port = port;
    this.#certificate = options.certificate === null ? null : new X509Certificate(options.certificate);
  }

  get scheme(): 'http' | 'https' {
    return this.#certificate === null ? 'http' : 'https';
  }

  /** @throws RequestError MALFORMED where there is not one Host; FORBIDDEN: another name in the Host header is another site that resolves to us (DNS rebinding) */
  checkHost({ headers, rawHeaders }: IncomingMessage): void {
    const hosts = hostsIn(rawHeaders);
    if (hosts !== 1)
      throw new RequestError(
        'MALFORMED',
        `The request has ${hosts === 0 ? 'no header Host' : 'more than one header Host'}; it takes one (RFC 9112, 3.2).`,
      );
    const [, name = '', port] = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(headers.host ?? '') ?? [];
    const plain = name.replace(/^\[|\]$/g, '').toLowerCase();
    const usual = this.#certificate === null ? 80 : 443;
    const right = Number(port ?? usual) === this.#port() && (isLoopback(plain) || plain === this.#options.host || this.#isCertified(plain));
    if (!right) throw new RequestError('FORBIDDEN', 'This name is not served here. Ask by the address that was printed at the start.');
  }

  /** The origin that CORS is answered for, or null. @throws RequestError FORBIDDEN for a page of another site */
  checkOrigin(headers: IncomingHttpHeaders): string | null {
    const { origin, host } = headers;
    if (origin === undefined || origin === `${this.scheme}://${host ?? ''}`) return null;
    if (this.#options.origins.includes(origin)) return origin;
    throw new RequestError('FORBIDDEN', 'A page of another site may not ask here. --allow-origin lets one in.');
  }

  #isCertified(name: string): boolean {
    return this.#certificate !== null && isCertified(this.#certificate, name);
  }
}

function isCertified(certificate: X509Certificate, name: string): boolean {
  return isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined;
}

/** Where a server can be asked: names and addresses that a client can open, the one to tell others first. */
export interface Openable {
  readonly names: readonly string[];
  /** Addresses of this machine that the certificate is not for: who asks by them is refused. */
  readonly uncertified: readonly string[];
}

/** The addresses behind the one that is listened on; `own`: addresses of this machine. */
export function openable(host: string, certificate: string | null, own: readonly string[] = ownAddresses()): Openable {
  if (host !== '0.0.0.0' && host !== '::') return { names: [host], uncertified: [] };
  const loopback = host === '::' ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  const reached = own.filter((address) => host === '::' || isIP(address) === 4);
  const read = certificate === null ? null : new X509Certificate(certificate);
  const certified = (name: string): boolean => read !== null && isCertified(read, name);
  const named = [...(read?.subjectAltName ?? '').matchAll(/DNS:([a-z0-9.-]+)/gi)].map(([, name]) => name.toLowerCase());
  return {
    names: [...named.filter((name) => name !== 'localhost'), ...reached.filter(certified), ...loopback],
    uncertified: reached.filter((address) => !certified(address)),
  };
}

/** Addresses by which other machines may reach this one; none that only count on one link. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0).map(({ address }) => address);
}

/** What a person compares with what their client shows: the SHA-256 of a certificate as openssl writes it, whom it is for, how long it is good. */
export interface CertificateFacts {
  /** "AB:CD:…" */
  readonly sha256: string;
  /** "DNS:flowcase.example, IP Address:10.0.0.7"; "" where it names nobody. */
  readonly names: string;
  /** Microseconds since 1970 UTC. */
  readonly until: number;
}

export function certificateFacts(pem: string): CertificateFacts {
  const { fingerprint256, subjectAltName = '', validToDate } = new X509Certificate(pem);
  return { sha256: fingerprint256, names: subjectAltName, until: validToDate.getTime() * 1000 };
}

/** @throws FlowcaseError PARAMETER for what is no certificate, no key, or a key of another certificate */
export function checkCertificate(tls: { readonly cert: string; readonly key: string }): void {
  try {
    createSecureContext({ ...tls, minVersion: 'TLSv1.2' });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new FlowcaseError(
      'PARAMETER',
      `The files given with --tls-cert and --tls-key are not a certificate and its key in PEM form: ${why}.`,
      { name: 'tls-cert' },
      error,
    );
  }
}
