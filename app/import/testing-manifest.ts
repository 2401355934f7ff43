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
