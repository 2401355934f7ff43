import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SavedMappings } from './saved-mappings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-host-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('saved mappings', () => {
  const options = { timeZone: '+02:00', mapping: { columns: [{ from: 'a', to: 'ts' }], delimiter: ';' as const } };

  it('are kept by name, replaced and forgotten', async () => {
    const mappings = new SavedMappings(folder);
    await mappings.save({ name: 'firewall', format: 'csv', options }, 1);
    await mappings.save({ name: 'argus', format: 'csv', options: {} }, 2);
    expect(await mappings.save({ name: 'firewall', format: 'csv', options }, 3)).toEqual({
      name: 'firewall',
      format: 'csv',
      options,
      saved: 3,
    });
    expect(await new SavedMappings(folder).list()).toEqual([
      { name: 'argus', format: 'csv', options: {}, saved: 2 },
      { name: 'firewall', format: 'csv', options, saved: 3 },
    ]);
    await mappings.remove('argus');
    expect((await mappings.list()).map(({ name }) => name)).toEqual(['firewall']);
    await expect(mappings.remove('argus')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('survive a damaged file, and leave out what is no mapping', async () => {
    writeFileSync(join(folder, 'mappings.json'), JSON.stringify([{ name: 'x' }, { name: 'a', format: 'csv', options: {}, saved: 1 }, 5]));
    expect(await new SavedMappings(folder).list()).toHaveLength(1);
    writeFileSync(join(folder, 'mappings.json'), '{');
    expect(await new SavedMappings(folder).list()).toEqual([]);
  });
});
