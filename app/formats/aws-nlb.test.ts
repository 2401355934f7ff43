import { expect, it } from 'vitest';
import { awsNlb } from './aws-nlb.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const entry = (time: string, client: string, took: string, created: string): string =>
  `tls 2.0 ${time} net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd ${client} 172.100.100.185:443 ${took} 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99 - ECDHE-RSA-AES128-SHA tlsv12 - my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com - - - ${created}`;
const first = entry('2018-12-20T02:59:40', '72.21.218.154:51341', '5', '2018-12-20T02:59:30');

it("reads a network load balancer's entries as connections", () => {
  const log = [
    first,
    entry('2018-12-20T02:59:40', '2001:db8::1:51341', '5000', '-'),
    entry('2018-12-20T02:59:40', '[2001:db8::1]:51341', '-', '-'),
    first.split(' ').slice(0, 16).join(' ').replace('tls 2.0', 'tls 1.0'),
  ].join('\n');
  expect(detectFormat(Buffer.from(`${log}\n`), 'nlb.log').format).toBe(awsNlb);
  const { sink, figures } = readLog(awsNlb, `${log}\n`);
  expect(sink.rejects).toEqual([]);
  expect(awsNlb.open(Buffer.from(log), {}).kind).toBe('connection');
  const rows = sink.records.map((record) =>
    Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))),
  );
  expect(rows[0]).toEqual({
    ts: Date.UTC(2018, 11, 20, 2, 59, 30) * 1000,
    end_time: Date.UTC(2018, 11, 20, 2, 59, 40) * 1000,
    type: 'tls',
    version: '2.0',
    elb: 'net/my-network-loadbalancer/c6e77e28c25b2234',
    listener: 'g3d4b5e8bb8464cd',
    orig_h: '72.21.218.154',
    orig_p: 51_341,
    resp_h: '172.100.100.185',
    resp_p: 443,
    proto: 'tcp',
    duration: 5000,
    tls_handshake_time: 2000,
    orig_bytes: 98,
    resp_bytes: 246,
    chosen_cert_arn: 'arn:aws:acm:us-east-2:671290407336:certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99',
    tls_cipher: 'ECDHE-RSA-AES128-SHA',
    tls_protocol_version: 'tlsv12',
    domain_name: 'my-network-loadbalancer-c6e77e28c25b2234.elb.us-east-2.amazonaws.com',
    tls_connection_creation_time: Date.UTC(2018, 11, 20, 2, 59, 30) * 1000,
  });
  const ended = Date.UTC(2018, 11, 20, 2, 59, 40) * 1000;
  expect(rows.slice(1)).toMatchObject([
    { ts: ended - 5_000_000, orig_h: '2001:db8::1', orig_p: 51_341, duration: 5_000_000 },
    { ts: ended, orig_h: '2001:db8::1', orig_p: 51_341 },
    { ts: ended - 5000, version: '1.0', tls_protocol_version: 'tlsv12' },
  ]);
  for (const every of [1, 2]) expect(outcome(readPieces(awsNlb, `${log}\n`, every))).toEqual(outcome({ sink, figures }));
});

it('rejects what is no entry, and a last line that breaks off', () => {
  const bad = [
    first.replace('72.21.218.154:51341', 'host'),
    first.replace(' 98 ', ' x '),
    'tls 2.0',
    first.replace(/:40 net/, ':40Z- net'),
  ];
  const { sink, figures } = readLog(awsNlb, `${first}\n${bad.join('\n')}\n${first.slice(0, 150)}`);
  expect(sink.rejects.map(({ reason }) => reason)).toEqual(['BAD_VALUE', 'BAD_VALUE', 'TOO_FEW_FIELDS', 'BAD_VALUE', 'TRUNCATED']);
  expect(figures).toMatchObject({ rows: 1, rejected: 5, cut: true });
});
