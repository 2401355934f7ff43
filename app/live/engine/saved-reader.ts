import { formatOptions, type FormatOptions } from '../../contract/formats.ts';
import { formatById } from '../../formats/registry.ts';
import type { Stretch } from '../types.ts';
import type { Recognised } from './recognise.ts';
import { unreadable } from './unreadable.ts';

/** A stretch as the case keeps it between two commits; its first lines, which never change, are a state of their own. */
export interface SavedStretch {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly format: string;
  readonly why: string;
  readonly options: FormatOptions;
  /** Of the reader, behind the last line. */
  readonly state: string;
  readonly lines: number;
  readonly bytes: number;
  /** Where its lines went last. */
  readonly evidence: number;
  /** Why it cannot be read; not there where it can be. */
  readonly unreadable?: string;
}

/** A stretch of which too little came to recognise it by, and what came; bytes as Base64. */
export interface HeldStretch extends Omit<Stretch, 'head'> {
  readonly head: string | null;
  readonly held: string;
}

/** What the case keeps of how the lines of a source are read on. */
export interface SavedReader {
  readonly stretches: readonly SavedStretch[];
  readonly held?: readonly HeldStretch[];
  readonly current: string | null;
}

/** How the lines of a source that does not run were read, by the id of their stretch. */
export function savedFormats(reader: SavedReader | null): ReadonlyMap<string, { readonly format: string; readonly title: string }> {
  const read = (reader?.stretches ?? []).filter((stretch) => stretch.unreadable === undefined);
  return new Map(read.map(({ id, format }) => [id, { format, title: formatById(format).title }]));
}

/** What is known of a log that was read before. */
export function knownAgain({ format, why, options, unreadable: reason }: SavedStretch, head: Uint8Array): Recognised {
  const given = formatOptions.parse(options);
  const log = reason === undefined ? formatById(format).open(head, given) : unreadable(reason);
  return { format, why, options: given, head, log, ...(reason === undefined ? {} : { unreadable: reason }) };
}

/** As its source calls it. */
export function stretchOf({ id, path, name }: SavedStretch): Stretch {
  return { ...(id === '' ? {} : { id }), path, name, byte: null, line: null, head: null };
}

export function heldStretch(stretch: Stretch, held: Uint8Array): HeldStretch {
  const head = stretch.head === null ? null : Buffer.from(stretch.head).toString('base64');
  return { ...stretch, head, held: Buffer.from(held).toString('base64') };
}

/** The stretch, and what came of it. */
export function heldAgain({ held, head, ...stretch }: HeldStretch): readonly [Stretch, Uint8Array] {
  return [{ ...stretch, head: head === null ? null : Buffer.from(head, 'base64') }, Buffer.from(held, 'base64')];
}
