import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { addedTo } from '../../original/rotated-names.ts';
import { siblingsOf } from './family.ts';
import { followThrough, inFolder } from './testing.ts';

let folder = '';
let log = '';

inFolder('access.log', (...made) => ([folder, log] = made));

function lines(name: string, count = 60): string {
  return Array.from({ length: count }, (_, i) => `${name} line ${i} ${'x'.repeat(90)}\n`).join('');
}

describe('names that rotation gives', () => {
  it.each([
    ['access.log', 'access.log.1', '.1'],
    ['access.log', 'access.log.2.gz', '.2'],
    ['access.log', 'access.1.log', '.1'],
    // logrotate: dateext, dateformat with seconds, hours, weeks; extension
    ['access.log', 'access.log-20261121', '-20261121'],
    ['access.log', 'access.log-2026112114.xz', '-2026112114'],
    ['access.log', 'access.log-20261121-1795291491', '-20261121-1795291491'],
    ['access.log', 'access-20261121.log.zst', '-20261121'],
    ['access.log', 'access-2026-W47.log', '-2026-W47'],
    ['access.log', 'access.log_21.11.2026_14h30', '_21.11.2026_14h30'],
    // log4j and logback: %d, %i
    ['app.log', 'app-2026-11-21-3.log.gz', '-2026-11-21-3'],
    ['app.log', 'app.21-Nov-2026.log', '.21-Nov-2026'],
    ['app.log', 'app-20261121T143000Z.log', '-20261121T143000Z'],
    ['app.log', 'app.log.bak2', '.bak2'],
    ['app.log', 'app_old.log', '_old'],
    ['app.log', 'app.log~', '~'],
    ['access_log', 'access_log.1795291491', '.1795291491'],
    ['access.log', 'access.log', null],
    ['access.log', 'access_admin.log', null],
    ['access.log', 'access.log.gz.part', null],
    ['access.log', 'other.log.1', null],
    ['access.log', 'access.logic', null],
  ])('of %s: %s', (home, name, part) => {
    expect(addedTo(home, name)).toBe(part);
  });

  it('stand in the order of their dates where these begin with the year, and else of their last change', async () => {
    const names = ['-01122026', '-21112026', '.2026-11-22', '.2026-11-23'];
    for (const [i, name] of names.toReversed().entries()) {
      writeFileSync(log + name, name);
      utimesSync(log + name, 1_700_000_000 + i, 1_700_000_000 + i);
    }
    const usual = await siblingsOf(log, { folders: new Set(), shapes: new Set() });
    const order = usual.map(({ path }) => path.slice(log.length));
    expect(order.filter((name) => name.startsWith('.'))).toEqual(['.2026-11-22', '.2026-11-23']);
    expect(order.filter((name) => name.startsWith('-'))).toEqual(['-21112026', '-01122026']);
  });
});

describe('a log that is rotated in a way nobody knows', () => {
  it('is found by what it holds, and from then on by how it is called', async () => {
    writeFileSync(log, lines('a'));
    const before = await followThrough(log, []);
    appendFileSync(log, lines('b'));
    renameSync(log, `${log}.week45-x`);
    writeFileSync(`${log}.week46-x.gz`, gzipSync(lines('c')));
    writeFileSync(`${log}.week47-x`, lines('d'));
    writeFileSync(log, lines('e'));
    const sink = await followThrough(log, [], before.last);
    expect(sink.text).toBe(['b', 'c', 'd', 'e'].map((name) => lines(name)).join(''));
    expect(sink.faults).toEqual([]);
    // after a restart too
    renameSync(log, `${log}.week48-x`);
    writeFileSync(`${log}.week49-x`, lines('f'));
    writeFileSync(log, lines('g'));
    expect((await followThrough(log, [], sink.last)).text).toBe(lines('f') + lines('g'));
  });

  it('into a folder beside it, as it runs', async () => {
    const old = join(folder, 'old');
    mkdirSync(old);
    const rotate = (name: string): void => {
      copyFileSync(log, join(old, 'access.log.1'));
      writeFileSync(log, lines(name));
    };
    const sink = await followThrough(log, [
      () => writeFileSync(log, lines('a')),
      () => {
        appendFileSync(log, lines('b'));
        rotate('c');
      },
      ...Array.from({ length: 14 }, () => () => undefined),
      () => {
        appendFileSync(log, lines('d'));
        renameSync(join(old, 'access.log.1'), join(old, 'access.log.2'));
        rotate('e');
      },
    ]);
    expect(sink.text).toBe(['a', 'b', 'c', 'd', 'e'].map((name) => lines(name)).join(''));
    expect(sink.faults).toEqual([]);
  });

  it('takes no file that holds something else for it, and says which ones it looked at and what to do', async () => {
    writeFileSync(`${log}.1`, lines('z'));
    writeFileSync(join(folder, 'access-admin.log'), lines('y'));
    const sink = await followThrough(log, [
      () => writeFileSync(log, lines('a')),
      () => {
        writeFileSync(join(folder, 'access-b.log'), lines('a').replace('line 0', 'line x'));
        appendFileSync(log, lines('b'));
        writeFileSync(log, lines('c', 5));
      },
    ]);
    expect(sink.text).toBe(lines('a') + lines('c', 5));
    expect(sink.faults).toHaveLength(1);
    expect(sink.faults[0]).toMatch(/was emptied or replaced .* Lines that were written right before that are missing\./);
    expect(sink.faults[0]).toContain(`In ${folder} and the folders there, it is none of access.log.1, access-b.log. If rotation`);
    expect(sink.faults[0]).toMatch(/olddir.* import the file that has the missing lines/);
  });

  it('takes no other log for one of which only the header was read', async () => {
    const header = 'ts,orig_h\n';
    writeFileSync(log, header);
    const before = await followThrough(log, []);
    rmSync(log);
    for (const name of ['x', 'y']) writeFileSync(join(folder, `access-${name}.log`), header + lines(name));
    writeFileSync(log, `${header}${lines('c')}`);
    const { text } = await followThrough(log, [], before.last);
    expect(text).toBe(lines('c'));
  });
});
