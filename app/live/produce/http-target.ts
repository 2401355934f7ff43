import { setTimeout as wait } from 'node:timers/promises';
import { FlowcaseError } from '../../errors.ts';
import type { LogLine } from './log-lines.ts';
import { joinedBytes, type Target } from './target.ts';

/** How long a server that has too much to do is waited for, and how long each of its answers, milliseconds. */
const PATIENCE = 60_000;
const ANSWER = 30_000;

/**
 * The API's `POST …/api/v1/ingest`: lines of a log as they are. A server that says "later" (429, 503) has taken nothing and is asked again; where no answer
 * comes nobody knows what it took, so that is the end.
 */
export class HttpTarget implements Target {
  readonly name: string;
  readonly #url: URL;
  readonly #token: string | undefined;

  /** `token` is sent as a bearer token. @throws FlowcaseError INVALID_INPUT for a URL with a password in it */
  constructor(url: URL, token: string | undefined) {
    if (url.username !== '' || url.password !== '') {
      const message = 'An address takes no user and password, because addresses are shown. Put the token into FLOWCASE_TOKEN.';
      throw new FlowcaseError('INVALID_INPUT', message);
    }
    this.#url = new URL(url);
    if (!this.#url.searchParams.has('source')) this.#url.searchParams.set('source', 'produce');
    this.#token = token;
    this.name = this.#url.href;
  }

  async write(lines: readonly LogLine[]): Promise<void> {
    const body = joinedBytes(lines);
    const until = performance.now() + PATIENCE;
    for (let delay = 100; ; delay = Math.min(delay * 2, 5000)) {
      const response = await this.#post(body);
      if (response.ok) {
        await response.body?.cancel();
        return;
      }
      const later = response.status === 429 || response.status === 503;
      if (!later || performance.now() > until) throw await this.#refused(response);
      await response.body?.cancel();
      const told = Number(response.headers.get('retry-after') ?? NaN) * 1000;
      await wait(Number.isFinite(told) && told > 0 ? Math.min(told, PATIENCE) : delay);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #post(body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'text/plain' };
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
    try {
      return await fetch(this.#url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(ANSWER) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new FlowcaseError(
        'REMOTE_UNREACHABLE',
        `${this.#url.origin} does not answer: ${cause}. See that “flowcase serve” runs there, and that host and port are right.`,
        { target: this.name },
        error,
      );
    }
  }

  async #refused(response: Response): Promise<FlowcaseError> {
    const text = (await response.text().catch(() => '')).slice(0, 300).replaceAll(/\s+/g, ' ');
    const why = response.status === 401 || response.status === 403 ? ' (its token belongs into FLOWCASE_TOKEN)' : '';
    return new FlowcaseError('REMOTE_REFUSED', `${this.#url.origin} answers ${response.status}${why}: ${text}`, {
      target: this.name,
      status: response.status,
    });
  }
}
