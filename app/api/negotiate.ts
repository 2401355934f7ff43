import { RequestError } from './problems.ts';

/** Types that records can be had as. */
export const recordTypes = {
  json: 'application/json',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
} as const;
export type RecordType = keyof typeof recordTypes;

/**
 * The type that a client likes best of those there are (RFC 9110, 12.5.1); of equals the first. No header: the first.
 * @throws RequestError NOT_ACCEPTABLE
 */
export function negotiate<T extends string>(accept: string | undefined, there: Readonly<Record<T, string>>): T {
  const names = Object.keys(there) as T[];
  const ranges = (accept ?? '*/*').split(',').map(rangeOf);
  const liked = names.map((name) => ({ name, quality: qualityOf(there[name], ranges) })).sort((a, b) => b.quality - a.quality);
  const [best] = liked;
  if (best === undefined || best.quality === 0)
    throw new RequestError('NOT_ACCEPTABLE', `This is to be had as ${Object.values<string>(there).join(', ')}.`);
  return best.name;
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((one) => one.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, quality: value >= 0 && value <= 1 ? value : 0 };
}

/** What the most precise range says of a type. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const [family] = type.split('/');
  for (const wanted of [type, `${family ?? ''}/*`, '*/*']) {
    const found = ranges.find((range) => range.type === wanted);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
