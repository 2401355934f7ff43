import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { accessW3c } from './access-w3c.ts';
import { detectFormat } from './registry.ts';
import { readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';

function rows(log: string): {
  readonly format: LogFormat;
  readonly title: string;
  readonly rows: readonly Record<string, Cell>[];
  readonly rejects: readonly string[];
} {
  const { format } = detectFormat(Buffer.from(log), 'a.log');
  const { sink, figures } = readLog(format, log);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return {
    format,
    title: format.open(Buffer.from(log), {}).title,
    rows: sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_')))),
    rejects: sink.rejects.map(({ reason }) => reason),
  };
}

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
    expect(() => rows(log)).toThrow(/W3C/);
  });
});

describe("Amazon's services", () => {
  it('reads a classic load balancer', () => {
    const log =
      '2024-02-10T16:42:07.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -\n';
    expect(rows(log)).toMatchObject({
      title: 'AWS classic load balancer log',
      rows: [
        {
          orig_h: '192.168.131.39',
          orig_p: 2817,
          status: 200,
          bytes: 29,
          target_processing_time: 1048,
          vhost: 'www.example.com',
          resp_p: 80,
          path: '/',
          agent_name: 'curl',
        },
      ],
    });
  });

  it.each([
    ['with SNI', '"GET https://www.example.com:443/a?b=1 HTTP/1.1"', '"sni.example.com"', ['sni.example.com', 443, '/a', 'b=1']],
    ['without SNI', '"GET http://www.example.com:80/a/b HTTP/1.1"', '"-"', ['www.example.com', 80, '/a/b', null]],
    ['without a path', '"GET http://www.example.com:80?b=1 HTTP/1.1"', '"-"', ['www.example.com', 80, '/', 'b=1']],
    ['at an address', '"GET http://[2001:db8::5]:8080/x://y HTTP/1.1"', '"-"', ['[2001:db8::5]', 8080, '/x://y', null]],
    ['as no load balancer writes it', '"GET /a HTTP/1.1"', '"-"', [null, null, '/a', null]],
  ])('tells virtual host and path from the whole address that a load balancer writes: %s', (_, request, name, expected) => {
    const log = `https 2024-02-10T16:42:07.186641Z app/my-lb/50 192.0.2.7:2817 10.0.0.66:9000 0.086 0.048 0.037 200 200 34 366 ${request} "curl/8.5.0" - - arn "Root=1" ${name} "-" 0 2024-02-10T16:42:07.000000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-"\n`;
    const [row] = rows(log).rows;
    expect([row['vhost'] ?? null, row['resp_p'] ?? null, row['path'], row['query'] ?? null]).toEqual(expected);
  });

  it('reads S3', () => {
    const log = `${'79a5'.repeat(16)} amzn-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 arn:aws:iam::1:user/me 3E57427F3EXAMPLE REST.GET.OBJECT a/b.txt "GET /amzn-bucket/a/b.txt?x=1 HTTP/1.1" 200 - 113 113 7 6 "-" "S3Console/0.4" - s9lz SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-bucket.s3.us-west-1.amazonaws.com TLSV1.2 - -\n`;
    expect(rows(log)).toMatchObject({
      title: 'Amazon S3 server access log',
      rows: [
        {
          ts: Date.UTC(2019, 1, 6, 0, 0, 38) * 1000,
          orig_h: '192.0.2.3',
          path: '/amzn-bucket/a/b.txt',
          query: 'x=1',
          bytes: 113,
          object_size: 113,
          duration: 7000,
          operation: 'REST.GET.OBJECT',
        },
      ],
    });
  });
});

describe('JSON', () => {
  it('reads Caddy', () => {
    const log =
      '{"level":"info","ts":1707583327.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","remote_port":"41342","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/a?b=1","headers":{"User-Agent":["curl/7.82.0"],"Accept":["*/*","text/html"]},"tls":{"resumed":false}},"bytes_read":0,"user_id":"","duration":0.000929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}\n';
    expect(rows(log).rows).toMatchObject([
      {
        ts: 1_707_583_327_500_000,
        orig_h: '192.0.2.7',
        orig_p: 41_342,
        method: 'GET',
        path: '/a',
        query: 'b=1',
        protocol: 'HTTP/2.0',
        vhost: 'localhost',
        status: 200,
        bytes: 10_900,
        request_bytes: 0,
        duration: 930,
        agent: 'curl/7.82.0',
        agent_name: 'curl',
        logger: 'http.log.access',
        'request.headers.Accept': '*/*,text/html',
      },
    ]);
  });

  it('reads Traefik', () => {
    const log =
      '{"ClientAddr":"192.0.2.7:55555","ClientHost":"192.0.2.7","ClientPort":"55555","ClientUsername":"-","DownstreamContentSize":19,"DownstreamStatus":404,"Duration":92131,"RequestHost":"example.com","RequestMethod":"GET","RequestPath":"/x?y","RequestProtocol":"HTTP/1.1","RouterName":"web@docker","StartUTC":"2024-02-10T16:42:07.123456789Z","request_User-Agent":"Go-http-client/1.1","level":"info","time":"2024-02-10T16:42:08Z"}\n';
    expect(rows(log).rows).toMatchObject([
      {
        ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000 + 123_457,
        orig_h: '192.0.2.7',
        orig_p: 55_555,
        path: '/x',
        query: 'y',
        status: 404,
        bytes: 19,
        duration: 92,
        vhost: 'example.com',
        RouterName: 'web@docker',
        time: '2024-02-10T16:42:08Z',
      },
    ]);
  });

  it('keeps what two keys say twice, what changes its kind, and what is no request', () => {
    const line = (more: string): string =>
      `{"time":"2024-02-10T16:42:07Z","remote_addr":"192.0.2.7","request":"GET / HTTP/1.1","status":200${more}}\n`;
    const log =
      line(',"uri":"/index.php","size":5,"bytes":6,"x":1') +
      line(',"x":"one","path":"/second","_line":"7","__proto__":"p","x":3') +
      '{"remote_addr":"192.0.2.7"}\n[1]\n{"time":"2024-02-10T16:42:07Z","remote_addr":"192.0.2.8"}\n';
    const { rows: read, rejects } = rows(log);
    expect(rejects).toEqual(['NO_TIME', 'NOT_AN_OBJECT']);
    expect(read).toHaveLength(3);
    expect(read[0]).toMatchObject({ path: '/', uri: '/index.php', bytes: 5, log_bytes: 6, x: 1 });
    expect(read[1]).toMatchObject({ path: '/', log_path: '/second', log__line: '7', x_text: 'one', x: 3 });
  });
});

it('refuses a log of HAProxy in a format of its own by its name', () => {
  expect(() => rows('Sep 25 06:05:27 web1 haproxy[6801]: 192.0.2.7 "POST /user/ HTTP/1.1" 72ms\n')).toThrow(/HAProxy/);
});
