import type { ExportTable, Input } from '../../../app/contract.ts';
import { pickSave } from './files.svelte.ts';
import { formatBytes, plural } from './format.ts';
import { kindWord } from './kinds.ts';
import { app, callJob } from './state.svelte.ts';
import { toast } from './toasts.svelte.ts';

/** Asks for a path, writes a table of the case as CSV, and says where it is. `what` narrows it (filter, run, cluster, columns). */
export async function exportTable(table: ExportTable, what: Omit<Input<'table.export'>, 'table' | 'path'> = {}): Promise<void> {
  const stem = app.case?.path.replace(/\.flowcase$/i, '') ?? '';
  const { kind = 'connection' } = what;
  const other = table === 'connections' && kind !== 'connection';
  const path = await pickSave({
    title: `Export ${other ? `${kindWord(kind)}s` : table} as CSV`,
    suggested: `${stem}-${other ? kind : table}.csv`,
    extension: 'csv',
  });
  if (path === null) return;
  const result = await callJob('table.export', { ...what, table, path });
  if (result !== undefined) toast(`${plural(result.rows, 'row')} in ${result.file} (${formatBytes(result.bytes)}).`);
}
