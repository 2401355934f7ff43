import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LiveStore } from '../../case/live-types.ts';
import type { IngestAnswer } from '../../contract/live.ts';
import { FlowcaseError } from '../../errors.ts';
import type { KeptBatch } from '../types.ts';

/** So long (ms) an answer is remembered. */
const DAY = 24 * 60 * 60 * 1000;
const HOUR = DAY / 24;
const PREFIX = 'posted:';

const keptSchema = z.object({
  /** Milliseconds since 1970 UTC. */
  at: z.number(),
  request: z.string(),
  answer: z.object({
    accepted: z.number(),
    rejected: z.number(),
    comments: z.number(),
    format: z.string().nullable(),
    formatTitle: z.string(),
    recognised: z.boolean(),
  }),
});
type Kept = z.infer<typeof keptSchema>;

/** What is to be kept in the commit that takes what was posted. */
export type Keep = (batch: KeptBatch) => readonly [key: string, value: Uint8Array];

/** Of whoever posts: the key that says which posts are the same one (`Idempotency-Key`), and what it is known by. */
export interface PostKey {
  /** The key with its sender; no secret is in it. */
  readonly key: string;
  /** What was posted, and how: a key is good for one of them. */
  readonly request: string;
}

/** What a post is known by: SHA-256 of what was asked for, and of the body as it was unpacked. */
export function requestOf(
  asked: { readonly source: string; readonly type: string; readonly format: string | undefined },
  body: Uint8Array,
): string {
  const { source, type, format = null } = asked;
  return createHash('sha256')
    .update(JSON.stringify([source, type, format]))
    .update('\0')
    .update(body)
    .digest('hex');
}

/**
 * Answers a post that comes again, by its key (draft-ietf-httpapi-idempotency-key-header), as it was answered first, for a day. The answer is kept in the
 * commit of its records: none of both is there without the other, whenever the program dies. What was refused was not taken, and is done anew.
 */
export class PostedOnce {
  readonly #live: LiveStore;
  readonly #now: () => number;
  /** By name: what it is known by. */
  readonly #inFlight = new Map<string, string>();

  constructor(live: LiveStore, now: () => number = Date.now) {
    this.#live = live;
    this.#now = now;
  }

  /**
   * @param recognised says, once it is known, whether nobody named the format
   * @throws FlowcaseError with the detail `idempotency`: BUSY (`inFlight`), INVALID_INPUT (`otherRequest`); what `work` throws
   */
  async answer({ key, request }: PostKey, work: (keep: (recognised: boolean) => Keep) => Promise<IngestAnswer>): Promise<IngestAnswer> {
    const name = createHash('sha256').update(key).digest('hex');
    const before = this.#find(name);
    const known = before?.request ?? this.#inFlight.get(name);
    if (known !== undefined && known !== request)
      throw new FlowcaseError(
        'INVALID_INPUT',
        'This Idempotency-Key was sent with another body, source, type or format before: nothing of this was taken. Send what is new with a new key.',
        { idempotency: 'otherRequest' },
      );
    if (before !== null) return before.answer;
    if (known !== undefined)
      throw new FlowcaseError(
        'BUSY',
        'The first post with this Idempotency-Key is being taken: nothing is taken a second time. Ask again in a moment, and it is answered as that one.',
        { idempotency: 'inFlight' },
      );
    this.#inFlight.set(name, request);
    try {
      const answer = await work((recognised) => ({ rows, rejected, comments, format, title }) => {
        const read = { format, formatTitle: title, recognised };
        return this.#entry(name, { at: this.#now(), request, answer: { accepted: rows, rejected, comments, ...read } });
      });
      const kept = this.#find(name);
      if (kept !== null) return kept.answer;
      // there was nothing to take
      this.#live.commit((transaction) => transaction.state(...this.#entry(name, { at: this.#now(), request, answer })));
      return answer;
    } finally {
      this.#inFlight.delete(name);
    }
  }

  /** Forgets what is older than a day. */
  tidy(): void {
    this.#live.dropStates(PREFIX, keyOf(this.#now() - DAY - HOUR, ''));
  }

  #entry(name: string, kept: Kept): readonly [string, Uint8Array] {
    return [keyOf(kept.at, name), Buffer.from(JSON.stringify(kept))];
  }

  /** By the hour of the answer, so that what is old can be forgotten at once. */
  #find(name: string): Kept | null {
    const now = this.#now();
    for (let at = now; at > now - DAY - HOUR; at -= HOUR) {
      const state = this.#live.state(keyOf(at, name));
      if (state === null) continue;
      const kept = keptSchema.safeParse(JSON.parse(Buffer.from(state).toString()));
      if (kept.success && kept.data.at > now - DAY) return kept.data;
    }
    return null;
  }
}

function keyOf(at: number, name: string): string {
  return `${PREFIX}${String(Math.floor(at / HOUR)).padStart(8, '0')}:${name}`;
}
