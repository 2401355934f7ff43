import { HaproxyLine } from './haproxy-line.ts';
import { HTTP, noSession, connections, detectHaproxy, exampleOf, haproxyRemarks, queues, textOf } from './haproxy-lines.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { commonRemarks } from './line-remarks.ts';
import { SessionReader, originator, sessionCount, sessionText, sessionTook, type SessionField } from './session-reader.ts';
import { SyslogHeader } from './syslog-header.ts';
import { quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';

/** Connections that HAProxy logged with `option tcplog`. It does not say to which address they came, so they are no connections between two hosts. */
export const haproxyTcp: LogFormat = {
  id: 'haproxy-tcp',
  title: 'HAProxy log (tcplog)',
  example: exampleOf([
    'Feb 10 16:42:07 web1 haproxy[14387]: 192.0.2.7:33313 [10/Feb/2024:16:42:02.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0',
    'Feb 10 16:42:08 web1 haproxy[14387]: 2001:db8::1:33314 [10/Feb/2024:16:42:08.001] fnt bck/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0',
  ]),
  detect: (head) => detectHaproxy(head, 'tcp'),
  open: (_head, options) => ({
    kind: 'haproxy_tcp',
    title: 'HAProxy log (tcplog)',
    read: (sink) => new HaproxySessions(sink, options.timeZone),
    remarks: (tallies) => [...commonRemarks(tallies), ...haproxyRemarks(tallies)],
  }),
};

/** Where the words of a line of option tcplog go. */
const DURATION = sessionTook('duration', 'milliseconds');
const words: readonly (SessionField | null)[] = [
  sessionText('frontend'),
  null,
  null,
  sessionCount('bytes'),
  sessionText('termination_state'),
  null,
  null,
];
const waited = [sessionTook('time_queue', 'milliseconds'), sessionTook('time_connect', 'milliseconds'), DURATION];
const numbers = [connections.map(sessionCount), queues.map(sessionCount)];
const [BACKEND, SERVER] = [sessionText('backend'), sessionText('server')];
const LOG_HOST = sessionText('log_host');

class HaproxySessions extends SessionReader {
  readonly #line = new HaproxyLine();
  readonly #header = new SyslogHeader();

  constructor(sink: RecordSink, zone: string | undefined) {
    const fields = [LOG_HOST, originator, ...words, BACKEND, SERVER, ...waited, ...numbers.flat()];
    super(
      sink,
      'haproxy_tcp',
      fields.filter((field) => field !== null),
      zone,
    );
  }

  protected session(bytes: Uint8Array, start: number, end: number): number | Problem | typeof COMMENT {
    const line = this.#line;
    const kind = line.scan(bytes, start, end);
    if (kind === null) return noSession(bytes, start, end);
    if (kind === 'http') {
      this.tally(HTTP);
      return COMMENT;
    }
    const ts = this.time.read(bytes, line.time.start, line.time.end);
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `the time is ${quoted(bytes, line.time.start, line.time.end)}` };
    const { before, client } = line;
    const header = this.#header;
    if (before.start >= 0 && header.read(bytes, before.start, before.end + 1))
      this.put(LOG_HOST, bytes, header.host.start, header.host.end);
    // a client on a socket of the machine has no address
    if (!textOf(bytes, client).startsWith('unix:')) {
      const problem = this.put(originator, bytes, client.start, client.end);
      if (problem !== null) return problem;
    }
    return this.#rest(bytes) ?? ts;
  }

  #rest(bytes: Uint8Array): Problem | null {
    const [, backend, times, , , load, waiting] = this.#line.words;
    const slash = bytes.indexOf(47, backend.start);
    const server = slash >= 0 && slash < backend.end ? slash : backend.end;
    const parts: (readonly [SessionField | null, number, number])[] = words.map((field, i) => {
      const { start, end } = this.#line.words[i];
      return [field, start, end];
    });
    parts.push([BACKEND, backend.start, server], [SERVER, Math.min(server + 1, backend.end), backend.end]);
    for (const [part, fields] of [[times, waited] as const, [load, numbers[0]] as const, [waiting, numbers[1]] as const]) {
      let from = part.start;
      for (const field of fields) {
        const next = bytes.indexOf(47, from);
        const to = next < 0 || next > part.end ? part.end : next;
        parts.push([field, from, to]);
        from = to + 1;
      }
    }
    for (const [field, from, to] of parts) {
      const problem = field === null ? null : this.put(field, bytes, from, to);
      if (problem !== null) return problem;
    }
    return null;
  }
}
