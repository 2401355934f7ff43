import { createHash } from 'node:crypto';
import type { CaseInfo, Client } from '../contract.ts';

/** What state of the case an answer rests on. Requests that arrive together share one look; none is answered from a look before it. */
export class Revisions {
  readonly #core: Client;
  #next: Promise<CaseInfo> | null = null;

  constructor(core: Client) {
    this.#core = core;
  }

  /** The case as it is now. @throws FlowcaseError */
  now(): Promise<CaseInfo> {
    this.#next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#next = null;
      return this.#core.invoke('case.info', {});
    });
    return this.#next;
  }
}

/** A weak ETag (RFC 9110): the same for the same question to the same state of the case. */
export function etagOf(info: CaseInfo, version: string, question: string): string {
  const mark = createHash('sha256').update([info.id, info.revision, version, question].join('\n')).digest('base64url').slice(0, 16);
  return `W/"${info.revision}-${mark}"`;
}

/** Whether an If-None-Match header names `etag` (weak comparison). */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = etag.replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === opaque);
}
