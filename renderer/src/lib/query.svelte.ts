import { onDestroy, untrack } from 'svelte';
import type { CommandName, Input, NamesOf, Output } from '../../../app/contract.ts';
import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import { app, invoke } from './state.svelte.ts';

/** What a view reads: the last answer stays while the next one is on its way, so nothing jumps. */
export interface Query<T> {
  readonly value: T | undefined;
  readonly error: ErrorShape | null;
  /** True while an answer is awaited, the first one or a newer one. */
  readonly loading: boolean;
  /** Reads again now. */
  refresh(): void;
}

/**
 * Reads a command again whenever the case's revision or what `input` reads changes; late answers to old questions are dropped. The same question is asked one
 * at a time, with a rest after it as long as its answer took, so that a case that grows each second is not asked all the time.
 * Call it while a component starts. An input of null asks nothing.
 */
export function query<N extends NamesOf<'read' | 'app'> & CommandName>(name: N, input: () => Input<N> | null): Query<Output<N>> {
  let value = $state.raw<Output<N> | undefined>(undefined);
  let error = $state.raw<ErrorShape | null>(null);
  let loading = $state(true);
  let again = $state(0);
  let asked = 0;
  /** The question whose answer is awaited or rests; null without one. */
  let busy: string | null = null;
  let wanted = false;
  let rest: ReturnType<typeof setTimeout> | undefined;

  async function ask(question: Input<N>): Promise<void> {
    const mine = ++asked;
    const key = JSON.stringify(question);
    clearTimeout(rest);
    busy = key;
    wanted = false;
    loading = true;
    const started = performance.now();
    try {
      const answer = await invoke(name, question);
      if (mine !== asked) return;
      value = answer;
      error = null;
    } catch (thrown) {
      if (mine !== asked) return;
      error = toErrorShape(thrown);
    }
    loading = false;
    rest = setTimeout(() => {
      if (busy !== key || mine !== asked) return;
      busy = null;
      if (wanted) void ask(question);
    }, performance.now() - started);
  }

  $effect(() => {
    void app.revision;
    void again;
    const question = input();
    untrack(() => {
      if (question === null) {
        asked++;
        busy = null;
        value = undefined;
        error = null;
        loading = false;
      } else if (busy === JSON.stringify(question)) wanted = true;
      else void ask(question);
    });
  });
  onDestroy(() => {
    asked++;
    clearTimeout(rest);
  });

  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    get loading() {
      return loading;
    },
    refresh() {
      again++;
    },
  };
}
