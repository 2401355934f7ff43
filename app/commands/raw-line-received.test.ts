import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../contract/case.ts';
import { sha256 } from '../import/testing-import.ts';
import { accessLines, accessLog, packedAccessLog } from '../original/packed/testing.ts';
import { usualLimits } from './raw-line-look.ts';
import { readRawLine } from './raw-line.ts';
import { missing, RawLineBench } from './testing-raw-line.ts';

const bench = new RawLineBench();

describe('what was received as it grew', () => {
  const log = (turn: number): string => accessLog.replaceAll('/page/', `/page/${turn}/`);
  const rows = (turn: number): string[] => log(turn).trimEnd().split('\n');

  /** Evidence as watching leaves it behind: what a file had from one of its lines to another. */
  async function received(turn: number, first: number, last: number): Promise<Evidence & { readonly offsets: number[] }> {
    const offsets = rows(turn).map((_, i) =>
      Buffer.byteLength(
        rows(turn)
          .slice(0, i)
          .map((row) => `${row}\n`)
          .join(''),
      ),
    );
    const from = offsets[first];
    const piece = Buffer.from(`${rows(turn).slice(first, last).join('\n')}\n`);
    const of = await bench.imported(bench.file(`of-${turn}-${first}`, piece), { force: true });
    const path = join(bench.folder, 'access.log');
    return { ...of, path, name: 'access.log', options: { source: 1, from }, offsets: offsets.slice(first, last) };
  }

  it('is found beside its path in rotated and packed files, whatever lies there', async () => {
    const pieces = [await received(1, 0, 40), await received(1, 40, 120), await received(2, 0, 100), await received(3, 0, 120)];
    bench.file('access.log', log(4));
    bench.file('access.log.1', log(3));
    bench.file('access.log.2.gz', gzipSync(log(2)));
    bench.file('old/access-3.log.zst', zstdCompressSync(log(1)));
    bench.file('access.log.4.xz', packedAccessLog.xz.subarray(0, 300));
    bench.file('access.log.5.bz2', Buffer.from(packedAccessLog.bz2).fill(7, 200, 300));
    mkdirSync(join(bench.folder, 'access.log.d'));
    symlinkSync('access.log.6', join(bench.folder, 'access.log.6'));
    spawnSync('mkfifo', [join(bench.folder, 'access.log.7')]);
    for (const [i, piece] of pieces.entries()) {
      const turn = [1, 1, 2, 3][i];
      const all = rows(turn);
      for (const offset of piece.offsets) {
        const at = log(turn).slice(0, offset).split('\n').length - 1;
        expect(await readRawLine(piece, offset)).toEqual({ raw: all[at], rawMissing: null });
      }
    }
    rmSync(join(bench.folder, 'old/access-3.log.zst'));
    expect(await readRawLine(pieces[0], 0)).toEqual(missing('rotated away or changed'));
  });

  it('is found in what xz and bzip2 packed', async () => {
    const piece = { ...(await received(0, 0, 120)), sha256: sha256(accessLog), bytes: accessLog.length };
    for (const ending of ['xz', 'bz2'] as const) {
      const path = bench.file(`access.log-20241011.${ending}`, packedAccessLog[ending]);
      expect((await readRawLine(piece, accessLog.indexOf('10.0.0.7 '))).raw).toBe(accessLines[7]);
      rmSync(path);
    }
  });

  it('is not looked for without end: what was not looked through is said', async () => {
    const piece = await received(1, 0, 40);
    bench.file('access.log.1.gz', gzipSync(log(1)));
    expect(await readRawLine(piece, 0, { ...usualLimits, unpacked: 100 })).toEqual(missing('may be in a file beside it', 'verify'));
    expect(await readRawLine(piece, 0, { ...usualLimits, milliseconds: -1 })).toEqual(missing('may be in a file beside it', 'verify'));
    expect((await readRawLine(piece, 0)).raw).toBe(rows(1)[0]);
  });
});
