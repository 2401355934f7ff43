import { createSocket } from 'node:dgram';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { followFile } from './file/follow-file.ts';
import { CollectingSink, stored } from './file/testing.ts';
import { IngestSource } from './http/ingest-source.ts';
import { followStream } from './stdin/follow-stream.ts';
import { SyslogSource } from './syslog/syslog-source.ts';
import type { LiveSource, SourceBatch } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A source, and the other end of it. */
interface Bench {
  readonly source: LiveSource;
  /** Puts lines where the source finds them; only while it runs. */
  write(text: string): void;
  /** The same lines for a source that begins later; null where there is no way back. */
  readonly again: (() => LiveSource) | null;
}

let files = 0;

const benches: readonly (readonly [name: string, make: () => Bench])[] = [
  [
    'a file',
    () => {
      const path = join(folder, `${++files}.log`);
      writeFileSync(path, '');
      const make = (): LiveSource => followFile({ path, from: 'beginning', poll: 5 });
      return { source: make(), write: (text) => appendFileSync(path, text), again: make };
    },
  ],
  [
    'standard input',
    () => {
      const input = new PassThrough();
      return { source: followStream(input), write: (text) => input.write(text), again: null };
    },
  ],
  [
    'lines that are posted',
    () => {
      const source = new IngestSource({ name: 'web' });
      return { source, write: (text) => void source.accept('text/plain', Buffer.from(text)).catch(() => undefined), again: null };
    },
  ],
  [
    'syslog over TCP',
    () => {
      const source = new SyslogSource({ protocol: 'tcp', port: 0, payload: 'whole' });
      return {
        source,
        write: (text) => {
          const socket = connect(source.port ?? 0, '127.0.0.1', () => socket.end(text));
          socket.on('error', () => undefined);
        },
        again: null,
      };
    },
  ],
  [
    'syslog over UDP',
    () => {
      const source = new SyslogSource({ protocol: 'udp', port: 0, payload: 'whole' });
      return {
        source,
        write: (text) => {
          const socket = createSocket('udp4');
          for (const line of text.split(/(?<=\n)/)) socket.send(line, source.port ?? 0, '127.0.0.1');
          socket.send('', source.port ?? 0, '127.0.0.1', () => socket.close());
        },
        again: null,
      };
    },
  ],
];

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(done()).toBe(true);
}

const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, i) => `<13>line ${from + i}\n`).join('');

/** What every source must do. */
describe.each(benches)('%s', (_name, make) => {
  it('gives whole lines, each once and in order, one batch after the other; and ends when it is stopped', async () => {
    const { source, write } = make();
    let taking = 0;
    const copies: Buffer[] = [];
    const sink = new CollectingSink(async (batch: SourceBatch) => {
      expect(++taking).toBe(1);
      copies.push(Buffer.from(batch.bytes));
      await new Promise((resolve) => setTimeout(resolve, 1));
      taking--;
    });
    expect(source.gauge).toMatchObject({ state: 'starting', bytes: 0, errors: 0 });
    const stop = new AbortController();
    const run = source.run(sink, null, stop.signal);
    await until(() => source.gauge.state === 'running' || source.gauge.state === 'waiting');
    for (let i = 0; i < 10; i++) {
      write(lines(i * 5, i * 5 + 5));
      await until(() => sink.text.length === lines(0, i * 5 + 5).length);
    }
    expect(sink.text).toBe(lines(0, 50));
    for (const { bytes } of sink.batches) expect(bytes.at(-1)).toBe(10);
    // what was handed over is not used again
    expect(sink.batches.map(({ bytes }) => Buffer.from(bytes))).toEqual(copies);
    expect(sink.batches[0].begins).not.toBe(null);
    for (const { after } of sink.batches) expect(stored(after)).toEqual(after);
    expect(source.gauge).toMatchObject({ state: 'running', bytes: sink.text.length, errors: 0 });
    stop.abort();
    await run;
    expect(source.gauge.state).toBe('ended');
    expect(sink.faults).toEqual([]);
  });

  it('ends while it waits for the sink, and begins where nothing came yet', async () => {
    const { source, write } = make();
    const stop = new AbortController();
    let taking = false;
    const sink = new CollectingSink(
      () =>
        new Promise((_resolve, reject) => {
          taking = true;
          stop.signal.addEventListener('abort', () => reject(new FlowcaseError('CANCELLED', 'stopped')));
        }),
    );
    const run = source.run(sink, null, stop.signal);
    await until(() => source.gauge.state === 'running' || source.gauge.state === 'waiting');
    write(lines(0, 3));
    await until(() => taking);
    stop.abort();
    await run;
    expect(source.gauge.state).toBe('ended');
    expect(sink.batches).toEqual([]);
    const idle = make().source;
    const stopped = new AbortController();
    const running = idle.run(new CollectingSink(), null, stopped.signal);
    await until(() => idle.gauge.state !== 'starting');
    stopped.abort();
    await running;
  });

  it('goes on behind any position that it gave, where there is a way back', async () => {
    const { source, write, again } = make();
    if (again === null) return;
    const stop = new AbortController();
    const sink = new CollectingSink();
    const run = source.run(sink, null, stop.signal);
    for (let i = 0; i < 6; i++) {
      write(lines(i, i + 1));
      await until(() => sink.text.length === lines(0, i + 1).length);
    }
    stop.abort();
    await run;
    for (const [i, { after }] of sink.batches.entries()) {
      const rest = new CollectingSink();
      const end = new AbortController();
      const expected = Buffer.concat(sink.batches.slice(i + 1).map(({ bytes }) => bytes)).toString();
      const running = again().run(rest, stored(after), end.signal);
      await until(() => rest.text.length >= expected.length);
      await new Promise((resolve) => setTimeout(resolve, 20));
      end.abort();
      await running;
      expect(rest.text).toBe(expected);
    }
  });

  it('fails with what the sink throws', async () => {
    const { source, write } = make();
    const sink = new CollectingSink(() => {
      throw new Error('the disk is full');
    });
    const run = source.run(sink, null, new AbortController().signal);
    const failed = expect(run).rejects.toThrow('the disk is full');
    await until(() => source.gauge.state === 'running' || source.gauge.state === 'waiting');
    write(lines(0, 3));
    await failed;
    expect(source.gauge).toMatchObject({ state: 'failed', why: 'the disk is full' });
  });
});
