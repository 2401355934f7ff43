import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import { verifyCase } from '../case/verify.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles } from './import-files.ts';

const MIB = 2 ** 20;
const quiet: Progress = { report: () => undefined, stopped: () => false };
const scratch = scratchFolder();
const disk = join(scratch.path, 'disk');
mkdirSync(disk);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync('umount', ['--lazy', disk]);
  scratch.remove();
});

function room(): number {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
}

describe.skipIf(!mounted)('a small disk (skipped where none can be mounted)', () => {
  const path = join(disk, 'case.flowcase');
  const log = join(scratch.path, 'conn.log');
  const small = join(scratch.path, 'small.log');
  const row = (i: number): string =>
    `1713556800.${String(i * 7).padStart(6, '0')}\tC${i}xyzXYZ${(i * 7919) % 99991}\t10.${i % 200}.${i % 99}.${i % 7}\t40000\t192.0.2.10\t443\ttcp\tssl\t1.5\t${i}\t2000\tSF\n`;
  beforeAll(() => {
    writeFileSync(small, zeekConn.example);
    writeFileSync(log, zeekConn.example.replace(/^#close.*\n/m, '') + Array.from({ length: 400_000 }, (_, i) => row(i)).join(''));
  });

  it('gets back the room that a failed import took, while the case is open and when it is closed', async () => {
    const writer = createCase(path, caseFields);
    await importFiles(writer, { paths: [small], force: false }, quiet);
    const before = [writer.info(), writer.evidence()];
    for (let time = 0; time < 2; time++) {
      const error: unknown = await importFiles(writer, { paths: [log], force: true }, quiet).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'WRITE_FAILED' });
      expect((error as Error).message).toMatch(/is full.*Make room/);
      expect(statSync(`${path}-wal`).size).toBeLessThan(MIB);
      expect(room()).toBeGreaterThan(MIB);
      expect([writer.info(), writer.evidence()]).toEqual(before);
    }
    writer.record('note', 'still writable', {});
    writer.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(statSync(path).size).toBeLessThan(2 * MIB);

    // what others fill is not ours to give back: the case is read and verified all the same
    writeFileSync(join(disk, 'others'), new Uint8Array(room()));
    expect(room()).toBe(0);
    const reader = openCaseForReading(path);
    expect((await verifyCase(reader, {}, quiet)).ok).toBe(true);
    reader.close();
    expect(() => openCaseForWriting(path, identity)).toThrow(/is full/);
  });
});
