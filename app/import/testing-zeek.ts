import { manifest } from './testing-manifest.ts';

/** A Zeek log of the manifest, with the figures that a correct import gives. Only for tests. */
export interface ZeekLog {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly rejected: number;
  /** Microseconds; null where the log has no ts. */
  readonly first: number | null;
  readonly last: number | null;
  /** Sums of bytes; null where it holds no connections. */
  readonly sums: { readonly orig: number; readonly resp: number } | null;
  /** "Malicious / DDoS" and how often, or null. */
  readonly labels: ReadonlyMap<string, number> | null;
}

const figures = /^(\d+)(?: data)? rows(?:, (\d+) rejected)?(?:; ts (\d+)\.(\d{6}) \.\. (\d+)\.(\d{6}))?(?:; orig (\d+), resp (\d+))?/;

export function zeekLogs(): readonly ZeekLog[] {
  return manifest().flatMap(({ file, sha256, yields }) => {
    const found = figures.exec(yields);
    if (!file.startsWith('zeek/') || found === null) return [];
    const numbers = found.slice(1).map((text: string | undefined) => (text === undefined ? null : Number(text)));
    const [rows, rejected, s1, u1, s2, u2, orig, resp] = numbers;
    const micro = (seconds: number | null, rest: number | null): number | null => (seconds === null ? null : seconds * 1e6 + (rest ?? 0));
    const sums = orig === null || resp === null ? null : { orig, resp };
    const counts = { rows: rows ?? 0, rejected: rejected ?? 0 };
    return [{ file, sha256, ...counts, first: micro(s1, u1), last: micro(s2, u2), sums, labels: labelsOf(yields) }];
  });
}

function labelsOf(yields: string): ReadonlyMap<string, number> | null {
  const list = /labels: (.+)$/.exec(yields)?.[1];
  if (list === undefined) return null;
  return new Map(list.split(', ').map((one) => [one.slice(0, one.lastIndexOf(' ')), Number(one.slice(one.lastIndexOf(' ') + 1))]));
}
