import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { CollectingSink } from '../file/testing.ts';
import type { Position } from '../types.ts';
import { IngestSource } from './ingest-source.ts';
import { jsonLines } from './json-lines.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A source that runs into a sink. */
function running(from: Position | null = null, most?: number): { source: IngestSource; sink: CollectingSink; stop: () => Promise<void> } {
  const source = new IngestSource({ name: 'web', ...(most === undefined ? {} : { most }) });
  const sink = new CollectingSink();
  const stopping = new AbortController();
  const run = source.run(sink, from, stopping.signal);
  return {
    source,
    sink,
    stop: async () => {
      stopping.abort();
      await run;
    },
  };
}

describe('posted lines', () => {
  it('are accepted when they are committed, not before', async () => {
    const { source, sink, stop } = running();
    const done: string[] = [];
    const first = source.accept('text/plain; charset=utf-8', Buffer.from('one\r\ntwo\n\nthree')).then((answer) => {
      done.push('first');
      return answer;
    });
    await tick();
    const second = source.accept('text/plain', Buffer.from('four\n')).then(() => done.push('second'));
    await tick();
    expect(sink.text).toBe('one\r\ntwo\n\nthree\nfour\n');
    expect(done).toEqual([]);
    source.counted(sink.batches[0].after, { rows: 2, rejected: 1, comments: 1 });
    source.safe(sink.batches[0].after);
    expect(await first).toEqual({ accepted: 2, rejected: 1, comments: 1 });
    await tick();
    expect(done).toEqual(['first']);
    source.safe(sink.batches[1].after);
    await second;
    expect(source.gauge).toMatchObject({ state: 'running', bytes: sink.text.length, lag: { bytes: 0, records: 0 } });
    await stop();
  });

  it('of both contents are two stretches that go on, through a restart too', async () => {
    const first = running();
    const post = async ({ source, sink }: typeof first, type: string, text: string): Promise<unknown> => {
      const answer = source.accept(type, Buffer.from(text));
      await tick();
      source.counted(sink.last ?? {}, { rows: 1, rejected: 0, comments: 0 });
      source.safe(sink.last ?? {});
      return answer;
    };
    expect(await post(first, 'text/plain', 'a\n')).toEqual({ accepted: 1, rejected: 0, comments: 0 });
    await post(first, 'application/x-ndjson', '{"a":1}\nnone\n[1]\n');
    await post(first, 'text/plain', 'b\n');
    await post(first, 'application/json', ' [ {"id": 18446744073709551615, "x" : "a, b\\" ]"} ,\r\n {"y":[1, {"z":[]}]}, 7 ]');
    await first.stop();
    expect(first.sink.batches.map(({ begins }) => begins?.id)).toEqual(['lines', 'json', 'lines', 'json']);
    expect(Buffer.from(first.sink.batches[3].bytes).toString()).toBe(
      '{"id": 18446744073709551615, "x" : "a, b\\" ]"}\n{"y":[1, {"z":[]}]}\n7\n',
    );
    const second = running(first.sink.last);
    await post(second, 'application/json', '{"one":\n1}');
    await post(second, 'text/plain', 'c');
    expect(second.sink.batches.map(({ begins }) => begins?.id)).toEqual(['json', 'lines']);
    expect(second.sink.last).toMatchObject({ bodies: 6, lines: { bytes: 6, lines: 3 }, json: { lines: 7 } });
    await second.stop();
  });

  it('are refused where too much waits, or nobody takes them, and what waits is told when it stops', async () => {
    const early = new IngestSource({ name: 'web' });
    await expect(early.accept('text/plain', Buffer.from('x'))).rejects.toMatchObject({ code: 'BUSY' });
    const { source, sink, stop } = running(null, 100);
    const waits = source.accept('text/plain', Buffer.alloc(150, 'x'));
    await expect(source.accept('text/plain', Buffer.from('y'))).rejects.toMatchObject({ code: 'BUSY' });
    await tick();
    await expect(source.accept('text/plain', Buffer.from('y'))).rejects.toMatchObject({ code: 'BUSY' });
    source.safe(sink.last ?? {});
    expect(await waits).toEqual({ accepted: 0, rejected: 0, comments: 0 });
    const lost = source.accept('text/plain', Buffer.from('y'));
    const refused = expect(lost).rejects.toMatchObject({ code: 'BUSY' });
    await tick();
    await stop();
    // it was handed over: whoever has it commits it or not, and says so
    source.refused(sink.last ?? {}, new FlowcaseError('BUSY', 'stopped'));
    await refused;
    await expect(source.accept('text/plain', Buffer.from('y'))).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('that nobody can read are answered with the reason, and those behind them are taken', async () => {
    const { source, sink, stop } = running();
    const bad = source.accept('text/csv', Buffer.from('what is this\n'));
    const refused = expect(bad).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
      message: expect.stringMatching(/no log\. Nothing of this was taken\..*format=.*syslog/) as string,
    });
    await tick();
    const good = source.accept('text/plain', Buffer.from('fine\n'));
    await tick();
    source.refused(sink.batches[0].after, new FlowcaseError('FORMAT_UNKNOWN', 'It is no log.'));
    source.counted(sink.batches[1].after, { rows: 1, rejected: 0, comments: 0 });
    source.safe(sink.batches[1].after);
    await refused;
    expect(await good).toEqual({ accepted: 1, rejected: 0, comments: 0 });
    await stop();
  });

  it('are refused with what kept the sink from taking them', async () => {
    const source = new IngestSource({ name: 'web' });
    const sink = new CollectingSink(() => {
      throw new Error('disk full');
    });
    const run = source.run(sink, null, new AbortController().signal);
    await expect(source.accept('text/plain', Buffer.from('y'))).rejects.toThrow('disk full');
    await expect(run).rejects.toThrow('disk full');
    expect(source.gauge).toMatchObject({ state: 'failed', why: 'disk full' });
  });

  it('that are blank, or not what they are said to be', async () => {
    const { source, sink, stop } = running();
    expect(await source.accept('text/plain', Buffer.from('\r\n\n'))).toEqual({ accepted: 0, rejected: 0, comments: 0 });
    expect(sink.batches).toEqual([]);
    for (const [type, body] of [
      ['application/json', '[1,'],
      ['application/json', Buffer.from([0x22, 0xff, 0x22])],
      ['image/png', 'x'],
    ] as const) {
      await expect(source.accept(type, Buffer.from(body))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    await stop();
  });
});

describe('a JSON array', () => {
  const linesOf = (text: string): string => Buffer.from(jsonLines(Buffer.from(text))).toString();

  it('becomes a line for each element, whatever they hold, as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const written = values.map((value) => JSON.stringify(value, null, indent));
        const expected = written.map((text) => `${text.replaceAll('\n', ' ')}\n`).join('');
        expect(linesOf(` [ ${written.join(' ,\n')}\r\n]`)).toBe(expected);
      }),
    );
  });

  it('keeps digits of numbers, and keys that are there twice', () => {
    const records = ['{"n": 12345678901234567890, "d":0.10000000000000000012312}', '{"a":1.0,"a" :2}', '"x"', '[]'];
    expect(linesOf(`[${records.join(',')}]`)).toBe(records.map((one) => `${one}\n`).join(''));
  });

  it('is not needed: another value is a line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!Array.isArray(value));
        const text = JSON.stringify(value, null, 2);
        expect(linesOf(`\n ${text} `)).toBe(`${text.replaceAll('\n', ' ')}\n`);
      }),
    );
  });
});
