import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostsIn } from '../../app/api/door.ts';

/** Who is let in: one browser that was given the address with its token, on this machine, asking from our own page. */
export class Guard {
  /** The token that was given out last, until somebody uses it. */
  #token: string | null = null;
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #port: () => number;

  constructor(port: () => number) {
    this.#port = port;
  }

  /** A token for an address that is printed; good for one use. The one before it, if it was not used, is good no more. */
  newToken(): string {
    const token = randomBytes(32).toString('base64url');
    this.#token = token;
    return token;
  }

  /** The cookie in exchange for a token, or null for a wrong or used one. */
  redeem(token: string): string | null {
    if (this.#token === null || !same(token, this.#token)) return null;
    this.#token = null;
    return `${this.#cookieName()}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** One header Host, as RFC 9112, 3.2 wants it. */
  hasOneHost(request: IncomingMessage): boolean {
    return hostsIn(request.rawHeaders) === 1;
  }

  /** Another name in the Host header is another site that resolves to us (DNS rebinding). */
  isOurHost(request: IncomingMessage): boolean {
    const { host } = request.headers;
    return host === `127.0.0.1:${this.#port()}` || host === `localhost:${this.#port()}`;
  }

  /** Browsers name the page that asks in Origin; requests without it are navigations and same-origin GETs. */
  isOurOrigin(request: IncomingMessage, needed: boolean): boolean {
    const { origin, host } = request.headers;
    return origin === undefined ? !needed : origin === `http://${host ?? ''}`;
  }

  hasCookie(request: IncomingMessage): boolean {
    const prefix = `${this.#cookieName()}=`;
    return (request.headers.cookie ?? '')
      .split(';')
      .some((part) => part.trim().startsWith(prefix) && same(part.trim().slice(prefix.length), this.#secret));
  }

  /** Cookies know no ports: two Flowcases on one machine must not overwrite each other's. */
  #cookieName(): string {
    return `flowcase-${this.#port()}`;
  }
}

function same(a: string, b: string): boolean {
  const x = Buffer.from(a);
  const y = Buffer.from(b);
  return x.length === y.length && timingSafeEqual(x, y);
}
