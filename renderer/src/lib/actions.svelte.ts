/** Everything the person can do, for the palette. Views add theirs while they are shown. */
import { onMount } from 'svelte';
import type { TagTarget } from '../../../app/contract.ts';
import { acts, markSuspect, openTagEditor, undo, undoStack } from './acts.svelte.ts';
import { visible } from './format.ts';
import { kindCount } from './kinds.ts';
import { chooseAndImport, chooseAndPreview } from './preview.svelte.ts';
import { chooseAndOpenCase, closeCase, openSample } from './session.svelte.ts';
import { sections } from './sections.ts';
import { app, clearSelection, go, goBack, mayWrite, setDensity, setFilter, setTheme, type Selection } from './state.svelte.ts';
import { verifyAll } from './verify.svelte.ts';

export interface Action {
  readonly id: string;
  readonly title: string;
  /** As the shortcuts sheet writes them: "Mod K". */
  readonly keys?: string;
  /** False where it makes no sense now; it is not listed then. */
  readonly enabled?: (() => boolean) | undefined;
  readonly run: () => void;
}

/** What floats: one at a time. */
export const overlay: { open: 'none' | 'palette' | 'search' | 'shortcuts' | 'jobs' } = $state({ open: 'none' });

/** The filter line puts its focus here when it is shown. */
export const filterLine: { focus: (() => void) | null } = { focus: null };

const extra = new Set<() => readonly Action[]>();

/** Adds a view's actions to the palette while the calling component lives. */
export function useActions(list: () => readonly Action[]): void {
  onMount(() => {
    extra.add(list);
    return () => extra.delete(list);
  });
}

/** What T, N and M act on outside a table. */
export function targetOf(selection: Selection): { readonly target: TagTarget; readonly title: string } | null {
  switch (selection.type) {
    case 'record':
      return { target: { type: 'records', kind: selection.kind, ids: [selection.id] }, title: kindCount(selection.kind, 1) };
    case 'host':
      return { target: { type: 'host', host: selection.host }, title: visible(selection.host) };
    case 'cluster':
      return { target: { type: 'cluster', run: selection.run, cluster: selection.cluster }, title: `cluster ${selection.cluster}` };
    case 'none':
    case 'evidence':
    case 'finding':
    case 'tagging':
    case 'source':
    case 'alert':
    case 'custody':
      return null;
  }
}

export function tagSelection(focus: 'name' | 'note'): void {
  const chosen = targetOf(app.selection);
  if (chosen !== null) openTagEditor(chosen.target, chosen.title, focus);
}

export function markSelection(): void {
  const chosen = targetOf(app.selection);
  if (chosen !== null) void markSuspect(chosen.target, chosen.title);
}

const hasCase = (): boolean => app.case !== null;
const canTag = (): boolean => targetOf(app.selection) !== null && mayWrite();

const general: readonly Action[] = [
  ...sections.map((section) => ({
    id: `go.${section.id}`,
    title: section.id === 'start' ? 'Go to Start: recent cases, new case' : `Go to ${section.title}`,
    enabled: section.id === 'start' ? undefined : hasCase,
    run: () => go(section.id),
  })),
  { id: 'import', title: 'Import logs…', enabled: () => hasCase() && mayWrite(), run: () => void chooseAndImport() },
  { id: 'preview', title: 'Preview a log before it is imported…', enabled: hasCase, run: () => void chooseAndPreview() },
  { id: 'verify', title: 'Verify all: custody chain and originals', enabled: hasCase, run: () => void verifyAll() },
  { id: 'open', title: 'Open case…', run: () => void chooseAndOpenCase() },
  { id: 'sample', title: 'Open the sample case', run: () => void openSample() },
  { id: 'close', title: 'Close the case', enabled: hasCase, run: () => void closeCase() },
  { id: 'search', title: 'Search hosts and uids', keys: 'Mod P', enabled: hasCase, run: () => (overlay.open = 'search') },
  { id: 'filter', title: 'Edit the filter', keys: '/', enabled: hasCase, run: () => filterLine.focus?.() },
  { id: 'filter.clear', title: 'Clear the filter', enabled: () => app.filter !== '', run: () => void setFilter('') },
  { id: 'tag', title: 'Tag what is selected…', keys: 'T', enabled: canTag, run: () => tagSelection('name') },
  { id: 'note', title: 'Write a note on what is selected…', keys: 'N', enabled: canTag, run: () => tagSelection('note') },
  { id: 'suspect', title: 'Mark what is selected as suspect', keys: 'M', enabled: canTag, run: markSelection },
  { id: 'undo', title: 'Undo', keys: 'Mod Z', enabled: () => acts.undoSize > 0, run: () => void undo(undoStack.top) },
  { id: 'back', title: 'Back', keys: 'B', run: goBack },
  { id: 'inspector', title: 'Close the inspector', keys: 'Esc', enabled: () => app.selection.type !== 'none', run: clearSelection },
  { id: 'jobs', title: 'Show jobs', run: () => (overlay.open = 'jobs') },
  { id: 'theme.light', title: 'Theme: light', enabled: () => app.theme !== 'light', run: () => setTheme('light') },
  { id: 'theme.dark', title: 'Theme: dark', enabled: () => app.theme !== 'dark', run: () => setTheme('dark') },
  { id: 'theme.system', title: 'Theme: as the system', enabled: () => app.theme !== 'system', run: () => setTheme('system') },
  { id: 'rows.normal', title: 'Rows: normal height', enabled: () => app.density !== 'normal', run: () => setDensity('normal') },
  { id: 'rows.compact', title: 'Rows: compact', enabled: () => app.density !== 'compact', run: () => setDensity('compact') },
  { id: 'shortcuts', title: 'Keyboard shortcuts', keys: '?', run: () => (overlay.open = 'shortcuts') },
];

/** What can be done now: the view's own first. */
export function availableActions(): readonly Action[] {
  return [...[...extra].flatMap((list) => list()), ...general].filter((action) => action.enabled?.() !== false);
}
