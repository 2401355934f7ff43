import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessW3c } from './access-w3c.ts';
import { readLog, readPieces } from './testing.ts';
import { rows } from './testing-access-other.ts';

const data = join(import.meta.dirname, '../../../shared/data/web/formats');

const have = existsSync(data);

describe('the time that a request took, in the W3C extended format', () => {
  const log = (software: string, fields: string, value: string): string =>
    `${software === '' ? '' : `#Software: ${software}\n`}#Fields: date time c-ip cs-method cs-uri sc-status ${fields}time-taken\n2024-02-10 16:42:07 192.0.2.7 GET /a 200 ${fields === '' ? '' : '0 '}${value}\n`;
  it.each([
    ['IIS', 'Microsoft Internet Information Services 10.0', '', '15', 15_000],
    ['IIS by its fields', '', 'sc-substatus ', '15', 15_000],
    ['another server', 'Oracle WebLogic', '', '0.015', 15_000],
    ['nobody says who', '', '', '2', 2_000_000],
    ['another server with a field of IIS', 'Example 1.0', 's-sitename ', '2', 2_000_000],
  ])('%s', (_, software, fields, value, expected) => {
    const text = log(software, fields, value);
    expect(readLog(accessW3c, text).sink.records.map((record) => record.get('duration'))).toEqual([expected]);
    const said = accessW3c.open(Buffer.from(text), {}).remarks(new Map()).join();
    expect(said.includes('read as seconds')).toBe(expected === 2_000_000 || software.startsWith('Oracle'));
  });
});

describe('lines of the W3C extended format that have no date', () => {
  const head = (date: string): string => `#Version: 1.0\n${date === '' ? '' : `#Date: ${date}\n`}#Fields: time c-ip cs-method cs-uri\n`;
  const line = (time: string): string => `${time} 192.0.2.7 GET /foo/bar.html\n`;
  const times = (log: string, pieces = 0): (string | null)[] => {
    const { sink } = pieces === 0 ? readLog(accessW3c, log) : readPieces(accessW3c, log, pieces);
    return sink.records.map((record) => new Date(Number(record.get('ts')) / 1000).toISOString().slice(0, 19));
  };

  it.each([
    ["as the standard's example writes it", '12-Jan-1996 00:00:00', '1996-01-12'],
    ['as IIS writes it', '2024-02-10 16:42:07', '2024-02-10'],
    ['without a time of day', '2024-02-10', '2024-02-10'],
    ['with a zone', '2024-02-10 00:00:00 GMT', '2024-02-10'],
  ])('are of the date of the #Date line, %s', (_, date, day) => {
    const log = head(date) + line('16:43:00') + line('23:59:59');
    expect(times(log)).toEqual([`${day}T16:43:00`, `${day}T23:59:59`]);
    const said = accessW3c.open(Buffer.from(log), {}).remarks(readLog(accessW3c, log).figures.tallies).join();
    expect(said).toContain('2 records have no date; that of the #Date line before them was taken.');
  });

  it('are of the next day once the time passes midnight, and of the day before where they are late', () => {
    const log =
      head('2024-02-28 22:00:00') +
      ['22:30:00', '22:29:58', '23:59:59', '00:00:01', '23:59:58', '00:30:00', '23:00:00', '05:00:00', '04:59:00'].map(line).join('');
    const expected = [
      ...['2024-02-28T22:30:00', '2024-02-28T22:29:58', '2024-02-28T23:59:59', '2024-02-29T00:00:01', '2024-02-28T23:59:58'],
      ...['2024-02-29T00:30:00', '2024-02-28T23:00:00', '2024-02-29T05:00:00', '2024-02-29T04:59:00'],
    ];
    expect(times(log)).toEqual(expected);
    for (const pieces of [1, 2, 3, 5]) expect(times(log, pieces)).toEqual(expected);
    const said = accessW3c.open(Buffer.from(log), {}).remarks(readLog(accessW3c, log).figures.tallies).join();
    expect(said).toContain('1 time the time of day went back by more than an hour');
  });

  it('follow a #Date line in the middle, whatever the zone', () => {
    const log = head('2024-02-10 16:00:00') + line('16:42:07') + head('2024-02-12 08:00:00') + line('07:59:59') + line('08:00:01');
    expect(times(log)).toEqual(['2024-02-10T16:42:07', '2024-02-12T07:59:59', '2024-02-12T08:00:01']);
    const { sink } = readLog(accessW3c, log, 65_536, false, { timeZone: '+02:00' });
    expect(sink.records[0].get('ts')).toBe(Date.UTC(2024, 1, 10, 14, 42, 7) * 1000);
  });

  it('are rejected with that word where nothing says the date', () => {
    expect(readLog(accessW3c, head('') + line('16:42:07')).sink.rejects.map(({ reason }) => reason)).toEqual(['NO_DATE']);
    expect(readLog(accessW3c, head('soon') + line('16:42:07')).sink.rejects.map(({ reason }) => reason)).toEqual(['NO_DATE']);
    expect(readLog(accessW3c, head('2024-02-10') + line('26:42:07')).sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_TIME']);
  });
});

describe('the W3C extended format', () => {
  it.skipIf(!have)("reads matomo's sample of IIS (skipped where ../shared/data is missing)", () => {
    const { title, rows: read, rejects } = rows(readFileSync(join(data, 'iis.log'), 'latin1'));
    expect([title, rejects]).toEqual(['IIS log (W3C)', []]);
    expect(read).toMatchObject([
      {
        ts: Date.UTC(2012, 3, 1, 0, 0, 13) * 1000,
        orig_h: '1.2.3.4',
        resp_h: '5.6.7.8',
        resp_p: 80,
        user: 'theuser',
        method: 'GET',
        path: '/foo/bar',
        query: 'topCat1=divinity&submit=Search',
        vhost: 'example.com',
        status: 200,
        bytes: 27_028,
        request_bytes: 214,
        duration: 1_687_000,
        agent: 'Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.9.2.7) Gecko/20100722 Firefox/3.6.7',
        agent_name: 'Firefox',
        agent_os: 'Linux',
        'sc-win32-status': '456',
      },
    ]);
  });

  it("takes the standard's own names for what requests are", () => {
    const { rows: read } = rows(
      '#Fields: date time c-ip cs-method cs-uri bytes time-taken\n2024-02-10 16:42:07 192.0.2.7 GET /a?b 512 15\n',
    );
    expect(read).toEqual([
      {
        ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000,
        orig_h: '192.0.2.7',
        method: 'GET',
        path: '/a',
        query: 'b',
        bytes: 512,
        duration: 15_000_000,
      },
    ]);
  });

  it('reads CloudFront: TABs, seconds, agents in percent', () => {
    const log = [
      '#Version: 1.0',
      '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query x-host-header time-taken',
      '2024-02-10\t16:42:07\tFRA2\t182\t2001:db8::1\tGET\td1.cloudfront.net\t/view/my/file.html\t200\t-\tMozilla/5.0%20(compatible;%20bingbot/2.0)\t-\twww.example.com\t0.345',
      '',
    ].join('\n');
    const { title, rows: read } = rows(log);
    expect(title).toBe('Amazon CloudFront log (W3C)');
    expect(read).toEqual([
      {
        ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000,
        'x-edge-location': 'FRA2',
        bytes: 182,
        orig_h: '2001:db8::1',
        method: 'GET',
        vhost: 'd1.cloudfront.net',
        path: '/view/my/file.html',
        status: 200,
        agent: 'Mozilla/5.0 (compatible; bingbot/2.0)',
        agent_name: 'bingbot',
        agent_kind: 'bot',
        'x-host-header': 'www.example.com',
        duration: 345_000,
      },
    ]);
  });

  it('reads IIS Advanced Logging: blank lines and several blanks in its header, and names of its own', () => {
    const log = [
      '#Software: IIS Advanced Logging Module',
      '',
      '#Version: 1.0',
      '    ',
      '#Fields:   date-local time-local   s-ip   cs-method cs-uri-stem c-ip cs(User-Agent) sc-status TimeTakenMS',
      '2024-02-10 16:42:07.250 10.0.0.5 GET /a "192.0.2.7" "Mozilla/5.0 (X11)" 200 109',
      '',
    ].join('\n');
    const { format, rows: read, rejects } = rows(log);
    expect([format.id, rejects]).toEqual(['access-w3c', []]);
    expect(read).toMatchObject([
      {
        ts: Date.UTC(2024, 1, 10, 16, 42, 7, 250) * 1000,
        orig_h: '192.0.2.7',
        path: '/a',
        agent: 'Mozilla/5.0 (X11)',
        status: 200,
        duration: 109_000,
      },
    ]);
  });

  it("takes the client's status for the status where there is no other", () => {
    const log = '#Software: SHOUTcast\n#Fields: c-ip date time cs-uri-stem c-status\n192.0.2.7 2024-02-10 16:42:07 /stream 200\n';
    expect(rows(log).rows).toMatchObject([{ path: '/stream', status: 200 }]);
  });

  it.each([
    [
      'IIS',
      '2024-02-10 16:42:07 10.0.0.5 GET /a b=1 443 - 192.0.2.7 Mozilla/5.0+(X11) - 200 0 0 15\n2024-02-10 16:42:08 ::1%0 GET / - 80 bob ::1%0 - - 404 0 2 0\n',
      { orig_h: '192.0.2.7', resp_p: 443, path: '/a', query: 'b=1', status: 200, agent: 'Mozilla/5.0 (X11)', duration: 15_000 },
    ],
    [
      'Amazon CloudFront',
      '2024-02-10\t16:42:07\tFRA2-C1\t512\t192.0.2.7\tGET\td1.cloudfront.net\t/a\t200\t-\tcurl/8.5.0\tb=1\t-\tHit\tid==\twww.example.com\thttps\t217\t0.015\t-\tTLSv1.3\n'.repeat(
        2,
      ),
      {
        orig_h: '192.0.2.7',
        bytes: 512,
        path: '/a',
        query: 'b=1',
        status: 200,
        agent: 'curl/8.5.0',
        duration: 15_000,
        'ssl-protocol': 'TLSv1.3',
      },
    ],
  ])('is known by its fields where the header was taken off: %s', (by, log, expected) => {
    const { format, rows: read, rejects } = rows(log);
    expect([format.id, rejects]).toEqual(['access-w3c', []]);
    expect(read).toHaveLength(2);
    expect(read[0]).toMatchObject({ ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000, method: 'GET', ...expected });
    expect(accessW3c.open(Buffer.from(log), {}).remarks(new Map())).toEqual([
      `It has no #Fields line: its fields were taken for those that ${by} logs where nobody chose others.`,
    ]);
    const pieces = readPieces(accessW3c, log, 1);
    expect(pieces.figures.rows).toBe(2);
  });

  it('takes a header that changes, and rejects what stands before one', () => {
    const log =
      '#Fields: date time c-ip cs-method\n2024-02-10 16:42:07 192.0.2.7 GET\n#Fields: time date cs-method c-ip sc-status\n16:42:08 2024-02-10 PUT 192.0.2.8 201\nshort\n';
    const { rows: read, rejects } = rows(log);
    expect(read.map(({ orig_h, method, status }) => [orig_h, method, status])).toEqual([
      ['192.0.2.7', 'GET', undefined],
      ['192.0.2.8', 'PUT', 201],
    ]);
    expect(rejects).toEqual(['TOO_FEW_FIELDS']);
  });

  it('has no escapes with backslashes: what IIS writes stays as it is', () => {
    const head =
      '#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query cs-username c-ip cs(User-Agent) cs(Referer) sc-status\n';
    const line = (stem: string, query: string, user: string, agent: string, referrer = '-'): string =>
      `2024-02-10 16:42:07 GET ${stem} ${query} ${user} 192.0.2.7 ${agent} ${referrer} 200\n`;
    const log =
      head +
      line('/a', 'f=C:\\temp\\new.txt', 'CORP\\bob', 'a\\b') +
      line('\\\\srv\\x', '[x]', 'CORP\\nancy', 'a+\\b+c') +
      line('/b\\', '"a', 'CORP\\x41dam', '"quoted"+agent', '[y]') +
      line('/c', '"say ""no"" now"', '"CORP\\"', '"one ""two"""', '""');
    const found = rows(log);
    expect(found.rejects).toEqual([]);
    expect(found.rows.map(({ path, query, user, agent, referrer }) => [path, query, user, agent, referrer ?? null])).toEqual([
      ['/a', 'f=C:\\temp\\new.txt', 'CORP\\bob', 'a\\b', null],
      ['\\\\srv\\x', '[x]', 'CORP\\nancy', 'a \\b c', null],
      ['/b\\', '"a', 'CORP\\x41dam', '"quoted" agent', '[y]'],
      ['/c', 'say "no" now', 'CORP\\', 'one "two"', null],
    ]);
  });

  it('is not taken for one where its fields are those of a firewall', () => {
    const log =
      '#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size\n2024-02-10 16:42:07 DROP TCP 192.0.2.7 192.0.2.8 1 2 40\n';
    expect(rows(log).format.id).toBe('firewall');
  });
});
