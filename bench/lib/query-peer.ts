import type { Row } from './questions.ts';

/** Somebody who answers SQL about the table `conn`. */
export interface Peer {
  readonly title: string;
  /** Division that rounds down. */
  readonly div: string;
  /** The answer, and how long it took by the clock and of processors (milliseconds), without making JavaScript values of it where the peer does that in a step of its own. */
  ask(statements: readonly string[]): Promise<{ readonly rows: Row[]; readonly milliseconds: number; readonly cpu: number }>;
  close(): void;
}

const texts = new Set(['uid', 'orig_h', 'resp_h', 'proto', 'service', 'conn_state', 'history', 'tunnel_parents']);
const seconds = new Set(['ts', 'duration']);
const truths = new Set(['local_orig', 'local_resp']);

/** How a column of a conn.log is written: seconds become microseconds, T and F 1 and 0, "-" is absent everywhere. */
export function writtenAs(name: string): 'text' | 'seconds' | 'truth' | 'number' {
  if (texts.has(name)) return 'text';
  if (truths.has(name)) return 'truth';
  return seconds.has(name) ? 'seconds' : 'number';
}
