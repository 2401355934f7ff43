import { app, clearSelection, select } from '../../lib/state.svelte.ts';

/**
 * The cluster that is looked at: the one selected last in this run. It stays while a record of it is inspected, so that charts and
 * members do not lose their place.
 */
export function clusterFocus(run: () => number | null): { readonly cluster: number | null; toggle: (cluster: number) => void } {
  let kept = $state.raw<{ readonly run: number; readonly cluster: number } | null>(null);
  $effect.pre(() => {
    const { selection } = app;
    if (selection.type === 'cluster') kept = { run: selection.run, cluster: selection.cluster };
  });
  const cluster = $derived(kept !== null && kept.run === run() ? kept.cluster : null);
  return {
    get cluster() {
      return cluster;
    },
    /** Selects it; selecting it again lets all of them be looked at. */
    toggle(next) {
      const current = run();
      if (current === null) return;
      if (next === cluster && app.selection.type === 'cluster') {
        kept = null;
        clearSelection();
      } else select({ type: 'cluster', run: current, cluster: next });
    },
  };
}
