import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { accessLines, packedAccessLog } from '../original/packed/testing.ts';
import { matches, messages, text, turn, VerifyBench } from './testing-verify.ts';

const bench = new VerifyBench();

describe('what was received as it grew', () => {
  it('is found in the packed files that rotation left, each unpacked once', async () => {
    const path = join(bench.folder, 'access.log');
    for (const number of [1, 2, 3]) for (const first of [0, 30, 60, 90]) bench.received(path, turn(number), first, first + 30);
    bench.received(path, accessLines, 0, 50);
    bench.received(path, accessLines, 50, 120);
    bench.file('access.log', text(turn(4)));
    bench.file('access.log.1', text(turn(3)));
    bench.file('access.log.2.gz', gzipSync(text(turn(2))));
    bench.file(
      'access.log.3.zst',
      Buffer.concat([zstdCompressSync(text(turn(1).slice(0, 45))), zstdCompressSync(text(turn(1).slice(45)))]),
    );
    bench.file('access.log.4.xz', packedAccessLog.xz);
    const notes: string[] = [];
    const result = await bench.verify(undefined, { report: (_done, _total, _unit, note) => void notes.push(note), stopped: () => false });
    expect(matches(result)).toEqual(Array.from({ length: 14 }, () => true));
    expect(result.evidence[4].message).toContain('packed in');
    expect(result.evidence.map(({ id, name }) => [id, name])).toEqual(Array.from({ length: 14 }, (_, i) => [i + 1, 'access.log']));
    expect(notes).toContain('unpacking access.log.2.gz');
    rmSync(join(bench.folder, 'access.log.4.xz'));
    bench.file('access.log.4.bz2', packedAccessLog.bz2);
    writeFileSync(join(bench.folder, 'access.log.2.gz'), gzipSync(text(turn(2)).replace('/page/2/45 ', '/page/2/54 ')));
    const changed = await bench.verify();
    expect(matches(changed)).toEqual([true, true, true, true, true, null, true, true, true, true, true, true, true, true]);
    expect(changed.ok).toBe(true);
    expect(messages(changed)).toContain('No file in');
  });

  it('is not disturbed by what else lies there: folders, pipes, links in circles, cut and empty files, odd and long names', async () => {
    const path = join(bench.folder, 'access.log');
    bench.received(path, turn(1), 0, 20);
    bench.received(path, turn(1), 20, 20);
    mkdirSync(join(bench.folder, 'access.log.d'));
    symlinkSync('.', join(bench.folder, 'access.loop'));
    symlinkSync('access.log.0', join(bench.folder, 'access.log.0'));
    spawnSync('mkfifo', [join(bench.folder, 'access.log.1'), join(bench.folder, 'access.log.1.gz')]);
    bench.file('access.log.2.gz', gzipSync(text(turn(1))).subarray(0, 40));
    bench.file('access.log.3.gz', '');
    bench.file('access.log.4.gz', 'no gzip at all');
    writeFileSync(Buffer.concat([Buffer.from(`${bench.folder}/access.log.`), Buffer.from([0xff, 0xfe])]), text(turn(1)));
    bench.file(`access${'x'.repeat(240)}.gz`, zstdCompressSync(text(turn(1)), {}));
    const result = await bench.verify();
    expect(matches(result)).toEqual([true, null]);
    expect(messages(result)).toContain('xxx.gz');
    expect(messages(result)).toContain('nothing to compare');
  });

  it('is found when the log was rotated on after it was caught up with under a rotated name', async () => {
    const at = (name: string): string => join(bench.folder, name);
    bench.received(at('access.log.1.gz'), turn(1), 0, 120);
    bench.received(at('access.log.11'), turn(2), 0, 120);
    bench.received(at('access-20261121.log'), turn(3), 0, 120);
    bench.received(at('access.log'), turn(4), 0, 120);
    bench.received(at('access.log.8.gz'), turn(5), 0, 120);
    // a part of what is in the same file
    bench.received(at('access.log'), turn(5), 0, 40);
    bench.received(at('access.log'), turn(5), 40, 120);
    bench.file('access.log', text(turn(6)));
    bench.file('access.log.2.gz', gzipSync(text(turn(1))));
    bench.file('access.log.12', text(turn(2)));
    bench.file('access-20261121.log.xz', 'no xz');
    bench.file('access-20261121.log.gz', gzipSync(text(turn(3))));
    bench.file('access.log.7.gz', gzipSync(text(turn(4))));
    bench.file('access.log.8.gz', gzipSync(text(turn(5))));
    const result = await bench.verify();
    expect(matches(result)).toEqual([true, true, true, true, true, true, true]);
    expect(result.evidence[0].message).toContain('packed in');
    expect(result.evidence[0].message).toContain('access.log.2.gz');
    expect(result.evidence[1].message).toContain('access.log.12');
    expect(result.evidence[4].message).toContain('access.log.8.gz');
  });

  it('is looked for below the folder that is named, however deep, and not at its path', async () => {
    const path = bench.file('access.log', text(turn(1)));
    bench.received(path, turn(1), 0, 60);
    bench.received(path, turn(1), 60, 120);
    mkdirSync(join(bench.folder, 'empty'));
    expect(matches(await bench.verify(join(bench.folder, 'empty')))).toEqual([null, null]);
    bench.file('elsewhere/of/march/access.log-20241011.gz', gzipSync(text(turn(1))));
    expect(matches(await bench.verify(join(bench.folder, 'elsewhere')))).toEqual([true, true]);
  });
});
