import { app, clearSelection, go, select } from '../../lib/state.svelte.ts';

/** The host whose page stands in place of the list of hosts; null for the list. */
export function openHost(): string | null {
  return app.section === 'hosts' ? app.place : null;
}

/** Shows a host's page, from anywhere. */
export function showHost(host: string): void {
  // In a narrow window the inspector would lie over the page that says the same.
  if (app.narrow) clearSelection();
  else select({ type: 'host', host });
  go('hosts', host);
}

export function closeHost(): void {
  go('hosts');
}
