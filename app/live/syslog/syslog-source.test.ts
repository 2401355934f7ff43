import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CollectingSink } from '../file/testing.ts';
import type { Position } from '../types.ts';
import { SyslogFraming } from './framing.ts';
import { lineOf } from './message-line.ts';
import { dropsIn } from './system-drops.ts';
import { SyslogSource, type SyslogOptions } from './syslog-source.ts';

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !done(); i++) await tick();
  expect(done()).toBe(true);
}

async function listening(
  options: Partial<SyslogOptions>,
  sink = new CollectingSink(),
  from: Position | null = null,
): Promise<{ source: SyslogSource; sink: CollectingSink; port: number; stop: () => Promise<void> }> {
  const source = new SyslogSource({ protocol: 'tcp', port: 0, ...options });
  const stopping = new AbortController();
  const run = source.run(sink, from, stopping.signal);
  await until(() => source.gauge.state === 'running');
  const stop = async (): Promise<void> => {
    stopping.abort();
    await run;
    expect(source.gauge.state).toBe('ended');
  };
  return { source, sink, port: source.port ?? 0, stop };
}

async function send(port: number, ...parts: (string | Uint8Array)[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (const part of parts) socket.write(part);
  socket.end();
  await once(socket, 'close');
}

const access = (i: number): string => `192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /${i} HTTP/1.1" 200 5`;

describe('TCP', () => {
  it('takes messages of both framings, a stretch for every sender', async () => {
    const { sink, port, stop } = await listening({});
    const first = `<190>Oct 11 22:14:15 web-1 nginx: ${access(1)}`;
    const second = `<190>1 2024-10-11T22:14:15Z web-2 nginx 12 - - \ufeff${access(2)}`;
    await send(port, `${first}\n${Buffer.byteLength(second)} ${second}`, `<13>no header\r\n<190>Oct 11 22:14:16 web-1 nginx: ${access(3)}`);
    await until(() => sink.text.includes('GET /3'));
    await stop();
    const lines = new Map<string, string>();
    let name = '';
    for (const { begins, bytes } of sink.batches) {
      name = begins?.name ?? name;
      lines.set(name, (lines.get(name) ?? '') + Buffer.from(bytes).toString());
    }
    expect([...lines]).toEqual([
      ['web-1/nginx', `${access(1)}\n${access(3)}\n`],
      ['web-2/nginx', `${access(2)}\n`],
      ['syslog', '<13>no header\n'],
    ]);
    expect(sink.faults).toEqual([]);
  });

  it('keeps what is no log as it came, in one stretch for all senders, and knows after a restart who sends logs', async () => {
    const isLog = (line: Uint8Array): boolean => Buffer.from(line).includes('GET');
    const before = await listening({ isLog });
    const daemon = (host: string): string => `<38>Oct 11 22:14:15 ${host} sshd[1]: Accepted password`;
    await send(before.port, `<190>Oct 11 22:14:15 web nginx: ${access(1)}\n${daemon('a')}\n${daemon('b')}\n`);
    await until(() => before.sink.text.includes(' b sshd'));
    await before.stop();
    const after = await listening({ isLog }, new CollectingSink(), before.sink.last);
    await send(after.port, `<190>Oct 11 22:14:16 web nginx: broken\n${daemon('c')}\n`);
    await until(() => after.sink.text.includes(' c sshd'));
    await after.stop();
    const said = (sink: CollectingSink): (string | undefined)[][] =>
      sink.batches.map(({ begins, bytes }) => [begins?.name, begins?.format, Buffer.from(bytes).toString()]);
    expect(said(before.sink).at(0)).toEqual(['web/nginx', undefined, `${access(1)}\n`]);
    expect(before.sink.text).toContain(`${daemon('a')}\n${daemon('b')}\n`);
    expect(said(after.sink).map(([name, , text]) => [name, text])).toEqual([
      ['web/nginx', 'broken\n'],
      ['syslog', `${daemon('c')}\n`],
    ]);
  });

  it('goes on with the stretches of before', async () => {
    const before = await listening({});
    await send(before.port, '<190>Oct 11 22:14:15 a x: 1\n<190>Oct 11 22:14:15 b x: 2\n');
    await until(() => before.sink.text.length === 4);
    await before.stop();
    const after = await listening({}, new CollectingSink(), before.sink.last);
    await send(after.port, '<190>Oct 11 22:14:15 b x: 3\n<190>Oct 11 22:14:15 c x: 4\n<190>Oct 11 22:14:15 a x: 5\n');
    await until(() => after.sink.text.length === 6);
    await after.stop();
    expect(after.sink.batches.map(({ begins, bytes }) => [begins?.id, Buffer.from(bytes).toString()])).toEqual([
      [undefined, '3\n'],
      ['3', '4\n'],
      ['1', '5\n'],
    ]);
  });

  it('makes senders wait, and loses nothing', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { sink, source, port, stop } = await listening({ most: 100_000, payload: 'whole' }, new CollectingSink(() => gate));
    const text = Array.from({ length: 100_000 }, (_, i) => `<13>${i} ${'x'.repeat(100)}\n`).join('');
    const sending = send(port, text);
    await until(() => source.gauge.lag.bytes !== null && source.gauge.lag.bytes > 100_000);
    for (let i = 0; i < 20; i++) await tick();
    // not much more than what may wait and one block of the stream
    expect(source.gauge.lag.bytes).toBeLessThan(400_000);
    open();
    await sending;
    await until(() => sink.text.length === text.length);
    expect(sink.text).toBe(text);
    expect(source.gauge.lag).toEqual({ bytes: 0, records: 0 });
    await stop();
  });

  it('takes so many connections and no more, and cuts messages that are too long', async () => {
    const { sink, port, stop } = await listening({ connections: 1, longest: 100, longestCounted: 100 });
    const kept = connect(port, '127.0.0.1');
    await once(kept, 'connect');
    kept.write(`<13>${'x'.repeat(300)}\n300 <13>${'y'.repeat(296)}<13>after\n`);
    await until(() => sink.text.includes('after'));
    await send(port, 'refused\n');
    kept.destroy();
    await stop();
    expect(sink.text).toBe(`<13>${'x'.repeat(96)}\n<13>${'y'.repeat(96)}\n<13>after\n`);
    expect(sink.faults.sort()).toEqual([expect.stringMatching(/^1 connection refused/), expect.stringMatching(/^Cut off: 2 messages/)]);
  });

  it('keeps messages of up to 1 MiB whole where their length is said before them, and counts what was cut in remarks', async () => {
    const { sink, source, port, stop } = await listening({ payload: 'whole' });
    const [fits, long] = [`<13>${'x'.repeat(2 ** 20 - 4)}`, `<13>${'y'.repeat(2 ** 20)}`];
    await send(port, `${fits.length} ${fits}${long.length} ${long}<13>${'z'.repeat(200_000)}\n<13>after\n`);
    await until(() => sink.text.includes('after'));
    const lengths = sink.text.split('\n').map((line) => line.length);
    expect(lengths).toEqual([2 ** 20, 2 ** 20, 2 ** 16, 9, 0]);
    expect(sink.batches.reduce((sum, { cut = 0 }) => sum + cut, 0)).toBe(2);
    expect(source.gauge).toMatchObject({
      state: 'running',
      why: '2 messages were cut off: only the first 65,536 bytes of a message are kept (1,048,576 where octet counting says its length)',
    });
    await stop();
    expect(sink.faults.join(' ')).toMatch(/^Cut off: /);
  });

  it('says that it cannot listen', async () => {
    const { port, stop } = await listening({});
    const source = new SyslogSource({ protocol: 'tcp', port });
    await expect(source.run(new CollectingSink(), null, new AbortController().signal)).rejects.toMatchObject({ code: 'BUSY' });
    expect(source.gauge.state).toBe('failed');
    await stop();
  });
});

describe('UDP', () => {
  it('takes a message a datagram, as one line whatever is in it', async () => {
    const { sink, port, stop } = await listening({ protocol: 'udp', payload: 'whole' });
    const socket = createSocket('udp4');
    for (const message of ['<13>Oct 11 22:14:15 a x: one\n', '<13>two\r\nforged line\0', '']) socket.send(message, port, '127.0.0.1');
    await until(() => sink.text.includes('forged'));
    socket.close();
    await stop();
    expect(sink.text).toBe('<13>Oct 11 22:14:15 a x: one\n<13>two#015#012forged line\n');
    expect(sink.batches[0].begins).toMatchObject({ path: `syslog+udp://127.0.0.1:${port}`, name: 'syslog' });
  });

  it('drops what does not fit, and says how many', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { sink, source, port, stop } = await listening({ protocol: 'udp', most: 2000 }, new CollectingSink(() => gate));
    const socket = createSocket('udp4');
    for (let i = 0; i < 100; i++) socket.send(`<13>message ${i}`, port, '127.0.0.1');
    await until(() => source.gauge.lag.records === 17);
    for (let i = 0; i < 20; i++) await tick();
    expect(source.gauge.lag.records).toBe(17);
    socket.close();
    open();
    await until(() => source.gauge.lag.records === 0);
    await stop();
    const kept = sink.text.split('\n').length - 1;
    expect(sink.faults).toEqual([`${100 - kept} messages over UDP came faster than the case could take them, and are lost.`]);
  });

  it('says so while the case takes nothing, and not only when it does again', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { sink, source, port, stop } = await listening({ protocol: 'udp', most: 2000 }, new CollectingSink(() => gate));
    const socket = createSocket('udp4');
    for (let i = 0; i < 100; i++) socket.send(`<13>message ${i}`, port, '127.0.0.1');
    await until(() => sink.faults.length > 0);
    expect(sink.batches).toEqual([]);
    expect(sink.faults[0]).toContain('are lost');
    expect(source.gauge.errors).toBeGreaterThan(0);
    socket.close();
    open();
    await stop();
  });

  it.skipIf(!existsSync('/proc/net/udp'))(
    'counts what the system threw away while the program was busy (skipped where the system does not say)',
    async () => {
      const { sink, source, port, stop } = await listening({ protocol: 'udp' });
      const messages = 20_000;
      const sending = `const socket = require('node:dgram').createSocket('udp4');
      let left = ${messages};
      const next = () => socket.send('<13>' + 'x'.repeat(1000), ${port}, '127.0.0.1', () => (--left > 0 ? next() : socket.close()));
      next();`;
      // nothing is fetched until it returns
      spawnSync(process.execPath, ['-e', sending]);
      let before = -1;
      while (before !== source.gauge.bytes) {
        before = source.gauge.bytes;
        for (let i = 0; i < 20; i++) await tick();
      }
      await stop();
      const kept = sink.text.split('\n').length - 1;
      expect(kept).toBeLessThan(messages);
      expect(sink.faults).toEqual([
        `${(messages - kept).toLocaleString('en')} messages over UDP came while this program was busy; the system did not keep them, and they are lost.`,
      ]);
      expect(source.gauge.errors).toBe(messages - kept);
    },
  );

  it('finds its own line among those of the system', () => {
    const line = (local: string, drops: number): string =>
      `  12: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4242 2 0000000000000000 ${drops}`;
    const table = ['  sl  local_address rem_address', line('0100007F:158A', 7), line('00000000:158A', 8), line('0200A8C0:158B', 9)].join(
      '\n',
    );
    expect([dropsIn(table, '127.0.0.1', 5514), dropsIn(table, '0.0.0.0', 5514), dropsIn(table, '192.168.0.2', 5515)]).toEqual([7, 8, 9]);
    expect(dropsIn(table, '127.0.0.1', 80)).toBeNull();
    expect(dropsIn(line('00000000000000000000000001000000:158A', 3), '::1', 5514)).toBe(3);
  });
});

describe('framing', () => {
  const message = fc.string({ minLength: 1, maxLength: 30 }).map((text) => `<13>${text.replace(/\n/g, ' ')}`);

  it('does not depend on where blocks end', () => {
    const framed = fc.tuple(message, fc.boolean());
    fc.assert(
      fc.property(fc.array(framed), fc.integer({ min: 1, max: 50 }), (messages, size) => {
        const stream = Buffer.from(
          messages.map(([text, counted]) => (counted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`)).join(''),
        );
        const taken: string[] = [];
        const framing = new SyslogFraming({ line: 1000, counted: 1000 }, (bytes, cut) =>
          taken.push(`${Buffer.from(bytes).toString()}${cut ? ' cut' : ''}`),
        );
        for (let at = 0; at < stream.length; at += size) framing.push(stream.subarray(at, at + size));
        framing.end();
        expect(taken).toEqual(messages.map(([text]) => text));
      }),
    );
  });

  it('holds no more than a message, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom('12 <', '999999999 <', '5 x', '\n', '0 <', '<'), fc.string())), (parts) => {
        let most = 0;
        const framing = new SyslogFraming({ line: 20, counted: 20 }, (bytes) => (most = Math.max(most, bytes.length)));
        for (const part of parts) framing.push(Buffer.from(part));
        framing.end();
        expect(most).toBeLessThanOrEqual(20);
      }),
    );
  });
});

it('a message is one line', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('message' as const, 'whole' as const), (bytes, payload) => {
      const { line } = lineOf(Buffer.concat([Buffer.from('<13>Oct 11 22:14:15 host app: '), bytes]), payload);
      expect(line.indexOf(10)).toBe(line.length - 1);
    }),
  );
});
