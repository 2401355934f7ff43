import { areRequests, jsonKey } from './access-json-keys.ts';
import { PairsReader } from './access-pairs.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import { quotedPairs, type Pairs } from './key-values.ts';
import { SyslogHeader } from './syslog-header.ts';
import { headLines } from './table-head.ts';
import { latin, safeText } from './texts.ts';
import type { LogFormat } from './types.ts';

const OPEN = 123;
/** What a message that is no request says is told so far. */
const TOLD = 120;

/**
 * Requests as pairs of a key and a value (logfmt), behind the beginning of a syslog message or alone: Heroku's router
 * (https://devcenter.heroku.com/articles/http-routing#heroku-router-log-format), and what programs in Go write. Keys are those of JSON (access-json-keys.ts).
 */
export const accessLogfmt: LogFormat = {
  id: 'access-logfmt',
  title: 'Web access log of key=value pairs (Heroku, logfmt)',
  example: [
    '2024-02-10T16:42:07.515030+00:00 heroku[router]: at=info method=GET path="/a?b=1" host=www.example.com request_id=d7c85cc2-b289-4443-8c1d-2327066d6a3e fwd="192.0.2.7" dyno=web.1 connect=1ms service=18ms status=200 bytes=153 protocol=https',
    '2024-02-10T16:42:08.000000+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=POST path="/login" host=www.example.com request_id=1aef6131-3d4d-41e3-bfff-df74c3ef8583 fwd="2001:db8::1, 10.0.0.1" dyno=web.1 connect=0ms service=30000ms status=503 bytes=0 protocol=https',
    '',
  ].join('\n'),
  detect(head) {
    const pairs = new LinePairs();
    const lines = headLines(head).slice(0, 50);
    const requests = lines.filter((line) => line[0] !== OPEN && pairs.read(line, 0, line.length) && areRequests(pairs.keys.map(jsonKey)));
    if (requests.length * 2 <= lines.length) return { confidence: 0, why: 'its lines are no pairs with a time, a client and a request' };
    const why = `${requests.length} of its first ${lines.length} lines are pairs of a key and a value, with a time, a client and a request`;
    // more than syslog's messages, less than those of a firewall
    return { confidence: 0.951 + (0.008 * requests.length) / lines.length, why };
  },
  open(head, options) {
    return openedWithColumns('Web access log (key=value)', head, (sink, columns) => new LogfmtReader(sink, columns, options.timeZone));
  },
};

/** The pairs of a line, with what the beginning of a syslog message says. */
class LinePairs {
  pairs: [key: string, value: string][] = [];
  readonly #header = new SyslogHeader();

  get keys(): string[] {
    return this.pairs.map(([key]) => key);
  }

  /** Whether bytes[start..end) holds any. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const header = this.#header;
    const isMessage = header.read(bytes, start, end);
    const text = latin(bytes, isMessage ? header.message.start : start, end);
    const drained = isMessage ? null : DRAINED.exec(text);
    const found = quotedPairs(drained === null ? text : text.slice(drained[0].length));
    const sender = isMessage ? this.#sender(bytes) : drained === null ? [] : senderOf(drained);
    this.pairs = found.length === 0 ? [] : [...sender, ...renamed(found)];
    return found.length > 0;
  }

  #sender(bytes: Uint8Array): [string, string][] {
    const { ts, app, pid, host } = this.#header;
    const place = ({ start, end }: typeof app): string => latin(bytes, start, end);
    const time: [string, string][] = Number.isNaN(ts) ? [] : [['time', sinceEpoch(ts)]];
    return [...time, ['log_host', place(host)], ['process', place(app)], ['pid', place(pid)]];
  }
}

/** What Heroku's drains send: RFC 5424 without its structured data. */
const DRAINED = /^(?:\d{1,6} )?<\d{1,3}>1 (\S{1,40}) (\S{1,64}) (\S{1,64}) (\S{1,64}) - /;

function senderOf([, time, host, app, pid]: RegExpExecArray): [string, string][] {
  return [
    ['time', time],
    ['log_host', host],
    ['process', app],
    ['pid', pid],
  ];
}

/** Microseconds as seconds with their fraction. */
const sinceEpoch = (ts: number): string => `${Math.floor(ts / 1e6)}.${String(ts - Math.floor(ts / 1e6) * 1e6).padStart(6, '0')}`;

/** Heroku's own names: who is forwarded for, the client first, and how long its dyno took. */
function renamed(pairs: Pairs): [string, string][] {
  const isHeroku = pairs.some(([key]) => key === 'dyno');
  return pairs.flatMap(([key, value]): [string, string][] => {
    if (key === 'fwd') {
      const [first] = value.split(',', 1);
      return first === value
        ? [['client_ip', value]]
        : [
            ['client_ip', first],
            ['x_forwarded_for', value],
          ];
    }
    return [[isHeroku && key === 'service' ? 'duration' : key, value]];
  });
}

class LogfmtReader extends PairsReader {
  readonly #line = new LinePairs();

  protected override pairs(bytes: Uint8Array, start: number, end: number): Pairs | Exclude<Taken, 'row'> {
    const { pairs } = this.#line.read(bytes, start, end) ? this.#line : { pairs: [] };
    if (pairs.some(([key]) => isRequestKey(key))) return pairs;
    return { reason: 'NO_REQUEST', what: `it is no request, but says: ${safeText(bytes, start, end, TOLD)}`, cut: false };
  }
}

const isRequestKey = (key: string): boolean => {
  const how = jsonKey(key).target?.how;
  return how === 'target' || how === 'request' || how === 'address' || how === 'status';
};
