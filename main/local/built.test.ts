import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const out = join(import.meta.dirname, '..', '..', 'out');
const built = existsSync(join(out, 'main', 'cli.js'));

describe('the production build', () => {
  it.skipIf(!built)('does the main job in the terminal as the sources do (skipped where "npm run build" was not run)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowcase-built-'));
    try {
      const done = spawnSync(process.execPath, [join(out, 'main', 'cli.js'), 'demo', '--json', '--out', join(folder, 'demo')], {
        encoding: 'utf8',
        env: { ...process.env, FLOWCASE_DATA: join(folder, 'data') },
      });
      expect(done.stderr).toBe('');
      expect(done.status).toBe(0);
      const answer = JSON.parse(done.stdout) as {
        readonly report: string;
        readonly clusters: readonly unknown[];
        readonly findings: readonly unknown[];
      };
      expect(answer.clusters).toHaveLength(7);
      expect(answer.findings.length).toBeGreaterThan(0);
      expect(readFileSync(answer.report).subarray(0, 5).toString()).toBe('%PDF-');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.skipIf(!built)('gives the sandboxed preload nothing but electron to require', () => {
    const text = readFileSync(join(out, 'preload', 'preload.cjs'), 'utf8');
    const required = [...text.matchAll(/require\(([^)]*)\)/g)].map(([, name]) => name?.replace(/["'`]/g, ''));
    expect(new Set(required)).toEqual(new Set(['electron']));
  });
});
