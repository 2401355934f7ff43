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
 * Reads a command again whenever the case's revision or what `input` reads changes; late answers to old questions are dropped.
 * Call it while a component starts. An input of null asks nothing.
 */
export function query<N extends NamesOf<'read' | 'app'> & CommandName>(name: N, input: () => Input<N> | null): Query<Output<N>> {
  let value = $state.raw<Output<N> | undefined>(undefined);
  let error = $state.raw<ErrorShape | null>(null);
  let loading = $state(true);
  let again = $state(0);
  let asked = 0;

  $effect(() => {
    void app.revision;
    void again;
    const question = input();
    const mine = ++asked;
    if (question === null) {
      value = undefined;
      error = null;
      loading = false;
      return;
    }
    loading = true;
    invoke(name, question).then(
      (answer) => {
        if (mine !== asked) return;
        value = answer;
        error = null;
        loading = false;
      },
      (thrown: unknown) => {
        if (mine !== asked) return;
        error = toErrorShape(thrown);
        loading = false;
      },
    );
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
