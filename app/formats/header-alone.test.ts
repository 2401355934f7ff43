import { describe, expect, it } from 'vitest';
import { delimited } from './delimited.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';

const refusal = (text: string): string => {
  try {
    return detectFormat(Buffer.from(text), 'a.csv').format.id;
  } catch (error) {
    return String(error);
  }
};

describe('a table with a header line only', () => {
  it.each([
    ['connections', 'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State\n', 'connection'],
    ['connections, without a line end', 'ts\tsrc_ip\tdst_ip', 'connection'],
    ['connections, behind notes', '# from the firewall\r\nts;src;dst\r\n', 'connection'],
    ['requests as Flowcase writes them', 'ts,orig_h,method,path,status\r\n', 'request'],
    ["Zeek's log, as Flowcase writes it", 'ts,uid,id.orig_h,id.resp_h,query,qtype_name,rcode_name,answers\n', 'dns'],
  ])('is an empty one of %s', (_, text, kind) => {
    expect(refusal(text)).toBe('csv');
    const options = delimited.settle?.(Buffer.from(text), {}, 'a.csv') ?? {};
    const { figures } = readLog(delimited, text, 65_536, false, options);
    expect(figures).toMatchObject({ rows: 0, rejected: 0, recognised: true });
    expect(figures.comments).toBe(figures.lines);
    expect(delimited.open(Buffer.from(text), options).kind).toBe(kind);
  });

  it('is refused with what it is where its names say nothing', () => {
    const said = refusal('alpha,beta,gamma\r\n');
    expect(said).toContain('a.csv has a line that names 3 columns (alpha, beta, gamma) and no rows below it');
    expect(said).toContain('--format csv');
    const wide = refusal(`${Array.from({ length: 40 }, (_, i) => `c${'x'.repeat(60)}${i}`).join(';')}\n`);
    expect(wide).toContain('names 40 columns');
    expect(wide.length).toBeLessThan(1200);
    expect(readLog(delimited, 'alpha,beta,gamma\r\n').figures).toMatchObject({ rows: 0, rejected: 0, comments: 1, recognised: true });
  });

  it('is no line of words, numbers or anything else', () => {
    for (const text of ['no log at all\n', 'hello\n', '1,2,3\n', 'Hello, world\n', '{"a":1,"b":2}\n', '\n', ',,\n']) {
      const said = refusal(text);
      expect(said).not.toBe('csv');
      if (text !== 'Hello, world\n') expect(said).not.toContain('no rows below it');
    }
  });
});
