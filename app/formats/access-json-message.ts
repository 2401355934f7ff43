import { MARK, type JsonKey } from './access-json-keys.ts';
import type { JsonLine } from './access-json-line.ts';
import { JSON_KIND } from './json-scanner.ts';
import type { Problem } from './line-outcome.ts';
import { quoted } from './texts.ts';

/** What Caddy says of every request (https://caddyserver.com/docs/logging). */
const HANDLED = 'handled request';

/**
 * What a line is that has a time and is no request: a message of the program, as Caddy writes both into one log. Its errors (`http.log.error`) name a request
 * too, of which the access log has a line of its own. Null for a request.
 */
export function messageIn(line: JsonLine, keys: readonly JsonKey[], marks: number): Problem | null {
  if ((marks & MARK.time) === 0) return null;
  const asked = (marks & (MARK.asked | MARK.method)) !== 0;
  const client = (marks & MARK.client) !== 0;
  const nothing = !asked && !client && (marks & MARK.status) === 0;
  if (!nothing && (marks & MARK.logger) === 0) return null;
  const logger = textOf(line, keys, 'logger');
  const said = textOf(line, keys, 'msg') ?? textOf(line, keys, 'message');
  if (!nothing) {
    if (logger === null || logger.startsWith('http.log.access') || said === HANDLED) return null;
    const ofError = (marks & MARK.nested) !== 0 && logger.startsWith('http.');
    if (!ofError && asked && client) return null;
  }
  const who = logger === null ? 'says' : `a message of ${logger}`;
  return { reason: 'NO_REQUEST', what: `it is no request, but ${who}: ${said ?? 'nothing'}` };
}

/** The text of the member with that name, for a person; null where there is none. */
function textOf({ scanner, bytes }: JsonLine, keys: readonly JsonKey[], name: string): string | null {
  const { count, kinds, starts, ends } = scanner;
  for (let i = 0; i < count; i++) {
    if (keys[scanner.keys[i]].path !== name || kinds[i] > JSON_KIND.escaped) continue;
    return quoted(bytes, starts[i], ends[i]);
  }
  return null;
}
