import { formatCount } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import type { Original } from '../original.ts';
import type { Damage } from './unpacker.ts';

/** What is read of an archive. */
export type PackedFile = Pick<Original, 'path' | 'at' | 'read'>;

/**
 * A file in an archive, at hand until the next one is asked for. Its name is the archive's own word and leads nowhere: nothing is ever unpacked onto
 * a disk.
 */
export interface Member {
  readonly name: string;
  /** What earlier programs took its name for, where that is another: evidence that they imported knows it by this one. */
  readonly formerName?: string;
  /** 1: the first of this name in the archive, 2: the second, ... tar adds one of the same name where a file was added again. */
  readonly nth: number;
  /** How far in the archive's own bytes the reading has come. */
  position(): number;
  /**
   * Unpacks it, block by block; once. Memory stays flat whatever the archive says of itself.
   * @returns what was wrong with its bytes, or null: everything before the damage was handed on
   * @throws FlowcaseError FILE_UNREADABLE (a password, a method that is not read), FILE_CHANGED; what `take` throws
   */
  read(take: (block: Uint8Array) => Promise<void> | void): Promise<Damage | null>;
}

/** One that is not counted yet. */
export type UncountedMember = Omit<Member, 'nth'>;

/** More members than this are no folder of logs. */
export const MAX_MEMBERS = 10_000;

/** `count`: null where more are still to come. */
export function tooManyMembers(path: string, count: number | null): FlowcaseError {
  const said = count === null ? `more than ${formatCount(MAX_MEMBERS)}` : formatCount(count);
  const message = `${path} holds ${said} files; up to ${formatCount(MAX_MEMBERS)} of one archive are read. Unpack it and import the folder.`;
  return new FlowcaseError('FILE_UNREADABLE', message, { path });
}
