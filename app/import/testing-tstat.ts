import { manifest } from './testing-manifest.ts';

/** A connection log of Tstat's, with the figures a correct import gives. Only for tests. */
export interface TstatLog {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly orig: number;
  readonly resp: number;
  readonly columns: number;
  readonly ipv6: number;
  readonly wrapped: number;
  /** Records of each class. */
  readonly classes: ReadonlyMap<string, number>;
}

const figures =
  /^(\d+) rows; ts (\d+)\.(\d{6}) \.\. (\d+)\.(\d{6}); c_bytes (\d+), s_bytes (\d+); (?:labels: ([^;]+); )?(\d+) columns, (\d+) rows IPv6(?:; (\d+) rows have)?/;

export function tstatLogs(): readonly TstatLog[] {
  return manifest().flatMap(({ file, sha256, yields }) => {
    const found = figures.exec(yields);
    if (!file.startsWith('tstat/') || found === null) return [];
    const number = (group: number): number => Number(found.at(group) ?? 0);
    const classes = (found.at(8) ?? '').split(', ').flatMap((pair) => {
      const [name, count] = pair.split(' ');
      return name === '' ? [] : [[name, Number(count)] as const];
    });
    const moment = (group: number): number => number(group) * 1e6 + number(group + 1);
    return [
      {
        file,
        sha256,
        rows: number(1),
        first: moment(2),
        last: moment(4),
        orig: number(6),
        resp: number(7),
        columns: number(9),
        ipv6: number(10),
        wrapped: number(11),
        classes: new Map(classes),
      },
    ];
  });
}
