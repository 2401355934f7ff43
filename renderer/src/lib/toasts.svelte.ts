/** Short words at the bottom right about what was done, with Undo where it can be taken back. Never for errors: see `showProblem`. */
export interface Toast {
  readonly id: number;
  readonly message: string;
  readonly undo: (() => void) | null;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

let next = 1;
export const toasts: { list: readonly Toast[] } = $state({ list: [] });

/** Says what was done, and answers its id; goes after 8 seconds unless the pointer or the focus rests on it. */
export function toast(message: string, options: { undo?: () => void; action?: { label: string; run: () => void } } = {}): number {
  const id = next++;
  toasts.list = [...toasts.list.slice(-2), { id, message, undo: options.undo ?? null, action: options.action ?? null }];
  return id;
}

export function dismissToast(id: number): void {
  toasts.list = toasts.list.filter((entry) => entry.id !== id);
}
