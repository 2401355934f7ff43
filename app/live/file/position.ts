import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import type { Position } from '../types.ts';
import { markSchema } from './mark.ts';

/** A file as far as it was handed over. */
const fileSchema = z.object({
  /** Of its stretch. */
  id: z.int().positive(),
  /** The path that is followed, and what stood there when it was opened (links followed), or where a rotation left it. */
  home: z.string(),
  path: z.string(),
  device: z.string(),
  inode: z.string(),
  birth: z.string().optional(),
  /** Time of its last change as it was last seen, nanoseconds since 1970. */
  modified: z.string().regex(/^-?\d{1,20}$/),
  mark: markSchema,
  /** Evidence has begun with it. */
  begun: z.boolean(),
  /** Nothing more of it is waited for. */
  done: z.boolean(),
});

const positionSchema = z.object({
  form: z.literal(1),
  /** Stretch of the latest bytes; 0: none. */
  current: z.int().nonnegative(),
  /** The next stretch's id. */
  next: z.int().positive(),
  files: z.array(fileSchema),
});

export type FileState = z.infer<typeof fileSchema>;
export type FilesPosition = z.infer<typeof positionSchema>;

/** @throws FlowcaseError CASE_DAMAGED where it is not what this source gave */
export function readPosition(position: Position, what: string): FilesPosition {
  const parsed = positionSchema.safeParse(position);
  if (parsed.success) return parsed.data;
  throw new FlowcaseError(
    'CASE_DAMAGED',
    `What the case keeps about where ${what} was read to cannot be understood. Follow it as a new source, or open the case with the version that wrote it.`,
  );
}
