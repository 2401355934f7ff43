import { pickSave } from '../../lib/files.svelte.ts';
import { formatBytes } from '../../lib/format.ts';
import { app, callJob } from '../../lib/state.svelte.ts';
import { toast } from '../../lib/toasts.svelte.ts';

/** Asks for a path and writes a model there, for other cases to use. */
export async function exportModel(run: number): Promise<void> {
  const stem = app.case?.path.replace(/\.flowcase$/i, '') ?? '';
  const path = await pickSave({ title: 'Export the model', suggested: `${stem}-run-${run}.flowmodel`, extension: 'flowmodel' });
  if (path === null) return;
  const written = await callJob('model.export', { run, path });
  if (written !== undefined) toast(`The model is in ${written.file} (${formatBytes(written.bytes)}).`);
}
