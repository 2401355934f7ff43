import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { formatCount, plural } from '../contract/format.ts';
import { isClosed, isShapeName } from '../formats/line-shapes.ts';
import type { Content } from '../original/content.ts';

/** Line ends and indents that programs write before a closing bracket, and what they write behind the last one. */
const ends = ['', '\n', '\r\n', ' '];
const indents = ['', ' ', '  ', '   ', '    ', '\t'];
const before = [...new Set(ends.flatMap((end) => (end.endsWith('\n') ? indents.map((indent) => end + indent) : [end])))];
const behind = ['', '\n', '\r\n'];

/** How a file of one array may end behind its last record. */
const tails = {
  'json-array': before.flatMap((a) => behind.map((c) => Buffer.from(`${a}]${c}`))),
  'json-member': before.flatMap((a) => ends.flatMap((b) => behind.map((c) => Buffer.from(`${a}]${b}}${c}`)))),
};

interface Checkpoint {
  readonly at: number;
  readonly tail: Uint8Array;
  readonly evidence: Evidence;
}

/**
 * Evidence that was one JSON array and had all the records that this file, under the same name, begins with: they end in a bracket, so that the longer file
 * does not begin with the bytes of the shorter one. Told by the hash of the beginning with every end that it may have had. The longest; null where there is none.
 */
export async function earlierArray(writer: CaseWriter, content: Content, step: () => void): Promise<Evidence | null> {
  const name = basename(content.original.path);
  const checkpoints = writer
    .evidence()
    .filter((one) => one.rows > 0 && basename(one.path) === name && one.unpackedBytes < (content.length ?? Infinity))
    .flatMap(checkpointsOf)
    .sort((a, b) => a.at - b.at);
  const last = checkpoints.at(-1);
  if (last === undefined) return null;
  const hash = createHash('sha256');
  let position = 0;
  let next = 0;
  let found: Evidence | null = null;
  await content.read(
    (block) => {
      const start = position;
      for (; next < checkpoints.length && checkpoints[next].at <= start + block.length; next++) {
        const { at, tail, evidence } = checkpoints[next];
        hash.update(block.subarray(position - start, at - start));
        position = at;
        if (hash.copy().update(tail).digest('hex') === (evidence.unpackedSha256 ?? evidence.sha256)) found = evidence;
      }
      hash.update(block.subarray(position - start));
      position = start + block.length;
    },
    { to: last.at, step },
  );
  return found;
}

function checkpointsOf(evidence: Evidence): Checkpoint[] {
  const { shape } = evidence.options;
  if (!isShapeName(shape) || !isClosed(shape)) return [];
  const possible = tails[shape === 'json-array' ? shape : 'json-member'];
  return possible.flatMap((tail) =>
    tail.length > evidence.unpackedBytes ? [] : [{ at: evidence.unpackedBytes - tail.length, tail, evidence }],
  );
}

/** For a person, where an array has grown. `rows`: records of the longer file. */
export function hasGrown({ id, name, rows: earlier }: Evidence, rows: number): string {
  const more = rows > earlier ? `, and ${formatCount(rows - earlier)} more` : '';
  return `It is a later state of evidence ${id} (${name}): it has the ${plural(earlier, 'record')} of that${more}. A JSON array cannot be read on behind its end, so all of it was read, and those ${formatCount(earlier)} are in the case twice. Remove evidence ${id}; this one has them.`;
}
