import { createHmac } from 'node:crypto';
import { FlowcaseError } from '../../errors.ts';
import type { AlertMessage } from '../../contract/live-alerts.ts';
import type { AlertSender } from './types.ts';

export interface WebhookOptions {
  readonly id: string;
  readonly url: string;
  readonly secret?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  /** Milliseconds since 1970; the machine's clock unless told. */
  readonly now?: () => number;
}

/** What signs a message: HMAC-SHA256 by the secret over `TIME.BODY`, TIME in whole seconds since 1970 as its header says. Hexadecimal. */
export function signatureOf(secret: string, time: number, body: string): string {
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
}

/**
 * Posts a message as JSON to the one address that a person named, and follows nowhere else. Arrived is what was answered with 2xx. A receiver knows by
 * `flowcase-id` what it has already, and by `flowcase-signature: t=TIME,v1=HMAC` who it is from and when it was sent.
 */
export class WebhookSender implements AlertSender {
  readonly id: string;
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.id = options.id;
    this.#options = options;
  }

  async send(message: AlertMessage, stopped: AbortSignal): Promise<void> {
    const { url, secret, timeout, now = Date.now } = this.#options;
    const body = JSON.stringify(message);
    const time = Math.floor(now() / 1000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': message.program,
      'flowcase-id': message.id,
      ...(secret === undefined ? {} : { 'flowcase-signature': `t=${time},v1=${signatureOf(secret, time, body)}` }),
    };
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeout * 1000)]);
    let status: number;
    try {
      const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
      status = answer.status;
      // what it says is of no interest, and may be endless
      await answer.body?.cancel();
    } catch (error) {
      throw failed(url, reasonOf(error), error);
    }
    if (status >= 300 && status < 400) throw failed(url, `it points elsewhere (${status}), which is not followed`);
    if (status < 200 || status >= 300) throw failed(url, `it answered ${status}`);
  }
}

function failed(url: string, reason: string, cause?: unknown): FlowcaseError {
  const { origin, pathname } = new URL(url);
  const text = `The alert did not arrive at ${origin}${pathname}: ${reason}. It is kept and tried again.`;
  return new FlowcaseError('WRITE_FAILED', text, { origin }, cause);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
