import { plural } from '../contract/format.ts';
import type { Part } from './access-line-bytes.ts';
import { HaproxyLine, type HaproxyKind } from './haproxy-line.ts';
import type { Problem } from './line-outcome.ts';
import { headLines } from './table-head.ts';
import { safeText } from './texts.ts';
import type { Detection } from './types.ts';

/** What the readers of HAProxy's requests and of its connections share. */

/** What the figures of a session count, between their slashes. */
export const connections = ['actconn', 'feconn', 'beconn', 'srv_conn', 'retries'];
export const queues = ['srv_queue', 'backend_queue'];

export const exampleOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Lines of the head that are looked at. */
const LOOKED_AT = 50;

export function detectHaproxy(head: Uint8Array, kind: HaproxyKind): Detection {
  const line = new HaproxyLine();
  const found = { http: 0, tcp: 0 };
  const lines = headLines(head).slice(0, LOOKED_AT);
  for (const bytes of lines) {
    const is = line.scan(bytes, 0, bytes.length);
    if (is !== null) found[is]++;
  }
  const all = found.http + found.tcp;
  const fewer = kind === 'http' ? found.http < found.tcp : found.tcp <= found.http;
  if (found[kind] === 0 || fewer) return { confidence: 0, why: `most of its lines are none of HAProxy's option ${kind}log` };
  const why = `${found[kind]} of its first ${lines.length} lines are as HAProxy's option ${kind}log writes them`;
  return { confidence: all * 2 > lines.length ? 0.96 : 0.3, why };
}

/** Tallied for lines of the other kind, and for requests whose end is missing. */
export const [HTTP, TCP, CUT] = ['haproxy http', 'haproxy tcp', 'haproxy cut'];

export function haproxyRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const say = (key: string, what: (count: number) => string): string[] => {
    const count = tallies.get(key) ?? 0;
    return count === 0 ? [] : [what(count)];
  };
  return [
    ...say(TCP, (count) => `${plural(count, 'line')} of option tcplog counted as comments; to read them: --format haproxy-tcp.`),
    ...say(HTTP, (count) => `${plural(count, 'line')} of option httplog counted as comments; to read them: --format haproxy.`),
    ...say(CUT, (count) => `${plural(count, 'line')} ended within the request: HAProxy, or syslog, cut it.`),
  ];
}

/** A syslog header, a client with its time and frontend, and what is said. Only so much of a line is looked at. */
const SAID = /(?:\S+:\d+ \[[^\]]{10,40}\] [^\s"]+: |\bhaproxy\[\d+\]: )(?!\S+:\d+ \[)(?=\S)/;
const [LOOKED_FOR, TOLD] = [300, 120];

/** Why a line is no session: a message (a server that is down, a handshake that failed), told by its words, or of a format of somebody's own. */
export function noSession(bytes: Uint8Array, start: number, end: number): Problem {
  const said = SAID.exec(textOf(bytes, { start, end: Math.min(end, start + LOOKED_FOR) }));
  if (said === null) return { reason: 'NO_SESSION', what: "it is neither of HAProxy's option httplog nor of option tcplog" };
  const from = start + said.index + said[0].length;
  return { reason: 'NO_SESSION', what: `it is no session, but says: ${safeText(bytes, from, end, TOLD)}` };
}

export const textOf = (bytes: Uint8Array, { start, end }: Part): string => Buffer.from(bytes.subarray(start, end)).toString('latin1');
