import { monthNames } from '../shared/months.ts';
import type { Pairs } from './key-values.ts';
import { PairsReader } from './access-pairs.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import { headLines } from './table-head.ts';
import { latin, safeText } from './texts.ts';
import type { LogFormat } from './types.ts';

/** What else may stand before it: a date (--log-date), how much memory is used (--memory-report). */
const PREFIX = 160;
/** What a message that is no request says is told so far. */
const TOLD = 120;
/** It says much as it starts. */
const LOOKED_AT = 500;

const LINE =
  /^(?:[^"]{0,160}?)\[pid: (\d{1,10})\|app: (-?\d{1,10})\|req: (-?\d{1,15}\/-?\d{1,15})\] (\S*) \((.*?)\) \{(\d+) vars in (\d+) bytes\} \[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\] (\S*) (.*) => generated (\d+) bytes in (\d+) (msecs|micros|secs)(?: via (\S+))? \((\S+) (\d+)\) (\d+) headers in (\d+) bytes \((\d+) /;
const names =
  'pid app req remote_addr remote_user vars vars_bytes month day time year method uri body_bytes_sent took unit via protocol status headers headers_bytes switches'.split(
    ' ',
  );
const microseconds: ReadonlyMap<string, number> = new Map([
  ['micros', 1],
  ['msecs', 1000],
  ['secs', 1_000_000],
]);

/** Requests as uWSGI tells them where it is given no format of its own (https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html). */
export const accessUwsgi: LogFormat = {
  id: 'access-uwsgi',
  title: 'uWSGI request log',
  example: [
    '[pid: 4711|app: 0|req: 1/1] 192.0.2.7 () {38 vars in 696 bytes} [Sat Feb 10 16:42:07 2024] GET /a?b=1 => generated 47 bytes in 129 msecs (HTTP/1.1 200) 9 headers in 378 bytes (1 switches on core 3)',
    '[pid: 4711|app: 0|req: 2/2] 2001:db8::1 (alice) {34 vars in 617 bytes} [Sat Feb 10 16:42:08 2024] POST /login => generated 0 bytes in 68 micros (HTTP/1.1 302) 9 headers in 373 bytes (1 switches on core 0)',
    '',
  ].join('\n'),
  detect(head) {
    const lines = headLines(head).slice(0, LOOKED_AT);
    const found = lines.filter((line) => isBegun(line, 0, line.length)).length;
    if (found === 0 || found * 20 < lines.length) return { confidence: 0, why: 'its lines are not those that uWSGI writes of requests' };
    return { confidence: 0.97, why: `${found} of its first ${lines.length} lines are those that uWSGI writes of requests` };
  },
  open(head, options) {
    return openedWithColumns('uWSGI request log', head, (sink, columns) => new UwsgiReader(sink, columns, options.timeZone));
  },
};

const isBegun = (bytes: Uint8Array, start: number, end: number): boolean =>
  /^[^"]{0,160}?\[pid: \d+\|app: -?\d+\|req: -?\d/.test(latin(bytes, start, Math.min(end, start + 2 * PREFIX)));

class UwsgiReader extends PairsReader {
  protected override pairs(bytes: Uint8Array, start: number, end: number): Pairs | Exclude<Taken, 'row'> {
    const found = isBegun(bytes, start, end) ? LINE.exec(latin(bytes, start, end)) : null;
    if (found !== null) return pairsOf(found);
    if (isBegun(bytes, start, end))
      return { reason: 'BAD_REQUEST', what: 'it is none of the lines that uWSGI writes of requests', cut: true };
    return { reason: 'NO_REQUEST', what: `it is no request, but says: ${safeText(bytes, start, end, TOLD)}`, cut: false };
  }
}

function pairsOf(found: RegExpExecArray): [string, string][] {
  const value = (name: string): string => found[names.indexOf(name) + 1] ?? '';
  const month = String(monthNames.indexOf(value('month')) + 1).padStart(2, '0');
  const time = `${value('year')}-${month}-${value('day').padStart(2, '0')} ${value('time')}`;
  const took = String(Number(value('took')) * (microseconds.get(value('unit')) ?? 1));
  const rest = names.filter((name) => !['month', 'day', 'time', 'year', 'took', 'unit'].includes(name) && value(name) !== '');
  return [['time', time], ...rest.map((name): [string, string] => [name, value(name)]), ['duration_us', took]];
}
