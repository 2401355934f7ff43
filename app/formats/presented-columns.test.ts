import { expect, it } from 'vitest';
import type { ColumnSpec } from '../columns/types.ts';
import { takenNames } from './own-columns.ts';
import { presentedColumns } from './presented-columns.ts';

const text = (name: string): ColumnSpec => ({ name, type: 'string', storage: 'dictionary', dictionary: 'term', title: name });

it('hides where a record stands, and none of the names that a log has', () => {
  const own = ['_raw', '_index', '_path', '_write_ts', '_id', '_', '__line', '_lines'];
  const shown = presentedColumns([...takenNames(), ...own].map(text), 'other');
  expect(shown.map(({ name }) => name)).toEqual(own);
});
