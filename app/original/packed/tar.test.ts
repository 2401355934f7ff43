import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Original } from '../original.ts';
import { archiveOf, membersOf } from './archive.ts';
import { isTar } from './tar.ts';
import { tarOf } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

type Content = [name: string, bytes: number, damage: string | null];

/** What comes out of an archive; every second member is passed over where `skip` is set. */
async function contents(path: string, skip = false): Promise<{ readonly all: Content[]; readonly error: unknown }> {
  const original = await Original.open(path);
  const all: Content[] = [];
  try {
    expect(await archiveOf(original)).toBe('tar');
    let turn = 0;
    for await (const member of membersOf(original, 'tar')) {
      if (skip && turn++ % 2 === 0) continue;
      let bytes = 0;
      const damage = await member.read(async (block) => {
        await new Promise((resolve) => setImmediate(resolve));
        bytes += block.length;
      });
      all.push([member.name, bytes, damage?.kind ?? null]);
    }
    return { all, error: null };
  } catch (error) {
    return { all, error };
  } finally {
    await original.close();
  }
}

const files = {
  'a.log': 'a\n'.repeat(700_000),
  './logs/../b.log': 'b\n',
  '.hidden/c.log': 'c\n',
  'empty.log': '',
  'd.log': 'd\n'.repeat(300),
};
const sizes: Content[] = [
  ['a.log', 1_400_000, null],
  ['./logs/../b.log', 2, null],
  ['empty.log', 0, null],
  ['d.log', 600, null],
];

describe('tar archives', () => {
  it('are known by their content, packed or not, and read in one go', async () => {
    const tar = await tarOf(files);
    for (const [name, bytes] of Object.entries({ plain: tar, gz: gzipSync(tar), zst: zstdCompressSync(tar) })) {
      expect(await contents(file(name, bytes))).toEqual({ all: sizes, error: null });
    }
    expect(isTar(Buffer.alloc(1024))).toBe(false);
    expect(isTar(Buffer.from('10.0.0.1 - - [x]\n'.repeat(40)))).toBe(false);
  });

  it('may be passed over in part', async () => {
    const { all, error } = await contents(file('part.tar', await tarOf(files)), true);
    expect([all.map(([name]) => name), error]).toEqual([['./logs/../b.log', 'd.log'], null]);
  });

  it.skipIf(process.platform === 'win32')('as GNU tar writes them: long names; links and folders are no files', async () => {
    const long = `${'deep/'.repeat(30)}conn.log`;
    mkdirSync(join(folder, 'in', 'deep/'.repeat(30)), { recursive: true });
    writeFileSync(join(folder, 'in', long), 'x\n');
    symlinkSync('/etc/passwd', join(folder, 'in/link.log'));
    for (const format of ['gnu', 'posix', 'ustar']) {
      const path = join(folder, `${format}.tar`);
      expect(spawnSync('tar', ['-C', join(folder, 'in'), `--format=${format}`, '-cf', path, '.']).status).toBe(0);
      expect(await contents(path)).toEqual({ all: [[`./${long}`, 2, null]], error: null });
    }
  });

  it('that break off or are damaged say so, with everything before', async () => {
    const tar = await tarOf(files);
    const cut = await contents(file('cut.tar', tar.subarray(0, 900_000)));
    expect(cut.all).toEqual([['a.log', 900_000 - 512, 'cut']]);
    const between = await contents(file('between.tar', tar.subarray(0, 1_400_000 + 512 + 320 + 200)));
    expect(between.all).toEqual([sizes[0]]);
    expect(between.error).toMatchObject({ code: 'FILE_DAMAGED', message: expect.stringContaining('breaks off') as string });
    const bent = Buffer.from(tar);
    bent.fill(0x41, 1_400_832 + 100, 1_400_832 + 200);
    const damaged = await contents(file('bent.tar', bent));
    expect(damaged.all).toEqual([sizes[0]]);
    expect(damaged.error).toMatchObject({ code: 'FILE_DAMAGED' });
  });
});
