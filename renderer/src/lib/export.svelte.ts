import { tableFormats } from '../../../app/contract/acts.ts';
import type { ExportTable, Input, TableFormat } from '../../../app/contract.ts';
import { pickSave } from './files.svelte.ts';
import { formatBytes, plural } from './format.ts';
import { kindWord } from './kinds.ts';
import { readSetting, writeSetting } from './settings.ts';
import { app, callJob } from './state.svelte.ts';
import { toast } from './toasts.svelte.ts';

const SETTING = 'export.format';
const isFormat = (value: unknown): value is TableFormat => tableFormats.some((format) => format === value);

/**
 * Asks for a path, writes a table of the case, and says where it is. The ending of the name is the format; the one that was taken last is offered first. `what`
 * narrows the table (filter, run, cluster, columns).
 */
export async function exportTable(table: ExportTable, what: Omit<Input<'table.export'>, 'table' | 'path' | 'format'> = {}): Promise<void> {
  const stem = app.case?.path.replace(/\.flowcase$/i, '') ?? '';
  const { kind = 'connection' } = what;
  const other = table === 'connections' && kind !== 'connection';
  const usual = readSetting<TableFormat>(SETTING, 'csv', isFormat);
  const path = await pickSave({
    title: `Export ${other ? `${kindWord(kind)}s` : table}`,
    suggested: `${stem}-${other ? kind : table}.${usual}`,
    extension: usual,
    others: tableFormats.filter((format) => format !== usual),
  });
  if (path === null) return;
  const format = tableFormats.find((one) => path.toLowerCase().endsWith(`.${one}`)) ?? 'csv';
  writeSetting(SETTING, format);
  const result = await callJob('table.export', { ...what, table, path, format });
  if (result !== undefined) toast(`${plural(result.rows, 'row')} in ${result.file} (${formatBytes(result.bytes)}).`);
}
