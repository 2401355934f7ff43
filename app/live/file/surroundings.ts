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
  /** Files that are being read, or were. */
  states(): readonly FileState[];
  /** Of files of this path that were read to their end, the oldest first. */
  done(home: string): readonly FileState[];
  /** What is held open. */
  readings(): readonly FileReading[];
  nextId(): number;
  finished(state: FileState): void;
}
