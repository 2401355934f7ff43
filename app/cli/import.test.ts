import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCommands } from './commands/import.ts';
import { CliBench, type Ran } from './testing.ts';

type Outcome = (paths: readonly string[]) => { evidence: unknown[]; skipped: unknown[]; refused: unknown[] };

const bench = new CliBench();
/** Runs the command over a host whose import ends as given. */
const run = (paths: readonly string[], outcome: Outcome): Promise<Ran> =>
  bench.run(importCommands, 'import', paths, (input) => outcome((input as { readonly paths: readonly string[] }).paths));

const skip = (path: string): unknown => ({ path, evidence: 1, message: `${path} was skipped` });
const refusal = (path: string): unknown => ({ path, code: 'FORMAT_UNKNOWN', message: `${path} is no log` });

describe('import in the terminal', () => {
  it('fails where a file that was named is refused; of a folder it says how many are', async () => {
    const named = await run(['x.log', 'y.log'], ([x, y]) => ({ evidence: [], skipped: [skip(x)], refused: [refusal(y)], hidden: 0 }));
    expect(named.exit).toBe(1);
    const some = await run(['logs'], ([logs]) => ({
      evidence: [],
      skipped: [skip(join(logs, 'x'))],
      refused: [refusal(join(logs, 'y')), refusal(join(logs, 'z'))],
    }));
    expect(some).toMatchObject({ exit: 0, err: expect.stringContaining('2 files were refused.') as string });
    const none = await run(['logs'], ([logs]) => ({ evidence: [], skipped: [], refused: [refusal(join(logs, 'y'))], hidden: 0 }));
    expect(none).toMatchObject({ exit: 1, err: expect.stringContaining('1 file was refused.') as string });
  });

  it('keeps no copy of standard input that the case has already', async () => {
    const copies = (): string[] => readdirSync(bench.folder).filter((name) => name.includes('stdin'));
    await run(['-'], ([path]) => ({ evidence: [], skipped: [skip(path)], refused: [], hidden: 0 }));
    expect(copies()).toEqual([]);
    await run(['-'], ([path]) => ({ evidence: [], skipped: [], refused: [refusal(path)], hidden: 0 }));
    expect(copies()).toHaveLength(1);
  });

  it('says which copy of standard input nothing rests on: of an import that was ended, refused or failed', async () => {
    for (const name of readdirSync(bench.folder).filter((one) => one.includes('stdin'))) rmSync(join(bench.folder, name));
    const cut = 'a-stdin-20261121T100000Z.log.part';
    const whole = 'a-stdin-20261121T100000Z-2.log';
    const strangers = ['a-stdin-notes.log', 'b-stdin-20261121T100000Z.log'];
    for (const name of [cut, whole, ...strangers]) writeFileSync(join(bench.folder, name), 'some of a log\n');
    const next = await run(['x.log'], ([x]) => ({ evidence: [], skipped: [skip(x)], refused: [], hidden: 0 }));
    expect(next).toMatchObject({ exit: 0 });
    expect(next.err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /-2\.log \(14 B, last written .* UTC\) is what came .* no evidence of this case rests on it: .* import that file, or delete it\.$/,
      ),
      expect.stringMatching(
        /Z\.log\.part \(14 B, .* ended before all of it had come, or that is still waiting for more\. If none is waiting, import/,
      ),
    ]);
    rmSync(join(bench.folder, cut));
    rmSync(join(bench.folder, whole));
    const refused = await run(['-'], ([path]) => ({ evidence: [], skipped: [], refused: [refusal(path)], hidden: 0 }));
    expect(refused.err.match(/no evidence of this case rests on it/g)).toHaveLength(1);
    for (const name of readdirSync(bench.folder).filter((one) => one.includes('a-stdin-2'))) rmSync(join(bench.folder, name));
    const said: string[] = [];
    const failing = bench.run(
      importCommands,
      'import',
      ['-'],
      () => Promise.reject(new Error('locked')),
      (text) => said.push(text),
    );
    await expect(failing).rejects.toThrow('locked');
    expect(said.join('')).toContain('no evidence of this case rests on it');
  });
});
