import { createHash, type Hash } from 'node:crypto';
import { plural } from '../contract/format.ts';
import { GzipUnpacker, type GzipDamage } from './gzip.ts';

/** How the bytes of a file came out. */
export interface Unpacked {
  readonly bytes: number;
  /** SHA-256 of what was unpacked; null where nothing was packed. */
  readonly sha256: string | null;
  readonly damage: GzipDamage | null;
  readonly remarks: readonly string[];
}

/** Between the original's bytes and a reader: hashes what passes, and unpacks it where it is gzip. */
export class Unpacker {
  readonly #take: (block: Uint8Array) => void;
  readonly #original: Hash = createHash('sha256');
  readonly #unpacked: Hash = createHash('sha256');
  #gzip: GzipUnpacker | null = null;
  #begun = false;
  #bytes = 0;

  constructor(take: (block: Uint8Array) => void) {
    this.#take = take;
  }

  async write(block: Uint8Array): Promise<void> {
    this.#original.update(block);
    if (!this.#begun && isGzip(block)) {
      this.#gzip = new GzipUnpacker((part) => {
        this.#unpacked.update(part);
        this.#bytes += part.length;
        this.#take(part);
      });
    }
    this.#begun = true;
    if (this.#gzip !== null) return this.#gzip.write(block);
    this.#bytes += block.length;
    this.#take(block);
  }

  async end(): Promise<Unpacked> {
    const gzip = this.#gzip;
    if (gzip === null) return { bytes: this.#bytes, sha256: null, damage: null, remarks: [] };
    await gzip.end();
    return { bytes: this.#bytes, sha256: this.#unpacked.digest('hex'), damage: gzip.damage, remarks: remarks(gzip) };
  }

  /** SHA-256 of the original's bytes; once. */
  originalSha256(): string {
    return this.#original.digest('hex');
  }

  close(): void {
    this.#gzip?.close();
  }
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function remarks(gzip: GzipUnpacker): string[] {
  const found: string[] = [];
  if (gzip.damage !== null) {
    const end = gzip.damage.kind === 'cut' ? 'The file is cut' : 'The file is damaged';
    found.push(`${end}: ${gzip.damage.what}. What comes before was kept; ask for a whole copy.`);
  }
  if (gzip.trailing > 0) found.push(`Left out: ${plural(gzip.trailing, 'byte')} after the packed data that belong to nothing.`);
  return found;
}
