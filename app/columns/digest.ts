import { createHash, type Hash } from 'node:crypto';
import type { Segment } from './segment.ts';
import type { ColumnSpec } from './types.ts';

/** What is hashed of a chunk, in this order; ENCODING.md, "Digests". */
export interface ChunkPlace {
  readonly id: number;
  readonly kind: string;
  readonly evidence: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** SHA-256 over a chunk: its place, then every column in the order of column ids, figures and bytes as they are stored. */
export class ChunkDigest {
  readonly #hash: Hash;

  constructor(chunk: ChunkPlace) {
    this.#hash = createHash('sha256').update(line(['chunk', chunk.id, chunk.kind, chunk.evidence, chunk.firstRow, chunk.rows]));
  }

  add(spec: Pick<ColumnSpec, 'name' | 'type' | 'storage' | 'dictionary' | 'title'>, segment: Segment): void {
    this.#hash.update(
      line([
        spec.name,
        spec.type,
        spec.storage,
        spec.dictionary,
        spec.title,
        segment.encoding,
        segment.codec,
        segment.rows,
        segment.absent,
        segment.min,
        segment.max,
        segment.base,
        segment.step,
        segment.data.length,
      ]),
    );
    this.#hash.update(segment.data);
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}

/** SHA-256 over a list of hex digests, one a line. */
export function digestOfDigests(digests: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(`${digest}\n`);
  return hash.digest('hex');
}

/** JSON knows no infinity, so numbers go in as text. */
function line(fields: readonly (string | number | null)[]): string {
  return `${JSON.stringify(fields.map((field) => (typeof field === 'number' ? String(field) : field)))}\n`;
}
