import type { Stored } from '../../original/held-stretches.ts';
import type { FileState } from './position.ts';
import type { FileReading, Give } from './reading.ts';

/** What the paths of one source share. */
export interface Surroundings {
  readonly give: Give;
  /** Nothing more comes of what evidence has begun with. */
  lost(state: FileState): Promise<void>;
  fault(message: string): void;
  /** @throws FlowcaseError CANCELLED */
  stop(): void;
  now(): number;
  /** For this long (ms) a file that was rotated away may still grow, and what was truncated is looked for. */
  readonly grace: number;
  /** Where else rotation puts files. */
  readonly folders: readonly string[];
  /** Since when this is watched, nanoseconds since 1970: of a path of which nobody has read anything, files that rotation left since then are read. */
  readonly since: bigint;
  /** Whether the file at this path is followed by itself, by this source or another one. */
  isFollowed(path: string): boolean;
  /** What the case has, from sources that are on the list no more, of a log that is at this path, or was. */
  stored(path: string): readonly Stored[];
  /** Paths that are followed. */
  homes(): Iterable<string>;
  /** Files that are being read, or were. */
  states(): readonly FileState[];
  /** Of files of this path that were read to their end, the oldest first. */
  done(home: string): readonly FileState[];
  /** What is held open. */
  readings(): readonly FileReading[];
  nextId(): number;
  finished(state: FileState): void;
}
