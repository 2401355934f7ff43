import type { FileMetaData } from 'hyparquet';
import type { Mapping } from '../contract/formats.ts';
import { needed } from './zeek-kinds.ts';

/** The key under which a file of Flowcase's says which mapping gives the same records: see app/report/parquet-columns.ts, which writes it. */
const KEY = 'flowcase';

/**
 * The mapping that a file carries; null where Flowcase did not write it, or it has been given other columns since. Like all of a file it may be forged: it is taken
 * as far as a person could have said the same.
 */
export async function ownMapping({ key_value_metadata: pairs }: FileMetaData, names: readonly string[]): Promise<Mapping | null> {
  const text = pairs?.find(({ key }) => key === KEY)?.value;
  if (text === undefined) return null;
  const { formatOptions } = await import('../contract/formats.ts');
  const said = formatOptions.safeParse({ mapping: parsed(text) });
  const mapping = said.success ? said.data.mapping : undefined;
  const columns = mapping?.columns;
  if (mapping?.kind === undefined || columns?.length !== names.length || !columns.every(({ from }, i) => from === names[i])) return null;
  const there = new Set(columns.map(({ to }) => to));
  // of records, some columns may have been chosen
  const connections = [...needed].every((column) => there.has(column));
  return mapping.kind === 'connection' && !connections ? { columns } : { kind: mapping.kind, columns };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
