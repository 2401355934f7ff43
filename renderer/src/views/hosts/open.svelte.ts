import { app, clearSelection, go, select } from '../../lib/state.svelte.ts';

/** The host whose page stands in place of the list of hosts; null for the list. */
const opened: { host: string | null; caseId: string } = $state({ host: null, caseId: '' });

/** The open host of this case. */
export function openHost(): string | null {
  return opened.caseId === app.case?.id ? opened.host : null;
}

/** Shows a host's page, from anywhere. */
export function showHost(host: string): void {
  opened.host = host;
  opened.caseId = app.case?.id ?? '';
  // In a narrow window the inspector would lie over the page that says the same.
  if (app.narrow) clearSelection();
  else select({ type: 'host', host });
  go('hosts');
}

export function closeHost(): void {
  opened.host = null;
}
