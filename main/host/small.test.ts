import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseInfo } from '../../app/contract.ts';
import { FlowcaseError } from '../../app/errors.ts';
import { listFolder } from './files.ts';
import { RecentCases } from './recent.ts';
import { buffersOf } from './transfer.ts';
import { checkInput, checkName } from './validate.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-host-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const caseAt = (path: string): CaseInfo => ({ path, name: `case ${path}`, number: '1', examiner: 'Ada' }) as CaseInfo;

describe('recent cases', () => {
  it('are listed with the latest first, once each, and say whether they are still there', async () => {
    const recent = new RecentCases(join(folder, 'data'));
    const here = join(folder, 'here.flowcase');
    writeFileSync(here, '');
    await recent.add(caseAt(here), 1);
    await recent.add(caseAt('/gone.flowcase'), 2);
    await recent.add(caseAt(here), 3);
    expect(await recent.list()).toEqual([
      { path: here, name: `case ${here}`, number: '1', examiner: 'Ada', opened: 3, exists: true },
      { path: '/gone.flowcase', name: 'case /gone.flowcase', number: '1', examiner: 'Ada', opened: 2, exists: false },
    ]);
    await recent.forget(here);
    expect((await recent.list()).map(({ path }) => path)).toEqual(['/gone.flowcase']);
  });

  it('lose nothing when many are added at once, and leave no drafts', async () => {
    const recent = new RecentCases(folder);
    await Promise.all(Array.from({ length: 20 }, (_, i) => recent.add(caseAt(`/case-${i}`), i)));
    expect((await recent.list()).map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, i) => `/case-${19 - i}`));
    expect(readdirSync(folder)).toEqual(['recent.json']);
  });

  it.each(['', '{', '[1, null, {"path": 5}]', '"text"', '\0\0\0'])('survive a damaged list: %j', async (damaged) => {
    writeFileSync(join(folder, 'recent.json'), damaged);
    const recent = new RecentCases(folder);
    expect(await recent.list()).toEqual([]);
    await recent.add(caseAt('/a'), 1);
    expect(await recent.list()).toHaveLength(1);
  });
});

describe('folders for a window without a system dialog', () => {
  it('are listed: folders first, by name with numbers in order, hidden and dangling ones left out', async () => {
    for (const name of ['conn10.log', 'conn9.log', '.hidden', 'a <b>.log']) writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'zeek'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    symlinkSync(join(folder, 'zeek'), join(folder, 'link'));
    const list = await listFolder(folder);
    expect(list.entries.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'folder link',
      'folder zeek',
      'file a <b>.log',
      'file conn9.log',
      'file conn10.log',
    ]);
    expect(list).toMatchObject({ path: folder, parent: tmpdir() });
    expect((await listFolder('/')).parent).toBeNull();
  });

  it('that are none are refused by name', async () => {
    await expect(listFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    writeFileSync(join(folder, 'file'), '');
    await expect(listFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});

describe('input', () => {
  const refusal = (work: () => unknown): FlowcaseError => {
    try {
      work();
    } catch (error) {
      if (error instanceof FlowcaseError) return error;
    }
    throw new Error('was not refused');
  };

  it('gets its defaults', () => {
    expect(checkInput('cluster.run', {})).toEqual({
      of: 'connections',
      method: 'kmeans',
      k: 7,
      seed: 1,
      recipe: '',
      where: '',
      covariance: 'full',
      scaling: null,
      features: [],
      window: null,
      starts: null,
      tune: null,
    });
  });

  it('is refused with the name of the field that is wrong', () => {
    expect(refusal(() => checkInput('cluster.run', { seed: -1 }))).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'seed' } });
    expect(refusal(() => checkInput('tag.add', { name: 'x', target: { type: 'host' } })).details).toMatchObject({ field: 'target.host' });
    expect(refusal(() => checkInput('evidence.import', { paths: ['a', 'b\0c'] })).details).toMatchObject({ field: 'paths.1' });
    expect(refusal(() => checkInput('case.open', { path: 'x', extra: 1 })).message).toContain('extra');
    for (const input of [undefined, null, 5, 'x', []])
      expect(refusal(() => checkInput('case.info', input as never)).code).toBe('INVALID_INPUT');
  });

  it('names commands of the contract and nothing else', () => {
    expect(checkName('case.info')).toBe('case.info');
    for (const name of ['toString', '__proto__', 'constructor', '', 5, null, undefined])
      expect(refusal(() => checkName(name)).code).toBe('INVALID_INPUT');
  });
});

it('finds every buffer of a value once, and leaves what Node shares', () => {
  const shared = new Float64Array(4);
  const value = { a: [shared.subarray(1), shared.subarray(2)], b: { c: new Uint16Array(2) }, d: Buffer.from('pool'), e: null };
  expect(new Set(buffersOf(value))).toEqual(new Set([shared.buffer, value.b.c.buffer]));
});
