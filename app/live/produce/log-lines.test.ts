import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats } from '../../formats/registry.ts';
import { readLog } from '../../formats/testing.ts';
import type { LogFormat } from '../../formats/types.ts';
import { logLines, type LogLine } from './log-lines.ts';

async function* inBlocks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    // as a file's blocks come
    await Promise.resolve();
    yield bytes.slice(at, at + size);
  }
}

async function linesOf(log: string, size = 1000, format?: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const part of logLines(inBlocks(Buffer.from(log), size), 'log', { format })) lines.push(...part);
  return lines;
}

const textOf = (lines: readonly LogLine[]): string => Buffer.concat(lines.map(({ bytes }) => bytes)).toString();

/** A log so long that it is not recognised from all of it. */
function longLog(format: LogFormat): string {
  const lines = format.example.split(/(?<=\n)/);
  const { sink } = readLog(format, format.example);
  const record = lines[Number(sink.records[0].get('_line')) - 1];
  return `${format.example}${record.repeat(Math.ceil(300_000 / record.length))}`;
}

/** Whose lines say nothing without the others. */
const whole = 'azure-flow';

describe.each(formats.filter(({ id }) => id !== whole).map((format) => [format.id, format] as const))(
  'the lines of a log of the format %s',
  (id, format) => {
    it('are the log, each with the time that its reader finds', async () => {
      const lines = await linesOf(format.example);
      expect(textOf(lines)).toBe(format.example);
      const { records } = readLog(format, format.example).sink;
      expect(lines.filter(({ kind }) => kind === 'record').map(({ ts }) => ts)).toEqual(records.map((record) => Number(record.get('ts'))));
    });

    it('do not depend on where blocks end, and keep lines that are no records', async () => {
      const log = `${longLog(format)}this is no record\n${format.example.trimEnd()}`;
      const whole = await linesOf(log, 2 ** 22, id);
      expect(textOf(whole)).toBe(`${log}\n`);
      expect(whole.map(({ kind }) => kind)).toContain('record');
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 5000, max: 200_000 }), async (size) => {
          const lines = await linesOf(log, size, id);
          expect(lines.map(({ kind, ts }) => [kind, ts])).toEqual(whole.map(({ kind, ts }) => [kind, ts]));
          expect(textOf(lines)).toBe(`${log}\n`);
        }),
        { numRuns: 5 },
      );
    });
  },
);

describe('the lines of a log', () => {
  it('are not played where none of them says anything without the others', async () => {
    const format = formats.find(({ id }) => id === whole);
    await expect(linesOf(format?.example ?? '')).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
      message: expect.stringContaining('Import it') as string,
    });
  });

  it('are headers, records and rejects', async () => {
    const log = '#separator \\x09\n#fields\tts\tid.orig_h\n#types\ttime\taddr\n1713173400.5\t10.0.0.1\nno record\n#close\tx\n';
    expect((await linesOf(log, 1000, 'zeek-tsv')).map(({ kind }) => kind)).toEqual(['head', 'head', 'head', 'record', 'reject', 'head']);
  });

  it('end with a line feed, whatever ends them in the log', async () => {
    const record = '192.0.2.1 - - [15/Apr/2024:09:30:00 +0000] "GET / HTTP/1.1" 200 5';
    expect(textOf(await linesOf(`${record}\r${record}\r${record}`))).toBe(`${record}\n`.repeat(3));
    expect(textOf(await linesOf(`${record}\r\n${record}`))).toBe(`${record}\r\n${record}\n`);
  });

  it('are refused where there are none', async () => {
    await expect(linesOf('')).rejects.toMatchObject({ code: 'FILE_EMPTY' });
    await expect(linesOf('\u0000\u0001 no log\n')).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
  });
});
