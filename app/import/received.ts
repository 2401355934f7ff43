import { createHash, type Hash } from 'node:crypto';
import { basename } from 'node:path';
import { isLike, storedOf, stretchOf } from '../case/stretches.ts';
import type { CaseWriter } from '../case/types.ts';
import type { Evidence } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { formats, formatById, HEAD_BYTES } from '../formats/registry.ts';
import type { Content } from '../original/content.ts';
import { HeldStretches } from '../original/held-stretches.ts';
import { fingerprint, optionsOf, type Earlier } from './known.ts';
import { PreviewSink } from './preview-sink.ts';

/** Who follows a file at the moment. */
export interface WatchedBy {
  readonly source: number;
  readonly name: string;
}

/** What the case has of a file that was received while it was watched. */
export interface Received {
  /** Where it has the beginning: as far as that goes. */
  readonly earlier: Earlier | null;
  /** What comes behind that is in the case as well, and comes a second time. */
  readonly twice: readonly Evidence[];
}

/** Looks for what was received of a file, by the hashes of its stretches; null where that is nothing. `step` is called often. */
export async function findReceived(writer: CaseWriter, content: Content, step: () => void): Promise<Received | null> {
  const { path } = content.original;
  const points = writer.resumePoints();
  const evidence = new Map(writer.evidence().map((one) => [one.id, one]));
  const stored = [...evidence.values()].flatMap((one) => {
    const piece = isLike(one, { path, name: basename(path) }) ? storedOf(one, points.get(one.id)) : null;
    return piece === null || !formats.some(({ id }) => id === one.format) ? [] : [piece];
  });
  const isReceived = (id: number): boolean => {
    const one = evidence.get(id);
    return one !== undefined && stretchOf(one) !== null;
  };
  if (!stored.some((one) => isReceived(one.evidence))) return null;
  const hash = createHash('sha256');
  const places = new Map<number, { readonly hash: Hash; readonly lines: number }>();
  const held = new HeldStretches(stored, {
    part: (bytes) => hash.update(bytes),
    edge: (at, lines) => places.set(at, { hash: hash.copy(), lines }),
  });
  await content.read((block) => held.pass(block), { to: Math.max(...stored.map(({ to }) => to)), step });
  const { beginning, others } = held;
  const twice = others.filter((one) => isReceived(one.evidence)).flatMap((one) => evidence.get(one.evidence) ?? []);
  const last = beginning === null ? undefined : evidence.get(beginning.last.evidence);
  const place = beginning === null ? undefined : places.get(beginning.behind);
  // behind an import it goes on as behind any other
  if (beginning === null || last === undefined || place === undefined || stretchOf(last) === null) return { earlier: null, twice };
  const end = beginning.behind;
  const head = await content.at(0, Math.min(HEAD_BYTES, end));
  const point = { state: stateBehind(last, head), lines: place.lines, bytes: end, rest: 'none' as const, head: fingerprint(head) };
  return { earlier: { evidence: last, point, end, hash: place.hash }, twice };
}

/** Of the reader of a log that begins so. */
function stateBehind(evidence: Evidence, head: Uint8Array): string {
  const log = formatById(evidence.format).open(head, optionsOf(evidence));
  const reader = log.read(new PreviewSink(log.kind, 0, 0));
  reader.feed(head.subarray(0, head.lastIndexOf(10) + 1));
  reader.flush();
  return reader.state();
}

/** For a person, where what was received of a file does not begin with its beginning. */
export function isReceivedTwice(twice: readonly Evidence[]): string {
  const names = twice.map(({ id }) => id).join(', ');
  return `A part of it was received while it was watched, as evidence ${names}: the records of that are in the case twice. Remove evidence ${names} if you want them once.`;
}

/** What is being watched comes by itself. @throws FlowcaseError ALREADY_IMPORTED where nothing of it has come yet */
export function comesByItself(
  writer: CaseWriter,
  path: string,
  { source, name }: WatchedBy,
): { readonly skipped: Evidence; readonly why: string } {
  const latest = writer.evidence().findLast((one) => one.path === path && one.options['source'] === source);
  const why = `it is being watched (source ${source}, ${name}), and what comes of it is taken by that`;
  if (latest !== undefined) return { skipped: latest, why };
  throw new FlowcaseError('ALREADY_IMPORTED', `${path} was not imported: ${why}. Pause the source to import what is there now.`, {
    path,
    source,
  });
}
