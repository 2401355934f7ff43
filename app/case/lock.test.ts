import Database from 'better-sqlite3';
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { caseFields, folderState, identity, importRecords, readRecords, scratchFolder, testRecords } from './testing.ts';

const child = fileURLToPath(new URL('./testing-child.ts', import.meta.url));
let folder: ReturnType<typeof scratchFolder>;
let path: string;
let other: ChildProcess | null = null;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
});
afterEach(() => {
  other?.kill('SIGKILL');
  other = null;
  folder.remove();
});

async function start(act: string, appends = 0): Promise<ChildProcess> {
  other = fork(child, [act, path, String(appends)], { execArgv: [] });
  await once(other, 'message');
  return other;
}

describe('one writer at a time', () => {
  it('in one process: the second is refused and told who, and may come when the first has left', () => {
    const first = createCase(path, caseFields);
    const before = folderState(folder.path);
    for (let i = 0; i < 3; i++)
      expect(() => openCaseForWriting(path, identity)).toThrow(/open for writing in another Flowcase \(Ada, process \d+ on /);
    expect(folderState(folder.path)).toEqual(before);
    first.close();
    first.close();
    const second = openCaseForWriting(path, identity);
    second.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);
  });

  it('over processes; readers are let in; a killed writer locks nobody out', async () => {
    const mine = createCase(path, caseFields);
    importRecords(mine, testRecords(10));
    mine.close();
    const holder = await start('hold');
    expect(() => openCaseForWriting(path, identity)).toThrow(expect.objectContaining({ code: 'CASE_LOCKED' }) as Error);
    const reader = openCaseForReading(path);
    expect(readRecords(reader)).toEqual(testRecords(10));
    reader.close();
    // Looking in from here must not have opened the lock: another process is still refused.
    expect(() => openCaseForWriting(path, identity)).toThrow(/another Flowcase \(child, process/);

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(`${path}-lock`)).toBe(true);
    const again = openCaseForWriting(path, identity);
    again.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);
  });

  it('a lock file that is rubbish locks nobody out', () => {
    createCase(path, caseFields).close();
    writeFileSync(`${path}-lock`, 'rubbish, and long enough to be taken for something');
    openCaseForWriting(path, identity).close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase']);
  });

  it('a lock file that a full disk has no room for does not stay', (test) => {
    if (spawnSync('unshare', ['-rm', 'true']).status !== 0) test.skip('unshare is missing: no disk can be made small here');
    const work = `
      import { readdirSync, writeFileSync } from 'node:fs';
      import { lockCase } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
      writeFileSync('fill', Buffer.alloc(4096));
      let code = 'none';
      try { lockCase('a.flowcase', 'Ada'); } catch (error) { code = error.code; }
      console.log(code, ...readdirSync('.'));`;
    const small = 'mount -t tmpfs -o size=4k small "$1" && cd "$1" && exec "$2" --input-type=module -e "$3"';
    const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', small, 'sh', folder.path, process.execPath, work], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect([stdout, stderr]).toEqual(['WRITE_FAILED fill\n', '']);
  });
});

describe('the death of an importing process', () => {
  it.each([0, 1, 2, 5, 20, 50])('leaves the case as it was before (after %i chunks)', async (appends) => {
    const mine = createCase(path, caseFields);
    importRecords(mine, testRecords(200), 'before.log', 100);
    mine.close();
    const importer = await start('import', appends);
    importer.kill('SIGKILL');
    await once(importer, 'exit');
    const raw = new Database(path, { readonly: true });
    expect(raw.prepare('SELECT count(*) FROM chunk').pluck().get()).toBeGreaterThanOrEqual(2 + appends);
    raw.close();

    const reader = openCaseForReading(path);
    expect(readRecords(reader)).toEqual(testRecords(200));
    expect(reader.info()).toMatchObject({ evidence: 1, connections: 200, rejects: 0, hosts: 12 });
    reader.close();

    const again = openCaseForWriting(path, identity);
    const next = importRecords(again, testRecords(5, 900), 'after.log');
    expect(next.id).toBe(2);
    again.close();
    const after = openCaseForReading(path);
    expect(readRecords(after)).toEqual([...testRecords(200), ...testRecords(5, 900)]);
    expect(after.table('connection').chunks.at(-1)).toMatchObject({ id: 3, firstRow: 200 });
    expect(after.rejects({ offset: 0, limit: 10 }).total).toBe(0);
    expect([...after.sql('SELECT count(*) FROM host').rows]).toEqual([[12]]);
    after.close();
  });
});
