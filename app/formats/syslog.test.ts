import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat } from './registry.ts';
import { syslog } from './syslog.ts';
import { SyslogHeader } from './syslog-header.ts';
import { readLog, readPieces } from './testing.ts';
import type { FormatOptions } from './types.ts';

function rows(log: string, options: FormatOptions = {}): Record<string, unknown>[] {
  const { sink, figures } = readLog(syslog, log, 65_536, false, options);
  expect(figures.rejected).toBe(0);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const at = (iso: string): number => Date.parse(iso) * 1000;

describe('RFC 5424', () => {
  it('gives the fields of the examples in 6.5', () => {
    const log = [
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8",
      "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"]',
    ].join('\n');
    expect(rows(log)).toEqual([
      {
        ...{
          ts: at('2003-10-11T22:14:15.003Z'),
          host: 'mymachine.example.com',
          app: 'su',
          message_id: 'ID47',
          facility: 'AUTH',
          severity: 'CRIT',
        },
        message: "'su root' failed for lonvick on /dev/pts/8",
      },
      {
        ...{ ts: at('2003-08-24T12:14:15Z') + 3, host: '192.0.2.1', app: 'myproc', pid: '8710', facility: 'LOCAL4', severity: 'NOTICE' },
        message: "%% It's time to make the do-nuts.",
      },
      {
        ...{ ts: at('2003-10-11T22:14:15.003Z'), host: 'mymachine.example.com', app: 'evntslog', message_id: 'ID47' },
        ...{ facility: 'LOCAL4', severity: 'NOTICE' },
        data: '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"]',
      },
    ]);
  });

  it('rejects what is none', () => {
    for (const line of [
      '<192>1 2003-10-11T22:14:15Z a b c d - x',
      '<>1 2003-10-11T22:14:15Z a b c d - x',
      '<34>1 2003-13-11T22:14:15Z a b c d - x',
      '<34>1 2003-10-11T22:14:15Z a b c',
      '<34>1 2003-10-11T22:14:15Z a b c d [x y="]" z',
      '<34>1 2003-10-11T22:14:15Z a b c d -x',
      '<34>nothing',
    ]) {
      expect(readLog(syslog, `${line}\n`).figures).toMatchObject({ rows: 0, rejected: 1 });
    }
  });
});

describe('RFC 3164 and what daemons write', () => {
  it('is read with and without priority, host and process', () => {
    const log = [
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
      'Oct  1 22:14:15 web-1 postfix/smtpd[4711]: connect from unknown[192.0.2.7]',
      'Oct 11 22:14:16 web-1 kernel: [12345.678901] eth0: link up',
      '<190>Oct 11 22:14:17 nginx: 192.0.2.7 - - [x]',
      'Oct 11 22:14:18 web-1 last message repeated 2 times',
      '2024-10-11T22:14:19.25+02:00 web-1 systemd-logind[7]: x: y',
      'Oct 11 22:14:20 web-1 cron[9]:',
    ].join('\n');
    const found = rows(log, { year: 2023 });
    expect(found.map(({ host, app, pid, message }) => [host, app, pid, message])).toEqual([
      ['mymachine', 'su', undefined, "'su root' failed for lonvick on /dev/pts/8"],
      ['web-1', 'postfix/smtpd', '4711', 'connect from unknown[192.0.2.7]'],
      ['web-1', 'kernel', undefined, '[12345.678901] eth0: link up'],
      [undefined, 'nginx', undefined, '192.0.2.7 - - [x]'],
      ['web-1', undefined, undefined, 'last message repeated 2 times'],
      ['web-1', 'systemd-logind', '7', 'x: y'],
      ['web-1', 'cron', '9', undefined],
    ]);
    expect(found.map(({ ts }) => ts)).toEqual(
      [
        '2023-10-11T22:14:15Z',
        '2023-10-01T22:14:15Z',
        '2023-10-11T22:14:16Z',
        '2023-10-11T22:14:17Z',
        '2023-10-11T22:14:18Z',
        '2024-10-11T20:14:19.250Z',
        '2023-10-11T22:14:20Z',
      ].map(at),
    );
    expect(found.map(({ facility, severity }) => [facility, severity])[3]).toEqual(['LOCAL7', 'INFO']);
  });

  it('goes on into the next year, however it is cut into pieces', () => {
    const lines = [
      'Dec 31 23:59:58',
      'Jan  1 00:00:01',
      'Dec 31 23:59:59',
      'Feb 29 12:00:00',
      'Aug  1 00:00:00',
      'Dec  1 00:00:00',
      'Jan  2 00:00:00',
    ];
    const log = lines.map((time) => `${time} host app: message\n`).join('');
    const years = [2023, 2024, 2023, 2024, 2024, 2024, 2025];
    for (const every of [1, 2, 3, 9]) {
      const { sink } = readPieces(syslog, log, every, { year: 2023 });
      expect(sink.records.map((record) => new Date(Number(record.get('ts')) / 1000).getUTCFullYear())).toEqual(years);
    }
    // there is no 29 February in that year
    expect(readLog(syslog, 'Feb 29 12:00:00 host app: x\n', 100, false, { year: 2023 }).figures.rejected).toBe(1);
  });

  it('takes the year from when the file was last changed, and its times from the zone that is said', () => {
    const log = 'Nov 30 12:00:00 host app: message\nDec  1 12:00:00 host app: message\n';
    const settled = (modified: string): FormatOptions | undefined =>
      syslog.settle?.(Buffer.from(log), { timeZone: '+02:00' }, 'syslog', at(modified));
    expect(settled('2021-12-01T10:00:00Z')).toEqual({ year: 2021, timeZone: '+02:00' });
    expect(settled('2022-01-05T00:00:00Z')).toEqual({ year: 2021, timeZone: '+02:00' });
    expect(syslog.settle?.(Buffer.from(syslog.example), {}, 'syslog', 0)).toEqual({});
    expect(rows(log, settled('2021-12-01T10:00:00Z')).map(({ ts }) => ts)).toEqual([
      at('2021-11-30T10:00:00Z'),
      at('2021-12-01T10:00:00Z'),
    ]);
  });

  it('is recognised, and other lines are not', () => {
    const found = (log: string): string => detectFormat(Buffer.from(log), 'log').format.id;
    expect(found("Oct 11 22:14:15 web-1 su: 'su root' failed\n")).toBe('syslog');
    expect(found("<34>Oct 11 22:14:15 'su root' failed\n")).toBe('syslog');
    // the message counts where it is a request; what is before it is kept by the format of access logs
    expect(found('<190>Oct 11 22:14:15 web-1 nginx: 192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET / HTTP/1.1" 200 5\n')).toBe('access');
    expect(found('2024-10-11T22:14:19+02:00 web-1 sshd[1]: a\n2024-10-11T22:14:19+02:00 web-1 sshd[1]: b\n')).toBe('syslog');
    expect(syslog.detect(Buffer.from('2024-10-11T22:14:19Z some words of a log\n')).confidence).toBe(0);
  });
});

it('finds parts within the line, whatever the bytes', () => {
  const piece = fc.constantFrom(
    '<34>',
    '1 ',
    'Oct 11 22:14:15',
    '2024-10-11T22:14:15Z',
    ' ',
    '-',
    '[',
    ']',
    '"',
    '\\',
    'a',
    ':',
    '[a b="c"]',
    '\ufeff',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), fc.nat(9), (pieces, behind) => {
      const line = Buffer.from(pieces.join(''));
      const bytes = Buffer.concat([line, Buffer.from(' b: [c] "d" - x').subarray(0, behind)]);
      const [one, other] = [new SyslogHeader(), new SyslogHeader()];
      const found = one.read(bytes, 0, line.length);
      expect(found).toBe(other.read(line, 0, line.length));
      if (!found) return;
      for (const part of ['host', 'app', 'pid', 'messageId', 'data', 'message'] as const) {
        expect(one[part]).toEqual(other[part]);
        expect(one[part].start).toBeLessThanOrEqual(one[part].end);
        expect(one[part].end).toBeLessThanOrEqual(line.length);
      }
      expect([one.ts, one.month, one.day, one.priority]).toEqual([other.ts, other.month, other.day, other.priority]);
    }),
    { numRuns: 2000 },
  );
});

describe("rsyslog's files of senders that speak RFC 5424", () => {
  it('have no colon behind program and process', () => {
    const log = [
      '2026-11-21T23:44:01.431976+00:00 web1 app[30456] something was done',
      '2026-11-21T23:44:01.432644+00:00 web1 app[30456] 127.0.0.1:55658 ok',
      '2026-11-21T23:44:02+00:00 - app[worker-1] x',
    ].join('\n');
    expect(detectFormat(Buffer.from(`${log}\n`), 'x').format).toBe(syslog);
    expect(rows(log)).toMatchObject([
      { host: 'web1', app: 'app', pid: '30456', message: 'something was done' },
      { host: 'web1', app: 'app', pid: '30456', message: '127.0.0.1:55658 ok' },
      { app: 'app', pid: 'worker-1', message: 'x' },
    ]);
    expect(rows('2026-11-21T23:44:01Z web1 no[ program] here\n')).toMatchObject([{ host: 'web1', message: 'no[ program] here' }]);
    expect(rows('2026-11-21T23:44:01Z web1 a[] x\n')).toMatchObject([{ host: 'web1', message: 'a[] x' }]);
  });
});
