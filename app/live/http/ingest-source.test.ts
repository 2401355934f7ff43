import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_LIMIT } from '../../formats/types.ts';
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
    source.safe(sink.batches[0].after);
    expect(await first).toEqual({ accepted: 3, rejected: 0 });
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
      source.safe(sink.last ?? {});
      return answer;
    };
    expect(await post(first, 'text/plain', 'a\n')).toEqual({ accepted: 1, rejected: 0 });
    expect(await post(first, 'application/x-ndjson', '{"a":1}\nnone\n[1]\n')).toEqual({ accepted: 1, rejected: 2 });
    await post(first, 'text/plain', 'b\n');
    await post(first, 'application/json', ' [ {"id": 18446744073709551615, "x" : "a, b\\" ]"} ,\r\n {"y":[1, {"z":[]}]}, 7 ]');
    await first.stop();
    expect(first.sink.batches.map(({ begins }) => begins?.id)).toEqual(['lines', 'json', 'lines', 'json']);
    expect(Buffer.from(first.sink.batches[3].bytes).toString()).toBe(
      '{"id":18446744073709551615,"x":"a, b\\" ]"}\n{"y":[1,{"z":[]}]}\n7\n',
    );
    const second = running(first.sink.last);
    await post(second, 'application/json', '{"one":\n1}');
    await post(second, 'text/plain', 'c');
    expect(second.sink.batches.map(({ begins }) => begins?.id)).toEqual([undefined, 'lines']);
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
    expect(await waits).toEqual({ accepted: 1, rejected: 0 });
    const lost = source.accept('text/plain', Buffer.from('y'));
    const refused = expect(lost).rejects.toMatchObject({ code: 'BUSY' });
    await tick();
    await stop();
    await refused;
    await expect(source.accept('text/plain', Buffer.from('y'))).rejects.toMatchObject({ code: 'BUSY' });
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

  it('that are too long, blank, or not what they are said to be', async () => {
    const { source, sink, stop } = running();
    expect(await source.accept('text/plain', Buffer.from('\r\n\n'))).toEqual({ accepted: 0, rejected: 0 });
    const long = source.accept('text/plain', Buffer.alloc(LINE_LIMIT + 1, 'x'));
    await tick();
    source.safe(sink.last ?? {});
    expect(await long).toEqual({ accepted: 0, rejected: 1 });
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
  it('becomes a line for each element, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const lines = Buffer.from(jsonLines(Buffer.from(JSON.stringify(values, null, indent)))).toString();
        expect(lines).toBe(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
      }),
    );
  });

  it('is not needed: another value is a line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!Array.isArray(value));
        expect(Buffer.from(jsonLines(Buffer.from(JSON.stringify(value, null, 2)))).toString()).toBe(`${JSON.stringify(value)}\n`);
      }),
    );
  });
});
