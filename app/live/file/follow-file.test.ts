import { appendFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { LINE_LIMIT } from '../../formats/types.ts';
import { followFile } from './follow-file.ts';
import { CollectingSink, followThrough, inFolder, ScriptedClock, stored, numberedLines as lines, type FollowHow } from './testing.ts';

let folder = '';
let log = '';

inFolder('access.log', (...made) => ([folder, log] = made));

const follow = (...how: FollowHow): Promise<CollectingSink> => followThrough(log, ...how);

describe('a file that grows', () => {
  it('gives whole lines, and the rest of a line when it comes', async () => {
    const sink = await follow([
      () => writeFileSync(log, 'one\ntw'),
      () => appendFileSync(log, 'o'),
      () => appendFileSync(log, '\r\nthree\n\nfour'),
    ]);
    expect(sink.batches.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one\n', 'two\r\nthree\n\n']);
    expect(sink.batches[0].begins).toMatchObject({ path: log, name: 'access.log', byte: 0, line: 0, head: null });
    expect(sink.batches[1].begins).toBe(null);
    expect(sink.last).toMatchObject({ current: 1, files: [{ mark: { byte: 16, line: 4 } }] });
    expect(sink.faults).toEqual([]);
  });

  it('begins at its end where that is asked, behind its last whole line, with its head', async () => {
    writeFileSync(log, `${lines(0, 400)}unfin`);
    const sink = await follow([() => appendFileSync(log, `ished\n${lines(400, 410)}`)], null, { from: 'end' });
    expect(sink.text).toBe(`unfinished\n${lines(400, 410)}`);
    const before = Buffer.from(lines(0, 400));
    expect(sink.batches[0].begins).toMatchObject({ byte: before.length, line: 400 });
    expect(Buffer.from(sink.batches[0].begins?.head ?? [])).toEqual(before);
    expect(sink.last).toMatchObject({ files: [{ mark: { line: 411 } }] });
  });

  it('goes on where any batch ended', async () => {
    const acts = [0, 1, 2, 3, 4].map((i) => () => appendFileSync(log, `${lines(i * 7, i * 7 + 7)}half`));
    const whole = await follow(acts);
    for (const [i, batch] of whole.batches.entries()) {
      const rest = await follow([], stored(batch.after));
      expect(rest.text).toBe(Buffer.concat(whole.batches.slice(i + 1).map(({ bytes }) => bytes)).toString());
      for (const { begins } of rest.batches) expect(begins).toBe(null);
    }
  });

  it('waits while the sink has no room, and stops in between', async () => {
    writeFileSync(log, lines(0, 100_000));
    const stop = new AbortController();
    let waiting = 0;
    const sink = new CollectingSink(async () => {
      waiting++;
      expect(waiting).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      waiting--;
      if (sink.batches.length === 2) stop.abort();
    });
    const source = followFile({ path: log, from: 'beginning' });
    await source.run(sink, null, stop.signal);
    expect(sink.batches).toHaveLength(3);
    const rest = await follow([], sink.last);
    expect(sink.text + rest.text).toBe(lines(0, 100_000));
  });

  it('ends where the sink is to stop, and fails with what else it throws', async () => {
    writeFileSync(log, 'one\n');
    const stopped = new CollectingSink(() => {
      throw new FlowcaseError('CANCELLED', 'stop');
    });
    await followFile({ path: log, from: 'beginning' }).run(stopped, null, new AbortController().signal);
    // an error of the system, but not of the file
    const failing = new CollectingSink(() => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    });
    const source = followFile({ path: log, from: 'beginning' });
    await expect(source.run(failing, null, new AbortController().signal)).rejects.toThrow('no space');
    expect(source.gauge).toMatchObject({ state: 'failed', why: 'no space' });
  });

  it('hands over a line that is too long without holding all of it, and what follows exactly', async () => {
    writeFileSync(log, 'before\n');
    const long = 'x'.repeat(12 * LINE_LIMIT);
    const sink = await follow([
      () => appendFileSync(log, long),
      () => appendFileSync(log, `${long}\nafter\nand\n`),
      () => appendFileSync(log, 'more\n'),
    ]);
    const texts = sink.batches.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(texts[1].length).toBeGreaterThan(LINE_LIMIT + 1);
    expect(texts[1].length).toBeLessThan(LINE_LIMIT + 10);
    expect(texts.map((text) => text.slice(-6))).toEqual(['efore\n', 'xxxxx\n', 'r\nand\n', 'more\n']);
    expect(sink.batches[1]).toMatchObject({ ends: true, begins: null });
    expect(sink.batches[2].begins).toMatchObject({ id: '2', byte: 7 + 24 * LINE_LIMIT + 1, line: 2 });
    expect(sink.faults).toHaveLength(1);
    expect((await follow([], stored(sink.batches[1].after))).text).toBe('after\nand\nmore\n');
  });

  it('hands over a long line whole where it is held', async () => {
    const long = `${'y'.repeat(3 * LINE_LIMIT)}\n`;
    const sink = await follow([() => writeFileSync(log, long.slice(0, 50)), () => appendFileSync(log, long.slice(50))]);
    expect(sink.text).toBe(long);
    expect(sink.faults).toEqual([]);
  });

  it('waits for a file that is not there, and says so', async () => {
    const stop = new AbortController();
    const source = followFile({ path: log, from: 'end', clock: new ScriptedClock(() => stop.abort()) });
    const run = source.run(new CollectingSink(), null, stop.signal);
    expect(source.gauge.state).toBe('starting');
    await run;
    expect(source.gauge.why).toBe(`for ${log} to appear`);
    // one that comes later is read whole
    expect((await follow([() => writeFileSync(log, 'first\n')], null, { from: 'end' })).text).toBe('first\n');
  });

  it('refuses a folder and a position that is none', async () => {
    const never = new AbortController().signal;
    await expect(followFile({ path: folder, from: 'end' }).run(new CollectingSink(), null, never)).rejects.toThrow(/is a folder/);
    await expect(followFile({ path: log, from: 'end' }).run(new CollectingSink(), { form: 9 }, never)).rejects.toThrow(
      /cannot be understood/,
    );
  });
});
