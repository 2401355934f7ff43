import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { FlowcaseError } from '../errors.ts';

/** Who may ask the API for what: bearer tokens (RFC 6750), kept as SHA-256 of 256 random bits, never as they are. */

/** `write` may do everything that `read` may. */
export const scopes = ['read', 'write'] as const;
export type Scope = (typeof scopes)[number];

export interface Token {
  readonly name: string;
  readonly scope: Scope;
  readonly sha256: string;
  /** Microseconds since 1970 UTC; null: for ever. */
  readonly expires: number | null;
  readonly created: number;
}

const tokenFile = z.strictObject({
  flowcase: z.literal('tokens-1'),
  tokens: z.array(
    z.strictObject({
      name: z.string().min(1).max(100),
      scope: z.enum(scopes),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      expires: z.int().nullable(),
      created: z.int(),
    }),
  ),
});

const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A new token and the secret that stands for it; the secret is nowhere else. `now` in microseconds. */
export function makeToken(
  name: string,
  scope: Scope,
  expires: number | null,
  now: number,
): { readonly token: Token; readonly secret: string } {
  const secret = `flowcase_${randomBytes(32).toString('base64url')}`;
  return { token: { name, scope, sha256: digest(secret), expires, created: now }, secret };
}

/**
 * The token that a secret stands for; null where there is none or its time is over. Every token is compared, in constant time, so that how long it
 * takes tells nothing.
 */
export function findToken(tokens: readonly Token[], secret: string, now: number): Token | null {
  const asked = Buffer.from(digest(secret), 'hex');
  let found: Token | null = null;
  for (const token of tokens) if (timingSafeEqual(Buffer.from(token.sha256, 'hex'), asked)) found = token;
  return found !== null && found.expires !== null && found.expires <= now ? null : found;
}

/** The secret of an Authorization header; null where it is no bearer's. */
export function bearerOf(header: string | undefined): string | null {
  const [, secret] = /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '') ?? [];
  return secret ?? null;
}

/** The tokens in a file. Missing: none. @throws FlowcaseError FILE_UNREADABLE where it is damaged, or others may read or write it */
export function readTokens(path: string): readonly Token[] {
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new FlowcaseError(
        'FILE_UNREADABLE',
        `${path} holds tokens and may be read by others. Take that right away: chmod 600 ${path}`,
        { path },
      );
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof FlowcaseError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new FlowcaseError('FILE_UNREADABLE', `The tokens in ${path} cannot be read: ${String(error)}.`, { path }, error);
  }
  const read = tokenFile.safeParse(jsonOf(text));
  if (!read.success) throw new FlowcaseError('FILE_UNREADABLE', `${path} is no file of tokens of Flowcase, or was damaged.`, { path });
  return read.data.tokens;
}

/** Written whole or not at all, for the owner alone. @throws FlowcaseError WRITE_FAILED */
export function writeTokens(path: string, tokens: readonly Token[]): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, `${JSON.stringify({ flowcase: 'tokens-1', tokens }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new FlowcaseError('WRITE_FAILED', `The tokens could not be written to ${path}: ${String(error)}.`, { path }, error);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Tokens that a server was started with, and those of a file, which is read again when it changes: a token that is removed is good no more. */
export class TokenStore {
  readonly #fixed: readonly Token[];
  readonly #path: string | null;
  #mark = '';
  #read: readonly Token[] = [];

  /** @throws FlowcaseError FILE_UNREADABLE */
  constructor(fixed: readonly Token[], path: string | null) {
    this.#fixed = fixed;
    this.#path = path;
    if (path !== null) this.#look(path);
  }

  /** @throws FlowcaseError FILE_UNREADABLE: a file that cannot be read lets nobody in */
  find(secret: string, now: number): Token | null {
    if (this.#path !== null) this.#look(this.#path);
    return findToken([...this.#fixed, ...this.#read], secret, now);
  }

  /** Whether a token that was found is still good; none is where the file cannot be read any more. */
  isGood(token: Token, now: number): boolean {
    try {
      if (this.#path !== null) this.#look(this.#path);
    } catch {
      return false;
    }
    const there = [...this.#fixed, ...this.#read].some(({ sha256 }) => sha256 === token.sha256);
    return there && (token.expires === null || token.expires > now);
  }

  #look(path: string): void {
    const found = statSync(path, { throwIfNoEntry: false });
    const mark = found === undefined ? 'none' : `${found.mtimeMs} ${found.ino} ${found.size} ${found.mode}`;
    if (mark === this.#mark) return;
    this.#read = readTokens(path);
    this.#mark = mark;
  }
}
