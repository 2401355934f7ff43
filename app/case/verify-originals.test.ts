import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyResult } from '../contract/case.ts';
import { createCase, openCaseForReading } from './open.ts';
import { appendRecords, caseFields, figures, scratchFolder, source, testRecords } from './testing.ts';
import { verifyCase } from './verify.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
let original: string;
const content = Buffer.from('the original log\n'.repeat(100));

beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
  original = join(folder.path, 'logs', 'a.log');
  mkdirSync(join(folder.path, 'logs'));
  writeFileSync(original, content);
  const writer = createCase(path, caseFields);
  const session = writer.beginEvidence({ ...source('a.log'), path: original, bytes: content.length });
  appendRecords(session, testRecords(250), 100);
  session.finish(figures(250, 0, createHash('sha256').update(content).digest('hex')));
  writer.close();
});
afterEach(() => folder.remove());

async function verify(originals?: string): Promise<VerifyResult> {
  const reader = openCaseForReading(path);
  try {
    return await verifyCase(reader, { originals }, { report: () => undefined, stopped: () => false });
  } finally {
    reader.close();
  }
}

describe('originals', () => {
  it('that differ by one byte are found, that are missing are said to be', async () => {
    const changed = Buffer.from(content);
    changed[500] ^= 1;
    writeFileSync(original, changed);
    expect(await verify()).toMatchObject({ ok: false, evidence: [{ match: false, row: true, records: true }] });
    writeFileSync(original, content.subarray(1));
    expect(await verify()).toMatchObject({ ok: false, evidence: [{ match: false }] });
    rmSync(original);
    expect(await verify()).toMatchObject({
      ok: true,
      evidence: [{ match: null, message: expect.stringContaining('not found') as string }],
    });
  });

  it('are looked for below a folder, by name and by content', async () => {
    rmSync(original);
    const archive = join(folder.path, 'archive');
    mkdirSync(join(archive, 'deep'), { recursive: true });
    writeFileSync(join(archive, 'deep', 'renamed.bin'), content);
    writeFileSync(join(archive, 'other.log'), Buffer.alloc(content.length));
    expect(await verify(archive)).toMatchObject({ ok: true, evidence: [{ match: true }] });
    writeFileSync(join(archive, 'deep', 'renamed.bin'), 'x');
    expect(await verify(archive)).toMatchObject({ ok: true, evidence: [{ match: null }] });
    writeFileSync(join(archive, 'a.log'), Buffer.alloc(content.length));
    expect(await verify(archive)).toMatchObject({ ok: false, evidence: [{ match: false }] });
    mkdirSync(join(archive, 'zz'));
    writeFileSync(join(archive, 'zz', 'a.log'), content);
    expect(await verify(archive)).toMatchObject({ ok: true, evidence: [{ match: true }] });
  });

  it('are looked for below the folder that was named and nowhere else, and a folder that is none is said to be', async () => {
    const empty = join(folder.path, 'empty');
    mkdirSync(empty);
    expect(await verify(empty)).toMatchObject({ ok: true, evidence: [{ match: null }] });
    await expect(verify(join(folder.path, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(verify(original)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
