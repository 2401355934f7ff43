import type { FormatInfo } from '../contract/formats.ts';
import { parquet } from './parquet.ts';
import { formats } from './registry.ts';
import type { TableFileFormat } from './table-file.ts';

/** Formats that are no streams of lines. */
export const tableFiles: readonly TableFileFormat[] = [parquet];

/** The one that a file with these first bytes has, or that was asked for; null: none of these. */
export function tableFileOf(
  head: Uint8Array,
  asked: string | undefined,
): { readonly format: TableFileFormat; readonly why: string } | null {
  for (const format of tableFiles) {
    if (asked === format.id) return { format, why: 'it was asked for' };
    const { confidence, why } = format.detect(head);
    if (asked === undefined && confidence > 0) return { format, why };
  }
  return null;
}

export const isTableFile = (id: string): boolean => tableFiles.some((format) => format.id === id);

/** Every format Flowcase reads. */
export function allFormats(): readonly FormatInfo[] {
  return [...formats, ...tableFiles].map(({ id, title }) => ({ id, title }));
}
