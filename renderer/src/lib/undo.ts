/** Acts of the person that can be taken back, the latest last. */
export interface UndoStep {
  /** What is taken back: "tag suspect on 3 connections". */
  readonly label: string;
  readonly run: () => Promise<void>;
}

const limit = 100;

export class UndoStack {
  #steps: UndoStep[] = [];

  get size(): number {
    return this.#steps.length;
  }

  get top(): UndoStep | undefined {
    return this.#steps.at(-1);
  }

  push(step: UndoStep): void {
    this.#steps.push(step);
    if (this.#steps.length > limit) this.#steps.shift();
  }

  /** Takes one step out of the stack wherever it is, so that a toast's Undo and Ctrl-Z never undo the same act twice. */
  take(step: UndoStep | undefined = this.top): UndoStep | null {
    const at = step === undefined ? -1 : this.#steps.lastIndexOf(step);
    if (at < 0 || step === undefined) return null;
    this.#steps.splice(at, 1);
    return step;
  }

  clear(): void {
    this.#steps = [];
  }
}
