import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { eve } from './eve.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces, type ReadBack } from './testing.ts';

const event = (type: string, more: object = {}): string =>
  JSON.stringify({
    timestamp: '2024-04-19T20:01:05.000100+0200',
    flow_id: 1_042_873_772_049_837,
    event_type: type,
    src_ip: '10.0.0.1',
    src_port: 40_000,
    dest_ip: '192.0.2.1',
    dest_port: 443,
    proto: 'TCP',
    ...more,
  });

const flow = (more: object = {}, parts: object = {}): string =>
  event('flow', {
    flow: { bytes_toserver: 100, start: '2024-04-19T20:00:00.5+0200', end: '2024-04-19T20:00:01.75+0200', ...parts },
    ...more,
  });

function rows(log: string, eventType?: string): Record<string, Cell>[] {
  const { sink } = readLog(eve, log, 1000, false, eventType === undefined ? {} : { eventType });
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const first = Date.UTC(2024, 3, 19, 18) * 1000 + 500_000;

describe("Suricata's eve.json", () => {
  it('is known by its events, whatever their type', () => {
    expect(detectFormat(Buffer.from(`${event('alert')}\n${event('dns')}\n`), 'x').format).toBe(eve);
  });

  it('takes flows as connections, from the first packet to the last', () => {
    expect(rows(`${flow({ app_proto: 'tls', vlan: [10, 20] }, { pkts_toclient: 3, state: 'closed' })}\n`)).toEqual([
      {
        ts: first,
        end: first + 1_250_000,
        duration: 1_250_000,
        timestamp: Date.UTC(2024, 3, 19, 18, 1, 5) * 1000 + 100,
        uid: '1042873772049837',
        orig_h: '10.0.0.1',
        orig_p: 40_000,
        resp_h: '192.0.2.1',
        resp_p: 443,
        proto: 'tcp',
        service: 'tls',
        vlan: 10,
        inner_vlan: 20,
        orig_ip_bytes: 100,
        resp_pkts: 3,
        'flow.state': 'closed',
        event_type: 'flow',
      },
    ]);
  });

  it('has type and code of ICMP where ports stand, and no protocol where none was found', () => {
    const icmp = JSON.stringify({
      ...JSON.parse(flow({ proto: 'ICMP', app_proto: 'failed', icmp_type: 8, icmp_code: 0 })),
      src_port: undefined,
      dest_port: undefined,
    });
    expect(rows(`${icmp}\n`)).toMatchObject([{ proto: 'icmp', orig_p: 8, resp_p: 0, app_proto_failed: 'failed' }]);
    expect(rows(`${icmp}\n`)[0]).not.toHaveProperty('service');
  });

  it('takes the time of writing where a flow has no other', () => {
    const [row] = rows(`${event('flow', { flow: { bytes_toclient: 5 } })}\n`);
    expect(row).toMatchObject({ ts: Date.UTC(2024, 3, 19, 18, 1, 5) * 1000 + 100, resp_ip_bytes: 5 });
    expect(row).not.toHaveProperty('duration');
  });

  it('counts other events as comments and says how many of which', () => {
    const log = `${flow()}\n${event('dns')}\n${event('alert')}\n${event('dns')}\n`;
    const { figures } = readLog(eve, log);
    expect(figures).toMatchObject({ rows: 1, comments: 3, rejected: 0, lines: 4 });
    expect(eve.open(Buffer.from(log), {}).remarks(figures.tallies)[0]).toMatch(/3 events \(2 dns, 1 alert\).*--event-type/);
  });

  it('takes netflow events as connections of one direction, where they are asked for or there are no flows', () => {
    const netflow = event('netflow', {
      netflow: { pkts: 3, bytes: 246, start: '2024-04-19T20:00:00.5+0200', end: '2024-04-19T20:00:01.75+0200', age: 1, min_ttl: 64 },
    });
    const expected = { ts: first, duration: 1_250_000, orig_ip_bytes: 246, orig_pkts: 3, 'netflow.min_ttl': 64 };
    expect(rows(`${netflow}\n${event('dns')}\n`)).toMatchObject([expected]);
    expect(rows(`${netflow}\n${flow()}\n`, 'netflow')).toMatchObject([expected]);
    expect(rows(`${netflow}\n${flow()}\n`)).toMatchObject([{ orig_ip_bytes: 100 }]);
    const opened = eve.open(Buffer.from(`${netflow}\n`), {});
    expect(opened).toMatchObject({ kind: 'connection', title: 'Suricata netflow events (eve.json)' });
    expect(opened.remarks(new Map()).join()).toContain('one direction');
    expect(eve.settle?.(Buffer.from(`${netflow}\n`), {}, 'x')).toEqual({ eventType: 'netflow' });
    expect(eve.settle?.(Buffer.from(`${flow()}\n${netflow}\n`), {}, 'x')).toEqual({});
  });

  it('takes events of one type as a plain table where a person asks for it', () => {
    const dns = event('dns', { dns: { type: 'answer', rrname: 'example.com', answers: [{ rdata: '192.0.2.1' }], flags: ['a', 'b,c'] } });
    const { kind } = eve.open(Buffer.from(dns), { eventType: 'dns' });
    expect(kind).toBe('suricata_dns');
    expect(rows(`${dns}\n${flow()}\n`, 'dns')).toEqual([
      {
        ts: Date.UTC(2024, 3, 19, 18, 1, 5) * 1000 + 100,
        uid: '1042873772049837',
        orig_h: '10.0.0.1',
        orig_p: 40_000,
        resp_h: '192.0.2.1',
        resp_p: 443,
        proto: 'tcp',
        event_type: 'dns',
        'dns.type': 'answer',
        'dns.rrname': 'example.com',
        'dns.answers': '{"rdata":"192.0.2.1"}',
        'dns.flags': 'a,b\\x2cc',
      },
    ]);
  });

  it('keeps every digit and both kinds of a value that changes its kind', () => {
    const odd = [{ x: 9_007_199_254_740_993n }, { x: 5 }, { x: 'a' }, { x: true }, { x: 0.5 }];
    const log = odd
      .map((one) => flow({ x: 0 }).replace('"x":0', `"x":${typeof one.x === 'bigint' ? one.x : JSON.stringify(one.x)}`))
      .join('\n');
    const cells = rows(`${log}\n`).map((row) => Object.entries(row).filter(([name]) => name.startsWith('x')));
    expect(cells.map((found) => found[0]?.[1])).toEqual(['9007199254740993', 5, 'a', 1, 0.5]);
  });

  it('of a key that stands twice the last value counts', () => {
    const log = flow({ note: 'one' }).replace('"note":"one"', '"note":"one","note":"two"');
    expect(rows(`${log}\n`)[0]).toMatchObject({ note: 'two' });
  });

  it.each([
    ['MISSING', event('flow', { src_ip: undefined })],
    ['BAD_ADDRESS', flow({ dest_ip: 'host' })],
    ['BAD_TIME', flow({}, { start: 'yesterday' })],
    ['BAD_PORT', flow({ src_port: 70_000 })],
    ['BAD_NUMBER', flow({}, { bytes_toserver: -1 })],
    ['NO_EVENT_TYPE', '{"timestamp":"2024-04-19T20:00:00+0000"}'],
    ['NOT_AN_OBJECT', '[1]'],
    ['BAD_JSON', '{"event_type" "flow"}'],
  ])('rejects a line as %s and leaves nothing of it', (reason, line) => {
    const { sink, figures } = readLog(eve, `${flow({ note: 'x' })}\n${line}\n${flow({ note: 'y' })}\n`);
    expect(sink.rejects.map((one) => [one.line, one.reason])).toEqual([[2, reason]]);
    expect(figures.rows).toBe(2);
    expect(sink.records.map((record) => record.get('note'))).toEqual(['x', 'y']);
  });

  it('reads the commonest events of a file that has no flows, and flows of a log that is still written', () => {
    const log = `${event('stats')}\n${event('dns')}\n${event('alert', { alert: { signature: 'x' } })}\n${event('alert')}\n`;
    expect(eve.settle?.(Buffer.from(log), {}, 'eve.json', 0)).toEqual({ eventType: 'alert' });
    expect(eve.settle?.(Buffer.from(log), {}, 'eve.json')).toEqual({});
    expect(eve.settle?.(Buffer.from(log), { eventType: 'dns' }, 'eve.json', 0)).toEqual({ eventType: 'dns' });
    expect(eve.settle?.(Buffer.from(`${log}${flow()}\n`), {}, 'eve.json', 0)).toEqual({});
    // flows come when they are over: a longer file may have them behind its beginning
    const long = `${event('dns')}\n${`${event('alert')}\n`.repeat(2000)}`;
    expect(eve.settle?.(Buffer.from(long).subarray(0, 2 ** 18), {}, 'eve.json', 0)).toEqual({});
    expect(eve.settle?.(Buffer.from(`${event('alert')}\n`.repeat(2000)).subarray(0, 2 ** 18), {}, 'eve.json', 0)).toEqual({
      eventType: 'alert',
    });
  });

  it('reads events behind a header of syslog', () => {
    const log = `Apr 19 20:01:05 sensor suricata[7]: ${flow()}\n<134>1 2024-04-19T18:01:05Z sensor suricata 7 - - ${flow()}\n`;
    expect(detectFormat(Buffer.from(log), 'x').format).toBe(eve);
    expect(rows(log)).toMatchObject([{ ts: first, orig_h: '10.0.0.1' }, { ts: first }]);
    expect(outcome(readPieces(eve, log, 1))).toEqual(outcome(readLog(eve, log)));
  });

  it("reads what AWS Network Firewall has around Suricata's events", () => {
    const inner = JSON.parse(event('netflow', { netflow: { pkts: 3, bytes: 140, start: '2024-04-19T20:00:00.5+0200' } })) as object;
    const log = `${JSON.stringify({ firewall_name: 'fw', event_timestamp: '1713549665', event: inner })}\n`;
    expect(detectFormat(Buffer.from(log), 'x').format).toBe(eve);
    expect(rows(log)).toMatchObject([
      { ts: first, orig_h: '10.0.0.1', resp_p: 443, orig_pkts: 3, orig_ip_bytes: 140, firewall_name: 'fw' },
    ]);
  });

  it('reads the same in pieces, and as JSON.parse reads it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((one) => !/[\p{Cc}\p{Cs}]/u.test(one));
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const line = fc.oneof(
      { weight: 5, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'n.m'), value, { maxKeys: 3 }).map((more) => flow(more)) },
      { weight: 1, arbitrary: fc.constantFrom(event('dns'), '', '{', event('alert', { alert: { x: 1 } })) },
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (lines, every) => {
        const log = `${lines.join('\n')}\n`;
        const whole = readLog(eve, log);
        // which of several columns of one name is called _2 depends on what is decided first
        const plain = (read: ReadBack): unknown => JSON.parse(JSON.stringify(outcome(read)).replaceAll(/"([abcn.m]+)_[23]"/g, '"$1"'));
        expect(plain(readPieces(eve, log, every))).toEqual(plain(whole));
        const flows = lines.filter((one) => one.startsWith('{"timestamp"') && one.includes('"event_type":"flow"'));
        expect(whole.figures.rows).toBe(flows.length);
        for (const [i, one] of flows.entries()) {
          const parsed = JSON.parse(one) as Record<string, unknown>;
          for (const key of ['a', 'b', 'c', 'n.m']) {
            if (!(key in parsed)) continue;
            const wanted = typeof parsed[key] === 'boolean' ? Number(parsed[key]) : Object.is(parsed[key], -0) ? 0 : parsed[key];
            const names = [key, `${key}_2`, `${key}_3`];
            const cells = names.map((name) => whole.sink.records[i]?.get(name) ?? null);
            expect(cells.map((cell) => (typeof wanted === 'number' && typeof cell === 'string' ? Number(cell) : cell))).toContain(wanted);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

it('keeps what has no column any more as JSON, and every event', () => {
  const log = Array.from({ length: 20 }, (_, i) =>
    flow({ own: Object.fromEntries(Array.from({ length: 50 }, (__, k) => [`k${i * 50 + k}`, k])), vlan: [i] }),
  ).join('\n');
  const { sink, figures } = readLog(eve, log);
  expect(figures).toMatchObject({ rows: 20, rejected: 0 });
  const [last] = sink.records.slice(-1);
  expect(JSON.parse(String(last.get('other_keys')))).toMatchObject({ 'own.k999': 49, 'own.k950': 0 });
  expect(last.get('vlan')).toBe(19);
  expect(eve.open(Buffer.from(log), {}).remarks(figures.tallies).join()).toContain('other_keys');
  expect(outcome(readPieces(eve, log, 3))).toEqual(outcome({ sink, figures }));
});
