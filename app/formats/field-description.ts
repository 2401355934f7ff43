import type { ColumnSpec, Storage } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';

/** A known column: how it is kept, what it means, and whether it is shown unless the person chooses otherwise. */
export interface FieldDescription extends ColumnSpec {
  readonly shown: boolean;
}

type Kept = Storage | 'host' | 'term';

export function field(name: string, type: ColumnType, kept: Kept, shown: boolean, title: string): FieldDescription {
  const dictionary = kept === 'host' || kept === 'term' ? kept : null;
  const storage: Storage = kept === 'host' || kept === 'term' ? 'dictionary' : kept;
  return { name, type, storage, dictionary, title, shown };
}
