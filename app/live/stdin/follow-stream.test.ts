import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { CollectingSink } from '../file/testing.ts';
import { followPipe, followStream } from './follow-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-pipe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = (): AbortSignal => new AbortController().signal;

describe('a stream', () => {
  it('is read until it ends, its last line too', async () => {
    const sink = new CollectingSink();
    const source = followStream(Readable.from([Buffer.from('one\ntw'), Buffer.from('o\r\nthree\nfo'), Buffer.from('ur')]));
    expect(source.gauge.state).toBe('starting');
    await source.run(sink, null, never());
    expect(sink.batches.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one\n', 'two\r\nthree\n', 'four']);
    expect(sink.batches.map(({ ends }) => ends ?? false)).toEqual([false, false, true]);
    expect(sink.batches[0].begins).toEqual({ id: '1', path: 'standard input', name: 'standard input', byte: 0, line: 0, head: null });
    expect(sink.last).toEqual({ form: 1, stretch: 1, bytes: 19, lines: 4, over: true });
    expect(source.gauge).toMatchObject({ state: 'ended', why: 'standard input has ended', bytes: 19 });
  });

  it('is another stretch after a restart: there is no way back', async () => {
    const sink = new CollectingSink();
    const before = { form: 1, stretch: 3, bytes: 19, lines: 4, over: false };
    await followStream(Readable.from([Buffer.from('five\n')])).run(sink, before, never());
    expect(sink.batches.map(({ begins, ends, bytes }) => [begins?.id, ends, bytes.length])).toEqual([
      ['3', true, 0],
      ['4', undefined, 5],
      [undefined, true, 0],
    ]);
    const again = new CollectingSink();
    await followStream(Readable.from([Buffer.from('six\n')])).run(again, sink.last, never());
    expect(again.batches[0]).toMatchObject({ begins: { id: '5', byte: 0, line: 0 }, after: { stretch: 5, bytes: 4 } });
    await expect(followStream(Readable.from([])).run(sink, { form: 2 }, never())).rejects.toThrow(/cannot be understood/);
  });

  it('is not read ahead of the sink, and stops', async () => {
    let written = 0;
    const input = new Readable({
      highWaterMark: 1000,
      read() {
        written++;
        this.push(`${'x'.repeat(999)}\n`);
      },
    });
    const stop = new AbortController();
    const sink = new CollectingSink(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      expect(written * 1000).toBeLessThan(sink.text.length + 20_000);
      if (sink.batches.length === 20) stop.abort();
    });
    const source = followStream(input);
    await source.run(sink, null, stop.signal);
    expect(sink.batches).toHaveLength(21);
    expect(source.gauge.state).toBe('ended');
    expect(input.destroyed).toBe(true);
  });

  it('stops while nothing comes, and fails with the stream', async () => {
    const stop = new AbortController();
    const quiet = followStream(new PassThrough());
    const run = quiet.run(new CollectingSink(), null, stop.signal);
    setTimeout(() => stop.abort(), 10);
    await run;
    const broken = new PassThrough();
    const source = followStream(broken);
    const failing = source.run(new CollectingSink(), null, never());
    broken.destroy(new Error('torn'));
    await expect(failing).rejects.toThrow('torn');
    expect(source.gauge).toMatchObject({ state: 'failed', why: 'torn' });
  });
});

describe.skipIf(process.platform === 'win32')('a named pipe', () => {
  it('waits for who writes, and ends with them', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const sink = new CollectingSink();
    const source = followPipe(path);
    const run = source.run(sink, null, never());
    const writer = spawn('sh', ['-c', `(seq 1 100000; printf end) > "${path}"`]);
    await run;
    expect(writer.exitCode === null || writer.exitCode === 0).toBe(true);
    const numbers = Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join('');
    expect(sink.text).toBe(`${numbers}end`);
    expect(source.gauge.state).toBe('ended');
  });

  it('stops while nobody writes; what is no pipe is refused', async () => {
    const path = join(folder, 'quiet');
    execFileSync('mkfifo', [path]);
    const stop = new AbortController();
    const run = followPipe(path).run(new CollectingSink(), null, stop.signal);
    setTimeout(() => stop.abort(), 20);
    await run;
    writeFileSync(join(folder, 'file'), 'x\n');
    await expect(followPipe(join(folder, 'file')).run(new CollectingSink(), null, never())).rejects.toThrow(/is no pipe/);
    await expect(followPipe(join(folder, 'none')).run(new CollectingSink(), null, never())).rejects.toThrow(/There is no file/);
  });
});
