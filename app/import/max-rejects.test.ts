import { describe, expect, it } from 'vitest';
import { ImportBench, longLog } from './testing-import.ts';

const bench = new ImportBench();

describe('more rejects than are allowed', () => {
  it.each([
    ['access', 'of no log\n'.repeat(20)],
    ['csv', '"x\n"y" z\n'.repeat(20)],
  ])('are not to be allowed where nothing in the file is of the format %s, since that would not help', async (format, content) => {
    const path = bench.file('words.log', content);
    for (const maxRejects of [0.5, 1]) {
      const { refused, evidence } = await bench.run([path], { format, maxRejects });
      expect(evidence).toEqual([]);
      expect(refused).toMatchObject([{ path, code: 'FORMAT_UNKNOWN' }]);
      expect(refused[0].message).not.toMatch(/anyway|rejected/);
    }
  });

  const bad = (share: number): string => longLog(1000) + 'bad\n'.repeat(Math.round((1000 * share) / (1 - share)));

  it('refuse the file with the share and the first reasons, and keep nothing of it', async () => {
    const path = bench.file('conn.log', bad(0.5));
    const { refused, evidence } = await bench.run([path, bench.file('good.log', longLog(20))], { maxRejects: 0.1 });
    expect(refused).toMatchObject([{ path, code: 'TOO_MANY_REJECTS' }]);
    expect(refused[0].message).toMatch(/1,000 of the 2,000 lines \(50.*%\).*10.*%.*line 1,009: TOO_FEW_FIELDS/);
    expect(evidence).toHaveLength(1);
    expect(bench.writer.info()).toMatchObject({ evidence: 1, rejects: 0 });
  });

  it("are no lines of Zeek's other logs in the same stream, which are sound and are told of", async () => {
    const end = { 'id.orig_h': '10.0.0.1', 'id.orig_p': 1, 'id.resp_h': '10.0.0.2', 'id.resp_p': 53 };
    const line = (path: string, n: number, more: object): string =>
      `${JSON.stringify({ _path: path, ts: n, uid: `C${n}`, ...end, ...more })}\n`;
    const stream = (conns: number, dns: number, rest = ''): string =>
      Array.from({ length: conns }, (_, n) => line('conn', n + 1, { proto: 'tcp', conn_state: 'SF' })).join('') +
      Array.from({ length: dns }, (_, n) => line('dns', n + 1, { query: 'example.org' })).join('') +
      rest;
    const { evidence } = await bench.run([bench.file('stream.log', stream(3, 30))], { maxRejects: 0.5 });
    expect(evidence).toMatchObject([{ rows: 3, rejected: 30 }]);
    expect(evidence[0].remarks.join()).toContain("30 lines of Zeek's log dns were rejected");
    const damaged = await bench.run([bench.file('damaged.log', stream(4, 40, 'bad\n'.repeat(5)))], { maxRejects: 0.5 });
    expect(damaged.refused).toMatchObject([{ code: 'TOO_MANY_REJECTS' }]);
    expect(damaged.refused[0].message).toMatch(/5 of the 9 lines/);
  });

  it('are those beyond the share; without one every share is allowed', async () => {
    expect((await bench.run([bench.file('a.log', bad(0.1))], { maxRejects: 0.2 })).evidence).toHaveLength(1);
    expect((await bench.run([bench.file('b.log', bad(0.9).replace('C1\t', 'B1\t'))])).evidence[0].rejected).toBe(9000);
  });
});
