/** How a packed file ended. `cut`: it breaks off; `damaged`: its bytes are not what was packed. */
export interface Damage {
  readonly kind: 'cut' | 'damaged';
  readonly what: string;
}

/**
 * Where unpacked blocks go. What it throws comes out of `write` or `end`. Blocks are the taker's to keep. Nothing more is unpacked until what it
 * promises is done: however much is packed in a few bytes, little of it waits in memory.
 */
export type Take = (block: Uint8Array) => Promise<void> | void;

/** Unpacks a stream of bytes as it comes. Everything before damage is handed on; the damage is said, not thrown. */
export interface StreamUnpacker {
  /** What was wrong, or null. After damage nothing more is unpacked. */
  readonly damage: Damage | null;
  /** Bytes behind the packed data that belong to nothing. Zeros are padding and not counted. */
  readonly trailing: number;
  /** What a person should know of how it was unpacked. */
  readonly remark?: string | undefined;
  /** The block may be overwritten once the promise is fulfilled. */
  write(block: Uint8Array): Promise<void>;
  /** No more bytes. */
  end(): Promise<void>;
  /** Lets go of what is held. */
  close(): void;
}

/** Bytes that are no padding. */
export function countTrailing(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte !== 0) count++;
  return count;
}

/** What was thrown, to be thrown again later. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
