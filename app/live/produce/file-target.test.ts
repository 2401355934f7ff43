import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileTarget, rotationKinds } from './file-target.ts';
import type { LogLine } from './log-lines.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowcase-produce-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (text: string, kind: LogLine['kind'] = 'record'): LogLine => ({ bytes: Buffer.from(`${text}\n`), kind, ts: NaN });

/** What lies there, the oldest first. */
function filesOf(path: string): string[] {
  const names = readdirSync(dirname(path)).sort((a, b) => Number(/\d+/.exec(b)?.[0] ?? 0) - Number(/\d+/.exec(a)?.[0] ?? 0));
  expect(names).toContain(basename(path));
  return names.map((name) => {
    const bytes = readFileSync(join(dirname(path), name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  });
}

describe('a log file that grows', () => {
  it.each(rotationKinds.flatMap((kind) => [false, true].map((gzip) => [kind, gzip] as const)))(
    'keeps every line over rotations (%s, packed: %s)',
    async (kind, gzip) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (batches, every) => {
            const path = join(mkdtempSync(join(folder, 'run-')), 'a.log');
            const target = await FileTarget.open(path, { rotation: { kind, every, gzip }, append: false });
            await target.write([line('#head', 'head')]);
            let written = 0;
            for (const size of batches) await target.write(Array.from({ length: size }, () => line(`r${written++}`)));
            await target.close();
            const files = filesOf(path).map((text) => text.trimEnd().split('\n'));
            expect(files.map((lines) => lines[0])).toEqual(files.map(() => '#head'));
            expect(files.flatMap((lines) => lines.slice(1))).toEqual(Array.from({ length: written }, (_, i) => `r${i}`));
            expect(files.slice(0, -1).map((lines) => lines.length - 1)).toEqual(files.slice(1).map(() => every));
            expect(target.rotations).toBe(files.length - 1);
          },
        ),
        { numRuns: 15 },
      );
    },
  );

  it('is not begun where there is one already, unless it is gone on with', async () => {
    const path = join(folder, 'evidence.log');
    writeFileSync(path, 'evidence\n');
    await expect(FileTarget.open(path, { rotation: null, append: false })).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const target = await FileTarget.open(path, { rotation: null, append: true });
    await target.write([line('more')]);
    await target.close();
    expect(readFileSync(path, 'utf8')).toBe('evidence\nmore\n');
  });

  it('is not there where nothing came', async () => {
    const path = join(folder, 'none.log');
    await (await FileTarget.open(path, { rotation: null, append: false })).close();
    expect(existsSync(path)).toBe(false);
  });
});
