/** Views and inspectors, found by their file names: adding one adds one file. */
import type { Component } from 'svelte';
import type { Section, Selection, SelectionType } from './state.svelte.ts';

interface Module<Props extends Record<string, unknown>> {
  readonly default: Component<Props>;
}

const views = import.meta.glob<Module<Record<string, never>>>('../views/*.svelte', { eager: true });
const inspectors = import.meta.glob<Module<{ selection: Selection }>>('../views/inspectors/*.svelte', { eager: true });

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The view of a section: `views/Overview.svelte` for `overview`. */
export function viewOf(section: Section): Component<Record<string, never>> | undefined {
  return views[`../views/${capital(section)}.svelte`]?.default;
}

/** The inspector of a kind of selection: `views/inspectors/RecordInspector.svelte` for `record`. Its prop `selection` is of that kind. */
export function inspectorOf(type: SelectionType): Component<{ selection: Selection }> | undefined {
  return inspectors[`../views/inspectors/${capital(type)}Inspector.svelte`]?.default;
}
