import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/* For tests: what a program that rotates a log does with its files. */

/** `.1` becomes `.2`, and so on, packed or not. */
export function shiftGenerations(log: string): void {
  const name = basename(log);
  const old = readdirSync(dirname(log)).flatMap((one) => {
    const [, number, rest] = one.startsWith(`${name}.`) ? (/\.(\d+)(\.gz|\.zst|)$/.exec(one) ?? []) : [];
    return number === undefined ? [] : [{ one, number: Number(number), rest }];
  });
  for (const { one, number, rest } of old.sort((a, b) => b.number - a.number))
    renameSync(join(dirname(log), one), `${log}.${number + 1}${rest}`);
}

export function moveAway(log: string): void {
  renameSync(log, `${log}.1`);
}

export function copyAndEmpty(log: string): void {
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}

/** The newest old file that is not packed yet. */
export function newestUnpacked(log: string): string | null {
  const found = readdirSync(dirname(log)).filter((one) => one.startsWith(`${basename(log)}.`) && /\.\d+$/.test(one));
  const numbers = found.map((one) => Number(one.split('.').at(-1)));
  return numbers.length === 0 ? null : `${log}.${Math.min(...numbers)}`;
}

export function pack(path: string, ending: 'gz' | 'zst'): void {
  writeFileSync(`${path}.${ending}`, (ending === 'gz' ? gzipSync : zstdCompressSync)(readFileSync(path)));
  rmSync(path);
}
