import { describe, expect, it } from 'vitest';
import { delimited } from './delimited.ts';
import { nfdump } from './nfdump.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';
import { vpcFlow } from './vpc.ts';

const remark = 'names columns as a header does: another table begins there';

function read(format: LogFormat, log: string): { rows: number; rejects: unknown[]; remarks: string } {
  const whole = readLog(format, log);
  for (const every of [1, 2]) expect(outcome(readPieces(format, log, every))).toEqual(outcome(whole));
  const { remarks } = format.open(Buffer.from(log), {});
  return {
    rows: whole.figures.rows,
    rejects: whole.sink.rejects.map(({ line, what }) => [line, what.includes('another table begins here')]),
    remarks: remarks(whole.figures.tallies).join(' '),
  };
}

describe('another header in the middle of a file', () => {
  it('is told, with what to do, whatever its width is', () => {
    const first = 'ts,src,dst,sport,dport\n' + '1709287200,10.0.0.1,192.0.2.1,1,2\n'.repeat(5);
    for (const [header, row] of [
      ['dst,src,ts,sport,dport', '192.0.2.1,10.0.0.1,1709287200,1,2'],
      ['dst,src,ts,sport,dport,proto', '192.0.2.1,10.0.0.1,1709287200,1,2,tcp'],
    ] as const) {
      const found = read(delimited, `${first}${header}\n${row}\n`);
      expect(found).toMatchObject({
        rows: 5,
        rejects: [
          [7, true],
          [8, false],
        ],
      });
      expect(found.remarks).toContain(remark);
      expect(found.remarks).toContain('Split the file');
    }
  });

  it('is no row that is merely wrong', () => {
    const found = read(
      delimited,
      `ts,src,dst,note\n${'1709287200,10.0.0.1,192.0.2.1,a\n'.repeat(5)}some,words,of,nobody\n1709287200,web,db,a\n,,,\n`,
    );
    expect(found.rejects).toEqual([
      [7, false],
      [8, false],
      [9, false],
    ]);
    expect(found.remarks).not.toContain('another table');
  });

  it('is told of VPC flow logs and of nfdump', () => {
    const five = 'version vpc-id srcaddr dstaddr srcport dstport protocol bytes packets start end\n';
    expect(read(vpcFlow, vpcFlow.example + five).remarks).toContain(remark);
    const other = 'ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt\n';
    const flows =
      'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes\n2024-03-01 10:00:00.123,5.120,TCP,10.0.0.1,51000,192.0.2.1,443,10,1200\n';
    expect(read(nfdump, flows + other).remarks).toContain(remark);
  });
});
