import type { RecordKind } from './case.ts';

/** What the analyst says: tags; and what is handed over: reports and exports. */

/** Colours a tag may have; the renderer and the report map them to their palette. */
export const tagColors = ['red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple', 'grey'] as const;
export type TagColor = (typeof tagColors)[number];

/** A tag name with its looks; it exists as long as something carries it or the person keeps it. */
export interface Tag {
  readonly id: number;
  readonly name: string;
  readonly color: TagColor;
  readonly connections: number;
  readonly hosts: number;
  readonly clusters: number;
}

export type TagTarget =
  | { readonly type: 'records'; readonly kind: RecordKind; readonly ids: readonly number[] }
  | { readonly type: 'filter'; readonly kind: RecordKind; readonly filter: string; readonly run?: number | undefined }
  | { readonly type: 'host'; readonly host: string }
  | { readonly type: 'cluster'; readonly run: number; readonly cluster: number };

/** One act of tagging: one tag put on one target, with who, when and why. */
export interface Tagging {
  readonly id: number;
  readonly tag: number;
  readonly name: string;
  readonly color: TagColor;
  readonly note: string;
  readonly who: string;
  readonly at: number;
  readonly target:
    | {
        readonly type: 'records';
        readonly kind: RecordKind;
        readonly count: number;
        readonly filter: string | null;
        /** The run that a bare `cluster = 3` in the filter meant; null where the filter asked for none. */
        readonly run: number | null;
        /** The first of their ids; the case keeps all of them. */
        readonly sample: readonly number[];
      }
    | { readonly type: 'host'; readonly host: string }
    | { readonly type: 'cluster'; readonly run: number; readonly cluster: number; readonly name: string; readonly count: number };
}

export interface TagList {
  readonly tags: readonly Tag[];
  readonly taggings: readonly Tagging[];
}

export interface TagResult {
  readonly tagging: number;
  /** How many records, or hosts, carry it through this act. */
  readonly tagged: number;
  /** Hand this to `tag.undo` to take the act back. */
  readonly undo: number;
}

export const reportSections = ['summary', 'evidence', 'overview', 'method', 'clusters', 'findings', 'tags', 'custody'] as const;
export type ReportSection = (typeof reportSections)[number];

export interface ReportResult {
  readonly file: string;
  readonly bytes: number;
  readonly pages: number | null;
  readonly sha256: string;
  readonly seconds: number;
}

export interface ExportResult {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Tables that can be written to a file. */
export const exportTables = [
  ...(['connections', 'hosts', 'evidence', 'rejects', 'clusters', 'members', 'predictions', 'findings', 'tags', 'custody'] as const),
] as const;
export type ExportTable = (typeof exportTables)[number];

/** What a table is written as. */
export const tableFormats = ['csv', 'parquet'] as const;
export type TableFormat = (typeof tableFormats)[number];
