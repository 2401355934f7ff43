import { manifest } from './testing-manifest.ts';

/** A web access log of the manifest, with the figures that a correct import gives. Only for tests. */
export interface WebLog {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  /** Microseconds. */
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  readonly combined: number;
  readonly common: number;
  /** Rows by the first digit of their status. */
  readonly classes: ReadonlyMap<string, number>;
}

const figures =
  /^(\d+) rows(?:, \d+ rejected)?; ts (\d+)\.\d{6} \.\. (\d+)\.\d{6}; bytes (\d+); (\d+) (combined|common), (\d+) (?:combined|common); status ((?: ?\dxx:\d+)+)/;

export function webLogs(): readonly WebLog[] {
  return manifest().flatMap(({ file, sha256, yields }) => {
    const found = figures.exec(yields);
    if (!file.startsWith('web/') || found === null) return [];
    const [, rows, first, last, bytes, one, word, other, classes] = found;
    const [combined, common] = word === 'combined' ? [one, other] : [other, one];
    return [
      {
        file,
        sha256,
        rows: Number(rows),
        first: Number(first) * 1e6,
        last: Number(last) * 1e6,
        bytes: Number(bytes),
        combined: Number(combined),
        common: Number(common),
        classes: new Map(classes.split(' ').map((part) => [part.slice(0, 1), Number(part.slice(4))])),
      },
    ];
  });
}
