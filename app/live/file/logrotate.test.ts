import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Position } from '../types.ts';
import { followThrough, inFolder, stored, withoutRepeats } from './testing.ts';

const program = ['/usr/sbin/logrotate', '/usr/local/sbin/logrotate', '/opt/homebrew/sbin/logrotate'].find((path) => existsSync(path));
const runs = program !== undefined && spawnSync(program, ['--version']).status === 0;

let folder = '';
let log = '';

inFolder('flows.csv', (...made) => {
  [folder, log] = made;
  chmodSync(folder, 0o755);
});

const header = 'ts,orig_h,resp_h,bytes\n';

describe.skipIf(!runs)(runs ? 'logrotate itself' : 'logrotate itself: skipped, it is not installed', () => {
  it.each([
    ['create', 'rotate 20\nnocreate'],
    ['compress', 'rotate 20\nnocreate\ncompress'],
    ['delaycompress', 'rotate 20\nnocreate\ncompress\ndelaycompress'],
    ['copytruncate', 'rotate 20\ncopytruncate'],
    ['copytruncate, compress', 'rotate 20\ncopytruncate\ncompress'],
    ['extension', 'rotate 20\nnocreate\nextension .csv'],
    ['dateformat of seconds', 'rotate 20\nnocreate\ncompress\ndateext\ndateformat -%Y%m%d-%s'],
    ['dateformat and extension', 'rotate 20\ncopytruncate\ndateext\ndateformat _%d.%m.%Y_%s\nextension .csv'],
    ['a dateformat with words', 'rotate 20\nnocreate\ndateext\ndateformat .week%V-%s-x'],
    ['olddir', 'rotate 20\nnocreate\nolddir old'],
    ['olddir, copytruncate, compress', 'rotate 20\ncopytruncate\ncompress\nolddir old'],
  ])('with %s: every line once, while it runs and while it does not', { timeout: 120_000 }, async (_, directives) => {
    mkdirSync(join(folder, 'old'), { mode: 0o755 });
    const conf = join(folder, 'rotate.conf');
    writeFileSync(conf, `${log} {\n${directives}\nmissingok\nifempty\n}\n`, { mode: 0o644 });
    let written = '';
    let line = 0;
    const write = (text: string): void => {
      appendFileSync(log, text);
      written += text;
    };
    const lines = (count: number): void => {
      for (let i = 0; i < count; i++) write(`${line++},192.0.2.1,192.0.2.2,${'7'.repeat(line % 40)}\n`);
    };
    const rotate = async (): Promise<void> => {
      // a second has one name
      if (directives.includes('%s')) await wait(1010);
      execFileSync(program ?? '', ['--force', '--state', join(folder, 'state'), conf]);
      write(header);
    };
    write(header);
    let text = '';
    let last: Position | null = null;
    const follow = async (acts: (() => void)[]): Promise<void> => {
      const sink = await followThrough(log, acts, last, { path: log });
      text += sink.text;
      expect(sink.faults).toEqual([]);
      if (sink.last !== null) last = stored(sink.last);
    };
    await follow([]);
    // what was read so far may be the beginning of any generation
    lines(5);
    for (const count of [3, 0, 200]) {
      await rotate();
      lines(count);
    }
    await follow([]);
    expect(withoutRepeats(text, header), readdirSync(folder).join(' ')).toBe(withoutRepeats(written, header));
    for (const count of [4, 90, 0, 2]) {
      lines(1);
      const running = follow([...Array.from({ length: 4 }, () => () => undefined), () => lines(1)]);
      await running;
      lines(2);
      await rotate();
      lines(count);
      await follow([() => lines(1)]);
      expect(withoutRepeats(text, header), readdirSync(folder).join(' ')).toBe(withoutRepeats(written, header));
    }
    expect(text).toContain(`${line - 1},`);
  });
});
