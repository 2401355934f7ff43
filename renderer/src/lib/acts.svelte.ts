/** What the person does to the case: tags and notes, with undo; opening the panel that asks for them. */
import type { TagColor, TagTarget } from '../../../app/contract.ts';
import { plural } from './format.ts';
import { app, barWriting, call, invoke, showProblem } from './state.svelte.ts';
import { dismissToast, toast } from './toasts.svelte.ts';
import { UndoStack, type UndoStep } from './undo.ts';

/** What the tag editor is open for; it stands where the inspector stands. */
export interface TagRequest {
  readonly target: TagTarget;
  /** For a person: "3 connections", "10.20.4.87", "cluster 7". */
  readonly title: string;
  /** Where the cursor starts. */
  readonly focus: 'name' | 'note';
}

export const undoStack = new UndoStack();

class Acts {
  /** What the tag editor is open for. Raw: a target may name 100,000 records. */
  tagging = $state.raw<TagRequest | null>(null);
  undoSize = $state(0);
}
export const acts = new Acts();

/** Opens the tag editor. */
export function openTagEditor(target: TagTarget, title: string, focus: 'name' | 'note' = 'name'): void {
  if (!barWriting()) acts.tagging = { target, title, focus };
}

export function closeTagEditor(): void {
  acts.tagging = null;
}

function remember(step: UndoStep): void {
  undoStack.push(step);
  acts.undoSize = undoStack.size;
}

/** The words that offer to take an act back: they go when it is taken back, however that was asked for. */
const offers = new WeakMap<UndoStep, number>();

/** Says an act was done and offers to take it back, here and by Ctrl-Z. */
export function done(message: string, step: UndoStep): void {
  remember(step);
  offers.set(step, toast(message, { undo: () => void undo(step) }));
}

/** Takes back the given act, or the latest. */
export async function undo(step?: UndoStep): Promise<void> {
  const taken = undoStack.take(step);
  acts.undoSize = undoStack.size;
  if (taken === null) return;
  const offer = offers.get(taken);
  if (offer !== undefined) dismissToast(offer);
  try {
    await taken.run();
    toast(`Undone: ${taken.label}.`);
  } catch (error) {
    showProblem(error);
  }
}

/** Tags a target; answers true when it is done. */
export async function addTag(target: TagTarget, title: string, name: string, color?: TagColor, note = ''): Promise<boolean> {
  if (barWriting()) return false;
  const input = color === undefined ? { target: copy(target), name, note } : { target: copy(target), name, color, note };
  const result = await call('tag.add', input);
  if (result === undefined) return false;
  const label = `tag ${name} on ${title}`;
  done(`Tagged ${title} as ${name}${title.includes(' connection') ? '' : ` (${plural(result.tagged, 'record')})`}.`, {
    label,
    run: async () => void (await invoke('tag.undo', { undo: result.undo })),
  });
  return true;
}

/** Takes one act of tagging back. */
export async function removeTagging(tagging: number): Promise<void> {
  if (barWriting()) return;
  const entry = app.tags.taggings.find((one) => one.id === tagging);
  const result = await call('tag.remove', { tagging });
  if (result === undefined) return;
  const name = entry?.name ?? 'tag';
  done(`Removed ${name}.`, { label: `removing ${name}`, run: async () => void (await invoke('tag.undo', { undo: result.undo })) });
}

/** M: marks records or a host with the tag `suspect`, and a cluster as suspect. */
export async function markSuspect(target: TagTarget, title: string): Promise<void> {
  if (barWriting()) return;
  if (target.type === 'cluster') {
    const { run, cluster } = target;
    if ((await call('cluster.name', { run, cluster, suspect: true })) === undefined) return;
    done(`Marked ${title} as suspect.`, {
      label: `marking ${title} as suspect`,
      run: async () => void (await invoke('cluster.name', { run, cluster, suspect: false })),
    });
    return;
  }
  await addTag(target, title, 'suspect', 'red');
}

/** Inputs of the contract are plain and mutable; targets here are read-only. */
function copy(target: TagTarget): TagTarget & { ids?: number[] } {
  return target.type === 'records' ? { ...target, ids: [...target.ids] } : target;
}
