import type { ColumnSpec, DictionaryReader, RecordTable } from '../columns/types.ts';
import { compareAddresses, readAddress, type Address } from '../query/addresses.ts';
import { valueCounts } from '../query/value-counts.ts';

const known = new WeakMap<RecordTable, Map<string, Float64Array>>();

/** The place of every entry that the dictionary column holds among its kind, by id; NaN for absent and for entries it does not hold. */
export function entryRanks(table: RecordTable, spec: ColumnSpec): Float64Array {
  const ranks = known.get(table) ?? new Map<string, Float64Array>();
  known.set(table, ranks);
  let rank = ranks.get(spec.name);
  if (rank === undefined) {
    const dictionary = table.dictionary(spec.dictionary ?? 'term');
    const ids = valueCounts(table, [spec.name]).map(({ id }) => id);
    const sorted = spec.type === 'addr' ? byAddress(ids, dictionary) : byText(ids, dictionary);
    rank = new Float64Array(dictionary.size + 1).fill(NaN);
    for (const [place, id] of sorted.entries()) rank[id] = place;
    ranks.set(spec.name, rank);
  }
  return rank;
}

function byText(ids: readonly number[], dictionary: DictionaryReader): number[] {
  return ids
    .map((id) => ({ id, text: dictionary.textOf(id) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ id }) => id);
}

/** Addresses by number, IPv4 first; what is no address comes after them, by text. */
function byAddress(ids: readonly number[], dictionary: DictionaryReader): number[] {
  const addresses: { id: number; address: Address }[] = [];
  const others: number[] = [];
  for (const id of ids) {
    const address = readAddress(dictionary.textOf(id));
    if (address === null) others.push(id);
    else addresses.push({ id, address });
  }
  addresses.sort((a, b) => compareAddresses(a.address, b.address) || a.id - b.id);
  return [...addresses.map(({ id }) => id), ...byText(others, dictionary)];
}
