import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Position } from '../types.ts';
import { followThrough, inFolder, stored, withoutRepeats } from './testing.ts';

let folder = '';
let log = '';

inFolder('flows.csv', (...made) => ([folder, log] = made));

const header = 'ts,orig_h,resp_h,bytes\n';
/** Lines of one day. */
const day = (name: string, count = 3): string => Array.from({ length: count }, (_, i) => `${name}-${i},192.0.2.1,192.0.2.2,7\n`).join('');
/** As the last version stored it. */
function old(position: Position | null): Position {
  return JSON.parse(JSON.stringify(position, (key, value: unknown) => (key === 'birth' ? undefined : value))) as Position;
}

describe('a log whose every generation begins with the same header', () => {
  it.each([
    ['as it is stored', (position: Position | null) => position],
    ['as the last version stored it', old],
  ])('was read up to its header, and rotated several times since (position %s)', async (_, as) => {
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    appendFileSync(log, day('mon'));
    renameSync(log, `${log}.3`);
    writeFileSync(`${log}.2.gz`, gzipSync(header + day('tue')));
    writeFileSync(`${log}.1`, header + day('wed'));
    writeFileSync(log, header + day('thu'));
    const sink = await followThrough(log, [], as(before.last));
    expect(sink.text).toBe(day('mon') + ['tue', 'wed', 'thu'].map((name) => header + day(name)).join(''));
    expect(sink.faults).toEqual([]);
    expect((await followThrough(log, [], sink.last)).text).toBe('');
  });

  it('was rotated away with nothing else: what was missed since is read', async () => {
    const before = await followThrough(log, [
      () => writeFileSync(log, header),
      () => {
        renameSync(log, `${log}.1`);
        writeFileSync(log, header);
      },
    ]);
    expect(withoutRepeats(before.text, header)).toBe(header);
    renameSync(`${log}.1`, `${log}.4`);
    renameSync(log, `${log}.3`);
    writeFileSync(`${log}.2`, header + day('tue'));
    writeFileSync(`${log}.1.gz`, gzipSync(header + day('wed')));
    writeFileSync(log, header);
    const sink = await followThrough(log, [], before.last);
    expect(withoutRepeats(before.text + sink.text, header)).toBe(header + day('tue') + header + day('wed') + header);
    expect(sink.faults).toEqual([]);
  });

  it('was copied and emptied, while it runs and while it does not', async () => {
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    const rotate = (): void => {
      appendFileSync(log, day('mon'));
      copyFileSync(log, `${log}.1`);
      writeFileSync(log, header + day('tuesday', 9));
    };
    const text = day('mon') + header + day('tuesday', 9);
    expect((await followThrough(log, [rotate], before.last)).text).toBe(text);
    expect((await followThrough(log, [], before.last)).text).toBe(text);
  });

  it('was copied and emptied twice between two looks', async () => {
    const sink = await followThrough(log, [
      () => writeFileSync(log, header),
      () => {
        appendFileSync(log, day('mon'));
        writeFileSync(`${log}.2.gz`, gzipSync(readFileSync(log)));
        truncateSync(log);
        appendFileSync(log, header + day('tue'));
        copyFileSync(log, `${log}.1`);
        writeFileSync(log, header + day('wednesday'));
      },
    ]);
    expect(sink.text).toBe(['mon', 'tue', 'wednesday'].map((name) => header + day(name)).join(''));
    expect(sink.faults).toEqual([]);
  });

  it('is being copied: what is there of the copy is not taken for another generation', async () => {
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    appendFileSync(log, day('mon'));
    writeFileSync(`${log}.1`, (header + day('mon')).slice(0, -9));
    const sink = await followThrough(
      log,
      [
        () => undefined,
        () => {
          copyFileSync(log, `${log}.1`);
          writeFileSync(log, header + day('tuesday'));
        },
      ],
      before.last,
    );
    expect(sink.text).toBe(day('mon') + header + day('tuesday'));
  });

  it('had generations before it was followed: none of them is read', async () => {
    writeFileSync(`${log}.2`, header + day('sat'));
    writeFileSync(`${log}.1`, header + day('sun'));
    for (const [i, path] of [`${log}.2`, `${log}.1`].entries()) utimesSync(path, 1_700_000_000 + i, 1_700_000_000 + i);
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    appendFileSync(log, day('mon'));
    renameSync(`${log}.2`, `${log}.3`);
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    writeFileSync(log, header + day('tue'));
    expect((await followThrough(log, [], before.last)).text).toBe(day('mon') + header + day('tue'));
    expect((await followThrough(log, [], old(before.last))).text).toBe(day('mon') + header + day('tue'));
  });

  it('lost its oldest files: the others are read', async () => {
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    rmSync(log);
    writeFileSync(`${log}.2`, header + day('tue'));
    writeFileSync(`${log}.1`, header + day('wed'));
    writeFileSync(log, header + day('thu'));
    const { text } = await followThrough(log, [], before.last);
    for (const name of ['tue', 'wed', 'thu']) expect(text.split(day(name))).toHaveLength(2);
  });

  it('has a header of more than 4 kB, and was rotated before anything of it was read', async () => {
    const long = `${'column,'.repeat(1000)}\n`;
    writeFileSync(log, long + day('mon'));
    const before = await followThrough(log, []);
    const sink = await followThrough(
      log,
      [
        () => {
          renameSync(log, `${log}.1`);
          writeFileSync(log, '');
        },
        () => {
          appendFileSync(log, long + day('tue'));
          copyFileSync(log, `${log}.0`);
          writeFileSync(log, long + day('wednesday'));
        },
      ],
      before.last,
    );
    expect(sink.text).toBe(long + day('tue') + long + day('wednesday'));
  });
});

describe('a pattern whose files begin with the same header', () => {
  it.each([
    ['flows-*.csv', (name: string) => join(folder, `flows-202611${name}.csv`)],
    ['flows.csv.*', (name: string) => join(folder, `flows.csv.202611${name}`)],
  ])('gives each of a series of days, though one has nothing else (%s)', async (pattern, file) => {
    writeFileSync(file('20'), header);
    const path = join(folder, pattern);
    const sink = await followThrough(
      path,
      [
        () => writeFileSync(file('21'), header + day('b')),
        () => writeFileSync(file('22'), header),
        () => appendFileSync(file('22'), day('c')),
        () => appendFileSync(file('20'), day('a')),
      ],
      null,
      { path },
    );
    expect(sink.text.split(header).toSorted()).toEqual(['', '', day('b'), day('c') + day('a')].toSorted());
    const rest = await followThrough(log, [() => writeFileSync(file('23'), header + day('d'))], sink.last, { path });
    expect(rest.text).toBe(header + day('d'));
  });

  it.each([
    ['at once', (): void => copyFileSync(log, `${log}.1`), 1],
    ['piece by piece', (): void => appendFileSync(`${log}.1`, readFileSync(log).subarray(0, 30)), 2],
  ])('takes a copy, made %s, for the log that it follows', async (_, copy, times) => {
    for (const count of [0, 1, 400]) {
      rmSync(`${log}.1`, { force: true });
      const text = header + day('mon', count);
      writeFileSync(log, text);
      const finish = (): void => {
        appendFileSync(log, 'late\n');
        writeFileSync(`${log}.1`, readFileSync(log));
        writeFileSync(log, header + day('tuesday'));
      };
      const empty = times === 2 ? [() => writeFileSync(`${log}.1`, '')] : [];
      const sink = await followThrough(log, [...empty, copy, finish], null, { path: `${log}*` });
      expect(sink.text).toBe(`${text}late\n${header}${day('tuesday')}`);
      expect((await followThrough(log, [], stored(sink.last ?? {}), { path: `${log}*` })).text).toBe('');
    }
  });
});
