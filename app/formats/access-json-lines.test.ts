import { describe, expect, it } from 'vitest';
import { accessJson } from './access-json.ts';
import { access } from './access.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { plain, read } from './testing-access-json.ts';

describe('lines that are no strict JSON', () => {
  const line = (path: string, agent = '-'): string =>
    `{"time":"2024-02-10T16:42:07+0000","remoteIP":"127.0.0.1","request":"${path}","query":"","method":"GET","status":"404","userAgent":"${agent}"}\n`;

  it('with bytes as Apache escapes them are read as the text formats read them', () => {
    const values: readonly string[] = [
      '/\\xc3\\xbc/\\xc3\\xa9',
      '/latin\\xfc\\xe9',
      '/ctl\\x01\\v\\a',
      '/a\\"q\\"\\xc3\\xbc\\\\',
      '/unknown\\q\\xg1',
      '/tab\\there\\x22',
    ];
    const { rows, rejects, said } = read(values.map((value) => line(value)).join(''));
    expect(rejects).toEqual([]);
    const text = values.map((value) => `127.0.0.1 - - [10/Feb/2024:16:42:07 +0000] "GET ${value} HTTP/1.1" 404 1\n`).join('');
    expect(rows.map(({ path }) => path)).toEqual(plain(readLog(access, text).sink.records).map(({ path }) => path));
    expect(rows.map(({ path }) => path).slice(0, 4)).toEqual(['/ü/é', '/latin\\xfc\\xe9', '/ctl\\x01\\x0b\\x07', '/a"q"ü\\']);
    expect(said).toContain('6 lines were no strict JSON');
  });

  it('with backslashes as HAProxy leaves them are read too', () => {
    const { rows, rejects, said } = read(line('/') + line('/back\\slash\\') + line('/x\\', 'y\\'));
    expect(rejects).toEqual([]);
    expect(rows.map(({ path, agent, status }) => [path, agent, status])).toEqual([
      ['/', undefined, 404],
      ['/back\\slash\\', undefined, 404],
      ['/x\\', 'y\\', 404],
    ]);
    expect(said).toContain('2 lines were no strict JSON');
  });

  it('with values that are not there, and a comma too many, are read as if they said null', () => {
    const line = (more: string): string =>
      `{"time":"2024-02-10T16:42:07Z","remote_addr":"203.0.113.7","request":"GET / HTTP/1.1","status":200${more}}\n`;
    const { rows, rejects, said } = read(
      line('') + line(',"bytes":-,"upstream_time": ,"x":1') + line(',"upstream_time":') + line(', "bytes": - ') + line(',"x":2, '),
    );
    expect(rejects).toEqual([]);
    expect(rows.map(({ bytes, upstream_time, x }) => [bytes, upstream_time, x])).toEqual([
      [undefined, undefined, undefined],
      [undefined, undefined, 1],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, 2],
    ]);
    expect(said).toContain('4 lines were no strict JSON');
    const broken = [',"a":,,"b":1', ',"a":- 1', ':', ',"a"-', ',,'];
    expect(read(line('') + broken.map(line).join('')).rejects).toEqual(broken.map(() => 'BAD_JSON'));
  });

  it('do not let a client write members of its own', () => {
    const forged = 'x\\",\\"status\\":\\"200\\",\\"method\\":\\"PUT\\xfc';
    const { rows } = read(line('/x', forged));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ status: 404, method: 'GET', agent: forged });
  });

  it('stay rejected where they cannot be understood', () => {
    const broken = [
      '{"time":"2024-02-10T16:42:07Z","remoteIP":"127.0.0.1","request":"a"b","status":"200"}',
      '{"time":\\x41}',
      '{"a":"\\xfc"',
      '{]',
    ];
    const { rows, rejects, said } = read(line('/x') + broken.map((one) => `${one}\n`).join('') + line('/y'));
    expect([rows.length, rejects]).toEqual([2, ['BAD_JSON', 'BAD_JSON', 'BAD_JSON', 'BAD_JSON']]);
    expect(said).not.toContain('strict');
  });

  it('are cut where the file ends within them', () => {
    const whole = line('/x', 'a\\xfc}');
    for (let length = 1; length < whole.length - 1; length++) {
      const { sink } = readLog(accessJson, line('/') + whole.slice(0, length));
      expect([sink.records.length, sink.rejects.map(({ reason }) => reason)]).toEqual([1, ['TRUNCATED']]);
    }
  });

  it('are the same in pieces of any size', () => {
    const log = line('/') + line('/\\xfc') + line('/a\\') + line('/b') + line('/\\xc3\\xbc');
    for (const every of [1, 2, 3]) expect(outcome(readPieces(accessJson, log, every))).toEqual(outcome(readLog(accessJson, log)));
  });
});
