import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * By which token of the API an act was asked for, through everything that carries it out: calls between threads take it along (main/worker/rpc.ts), and
 * the custody log writes it down. What the machine does by itself (a source that goes on, a seal, a rule) is nobody's.
 */
const acting = new AsyncLocalStorage<string>();

/** Does `work`, and all that follows from it, as asked for by the token of this name; null: by nobody from outside. */
export const actingBy = <T>(token: string | null, work: () => T): T => acting.run(token ?? '', work);

/** The token whose act this is; null where it is none's. */
export function actingToken(): string | null {
  const token = acting.getStore() ?? '';
  return token === '' ? null : token;
}
