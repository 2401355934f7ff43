import { z } from 'zod';
import { exportTables } from './acts.ts';
import { recordKindPattern } from './case.ts';
import { formatOptions } from './formats.ts';

/** What the inputs of commands are put together from. */
export const nothing = z.strictObject({});
export const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a path has no NUL');
export const label = z.string().trim().max(200);
export const kind = z.string().regex(recordKindPattern, 'a kind of record is a short word: connection, request, dns');
export const filterText = z.string().max(20_000);
export const filter = filterText.default('');
export const id = z.int().nonnegative();
/** A filter, and the run that a bare `cluster = 3` in it means: the latest where none is given. */
export const through = { filter, run: id.optional() };
/** Records of a kind through a filter. */
export const recordsThrough = { kind, ...through };
export const limit = z.int().min(0).max(100_000);
export const sort = z.strictObject({ column: z.string().max(300), descending: z.boolean().default(false) });
export const exportable = z.enum(exportTables);
/** As which format a file is read (recognised where it is not given), and what its bytes do not say. */
export const reading = {
  format: z.string().max(100).optional(),
  options: formatOptions.optional(),
  /** Of an archive only the file of this name in it. */
  member: z.string().min(1).max(10_000).optional(),
};

export const target = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('records'), kind, ids: z.array(id).min(1).max(100_000) }),
  z.strictObject({ type: z.literal('filter'), ...recordsThrough, filter: filterText.min(1) }),
  z.strictObject({ type: z.literal('host'), host: z.string().min(1).max(300) }),
  z.strictObject({ type: z.literal('cluster'), run: id, cluster: z.int().min(1) }),
]);
