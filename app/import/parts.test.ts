import { renameSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zeekConn, zeekTsv } from '../formats/zeek-tsv.ts';
import { ImportBench, longLog } from './testing-import.ts';

const bench = new ImportBench();

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;
const eve = Array.from({ length: 6 }, (_, i) => {
  const ends = { src_ip: '10.0.0.1', src_port: 40_000 + i, dest_ip: '192.0.2.1', dest_port: 53, proto: 'UDP' };
  const timestamp = `2024-03-10T10:00:0${i}.000000+0000`;
  const flow = {
    timestamp,
    flow_id: i,
    event_type: 'flow',
    ...ends,
    flow: {
      pkts_toserver: 1,
      pkts_toclient: 1,
      bytes_toserver: 80,
      bytes_toclient: 90,
      start: timestamp,
      end: timestamp,
      state: 'established',
    },
  };
  return (
    json(flow) + json({ timestamp, flow_id: i, event_type: 'dns', ...ends, dns: { type: 'query', rrname: 'example.org', rrtype: 'A' } })
  );
}).join('');
const zeek = Array.from({ length: 5 }, (_, i) => {
  const ends = {
    'id.orig_h': '10.0.0.1',
    'id.orig_p': 40_000 + i,
    'id.resp_h': '192.0.2.1',
    'id.resp_p': 53,
    uid: `C${i}`,
    ts: 1_710_000_000 + i,
    proto: 'udp',
  };
  return json({ _path: 'conn', ...ends, conn_state: 'SF' }) + json({ _path: 'dns', ...ends, query: 'example.org' });
}).join('');

describe('a file of which one part was imported', () => {
  it.each([
    ['eve.json', eve, { eventType: 'dns' }, { eventType: 'flow' }, 6],
    ['zeek.json', zeek, { zeekLog: 'dns' }, { zeekLog: 'conn' }, 5],
    ['zeek.log', `${zeekConn.example}${zeekTsv.example}`, { zeekLog: 'dns' }, { zeekLog: 'conn' }, 2],
  ])('%s: the rest is imported when no part is named, and is there then, by its name too', async (name, text, part, rest, rows) => {
    for (const path of [bench.file(name, text), bench.file(`${name}.gz`, gzipSync(text))]) {
      const first = await bench.run([path], { options: part });
      if (path.endsWith('.gz')) expect(first.skipped).toHaveLength(1);
      else expect(first.evidence).toMatchObject([{ rows }]);
      const second = await bench.run([path]);
      if (path.endsWith('.gz')) expect(second.skipped).toHaveLength(1);
      else expect(second.evidence).toMatchObject([{ kind: 'connection', rows }]);
      expect((await bench.run([path])).skipped).toHaveLength(1);
      expect((await bench.run([path], { options: rest })).skipped).toHaveLength(1);
    }
  });
});

describe('what a person is told of files that begin alike', () => {
  it('nothing, where a packed file goes on behind evidence whose original is gone', async () => {
    const text = longLog(5000);
    const cut = text.indexOf('\n', text.length / 2) + 1;
    const path = bench.file('n.log', text.slice(0, cut));
    await bench.run([path]);
    renameSync(path, `${path}.away`);
    const later = await bench.run([bench.file('n2.log.gz', gzipSync(text))]);
    expect(later.evidence[0]?.remarks.join(' ')).not.toContain('twice');
    expect(bench.writer.info().connections).toBe(5000);
  });

  it('that the records of a cut copy are there twice, and which evidence to remove', async () => {
    const whole = gzipSync(longLog(5000));
    const [cut] = (await bench.run([bench.file('t.gz', whole.subarray(0, Math.floor(whole.length / 2)))])).evidence;
    expect(cut).toMatchObject({ status: 'incomplete' });
    const [all] = (await bench.run([bench.file('whole.gz', whole)])).evidence;
    expect(all?.rows).toBe(5000);
    expect(all?.remarks.join(' ')).toContain(`evidence ${cut?.id} (t.gz), which is cut`);
    const plain = bench.file('other.log', longLog(5000).replace('10.0.0.1', '10.0.0.2'));
    writeFileSync(plain, longLog(5000).replace('10.0.0.1', '10.0.0.2'));
    expect((await bench.run([plain])).evidence[0]?.remarks.join(' ')).not.toContain('twice');
  });
});

describe('a part that is not in the file', () => {
  it.each([
    ['eve.json', eve, { eventType: 'htttp' }, 'flow (6 lines), dns (6 lines)'],
    ['zeek.json', zeek, { zeekLog: 'httpp' }, 'conn (5 lines), dns (5 lines)'],
    ['zeek.log', `${zeekTsv.example}${zeekConn.example}`, { zeekLog: 'httpp' }, 'dns (2 lines), conn (2 lines)'],
  ])('%s: is refused, and what there is is said', async (name, text, options, there) => {
    for (const path of [bench.file(name, text), bench.file(`${name}.gz`, gzipSync(text))]) {
      for (const maxRejects of [0.5, 1]) {
        const { evidence, refused } = await bench.run([path], { options, maxRejects });
        expect(evidence).toEqual([]);
        expect(refused).toMatchObject([{ code: 'FORMAT_UNKNOWN', message: expect.stringContaining(`It has: ${there}`) as string }]);
      }
    }
    expect(bench.writer.evidence()).toEqual([]);
  });

  it('is looked for to the end: a log that begins late is found among many others', async () => {
    const path = bench.file('zeek.json', `${zeek.split('\n')[0]}\n`.repeat(7000) + `${zeek.split('\n')[1]}\n`);
    const { evidence } = await bench.run([path], { options: { zeekLog: 'dns' }, maxRejects: 0.5 });
    expect(evidence).toMatchObject([{ kind: 'dns', rows: 1, rejected: 0, comments: 7000 }]);
  });
});
