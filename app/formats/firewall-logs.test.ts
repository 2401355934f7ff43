import { describe, expect, it } from 'vitest';
import { detectFormat, formatById } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { read, at, forti, ufw, teardown } from './testing-firewall.ts';

const built =
  'Feb 10 16:42:00 asa1 : %ASA-6-302013: Built inbound TCP connection 991727 for pt:10.159.19.254/443 (10.159.19.254/443) to gw:10.159.11.1/56310 (198.51.100.1/56310)';

describe('logs of firewalls', () => {
  it('takes who began a connection from where it was built, however far before, and counts that line beside its end', () => {
    const other = 'Feb 10 16:42:05 asa1 : %ASA-5-111008: User admin executed the show command.';
    const { sink, figures } = read(built, other, teardown);
    // inbound: the address that is named first began it, though its port is the lower one
    expect(sink.records.map((one) => [one.get('orig_h'), one.get('resp_p')])).toEqual([['10.159.19.254', 56310]]);
    expect(figures).toMatchObject({ rows: 1, comments: 2, rejected: 0, lines: 3 });
    const log = formatById('firewall').open(Buffer.from(`${built}\n${teardown}\n`), {});
    expect(log.remarks(figures.tallies).join(' ')).toMatch(
      /1 line about beginnings.*1 line of the firewall that is about no connection counted as a comment: 1 of the class 111/,
    );
    const text = `${[built, other, teardown, ufw, teardown].join('\n')}\n`;
    for (const every of [1, 2])
      expect(outcome(readPieces(formatById('firewall'), text, every))).toEqual(outcome(readLog(formatById('firewall'), text)));
  });

  it('keeps beginnings where no end is logged', () => {
    expect(read(built).sink.records.map((one) => [one.get('orig_h'), one.get('action'), one.get('mapped_resp_h')])).toEqual([
      ['10.159.19.254', 'Built', '198.51.100.1'],
    ]);
  });

  it('counts what is about no connection, keeps what is no message of a firewall', () => {
    const event = 'date=2024-02-10 time=17:42:07 logid="0100032001" type="event" subtype="system" msg="Administrator admin logged in"';
    const pairs = 'Feb 10 16:42:08 gw app[1]: a=1 b=2 c=3 d=4 e=5';
    const { figures, sink } = read(forti, event, 'Feb 10 16:42:08 gw sshd[1]: Failed password for root', ufw, pairs);
    expect(figures).toMatchObject({ rows: 2, comments: 1, rejected: 2 });
    expect(sink.rejects[0]).toMatchObject({ line: 3, reason: 'NO_SESSION', text: 'Feb 10 16:42:08 gw sshd[1]: Failed password for root' });
  });

  it('refuses a record without a time, and keeps the line as it was', () => {
    const line = 'src=10.0.0.1 dst=192.0.2.1 proto=tcp dpt=80 spt=1025';
    const { figures, sink } = read(ufw, line);
    expect(figures).toMatchObject({ rows: 1, rejected: 1 });
    expect(sink.rejects[0]).toMatchObject({ reason: 'NO_TIME', text: line });
  });

  it('reads times in the zone that is given, those since 1970 as they are', () => {
    const zone = (line: string): unknown =>
      readLog(formatById('firewall'), `${line}\n`, 99, false, { year: 2024, timeZone: '+02:00' }).sink.records[0]?.get('ts');
    expect(zone(ufw)).toBe(at('2024-02-10T14:42:07Z'));
    expect(zone(forti)).toBe(at('2018-12-27T19:07:53Z'));
    expect(zone(forti.replace('eventtime=1545937675 ', ''))).toBe(at('2018-12-27T09:07:53Z'));
    expect(zone(forti.replace('eventtime=1545937675 ', 'tz="-0800" '))).toBe(at('2018-12-27T19:07:53Z'));
  });

  it('leaves syslog, access logs and tables to those who read them', () => {
    const messages = [ufw, ...Array.from({ length: 9 }, (_, i) => `Feb 10 16:42:0${i} gw sshd[1]: session ${i} opened`)].join('\n');
    expect(detectFormat(Buffer.from(`${messages}\n`), 'a.log').format.id).toBe('syslog');
    const table = 'ts,src=a,dst\n1707583327,10.0.0.1,192.0.2.1\n1707583328,10.0.0.1,192.0.2.1\n';
    expect(formatById('firewall').detect(Buffer.from(table)).confidence).toBe(0);
    const access = '192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /?src=10.0.0.1&dst=10.0.0.2&a=1&b=2 HTTP/1.1" 200 512\n';
    expect(detectFormat(Buffer.from(access + access), 'a.log').format.id).toBe('access');
  });
});
