import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The real logs beside the checkout, with their figures. Only for tests. */
export const dataFolder = join(import.meta.dirname, '../../../shared/data');
export const haveData = existsSync(join(dataFolder, 'MANIFEST.md'));

export interface ManifestEntry {
  readonly file: string;
  readonly what: string;
  readonly yields: string;
  readonly sha256: string;
}

export function manifest(): readonly ManifestEntry[] {
  if (!haveData) return [];
  const lines = readFileSync(join(dataFolder, 'MANIFEST.md'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    // a bar within a cell is escaped
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, file, , what, , , yields, sha256] = cells;
    return cells.length === 9 && /^[0-9a-f]{64}$/.test(sha256) ? [{ file, what, yields, sha256 }] : [];
  });
}

/** Connection logs of Zeek's in TSV, with the figures a correct import gives. */
export interface ConnLog {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly rejected: number;
  readonly first: number;
  readonly last: number;
  readonly orig: number;
  readonly resp: number;
}

const figures = /^(\d+) rows(?:, (\d+) rejected)?; ts (\d+)\.(\d{6}) \.\. (\d+)\.(\d{6}); orig (\d+), resp (\d+)/;

export function tsvConnLogs(): readonly ConnLog[] {
  return manifest().flatMap(({ file, sha256, yields }) => {
    const found = figures.exec(yields);
    if (!file.startsWith('zeek/') || found === null || isJson(file)) return [];
    const [rows, rejected, s1, u1, s2, u2, orig, resp] = found.slice(1).map((text: string | undefined) => Number(text ?? 0));
    return [{ file, sha256, rows, rejected, first: s1 * 1e6 + u1, last: s2 * 1e6 + u2, orig, resp }];
  });
}

function isJson(file: string): boolean {
  return file.includes('json') || readFileSync(join(dataFolder, file)).subarray(0, 1).toString() === '{';
}
