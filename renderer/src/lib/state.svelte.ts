/**
 * The window's state, in runes: one object `app`, read by every view, changed by the functions here.
 *
 * For the views
 * - A view is `src/views/<Name>.svelte` (Overview, Hosts, …), without props; an inspector is `src/views/inspectors/<Type>Inspector.svelte`
 *   (Record, Host, Cluster, Evidence, Finding, Tagging) with the prop `selection`. They are found by their file names.
 * - Read data with `query(name, () => input)` of `lib/query.svelte.ts`: it reads again when the case's revision or the input changes.
 * - Do things with `call`, `callJob` (show what went wrong) or `invoke`, `runJob` (throw it).
 */
import { untrack } from 'svelte';
import type { CommandName, Input, JobState, NamesOf, Output, RecordKind, Result } from '../../../app/contract.ts';
import { FlowcaseError, fromErrorShape, toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import {
  AppState,
  nothing,
  noStatus,
  type AppliedFilter,
  type Density,
  type Remedy,
  type Selection,
  type StatusLine,
  type Theme,
} from './app-state.svelte.ts';
import { withTerm } from './filter-terms.ts';
import { neighbour, type Section } from './sections.ts';
import { writeSetting } from './settings.ts';
import { toast } from './toasts.svelte.ts';

export type { Density, Remedy, Section, Selection, SelectionOf, SelectionType, StatusLine, Theme } from './app-state.svelte.ts';

export const app = new AppState();

/** Shows a section, or a place in it. The selection stays where the inspector of the new section can show it, which is everywhere. */
export function go(section: Section, place: string | null = null): void {
  if (app.case === null && section !== 'start') return;
  if (app.section === section && app.place === place) return;
  history.push({ section: app.section, place: app.place });
  if (history.length > 50) history.shift();
  move(section, place);
}

const history: { readonly section: Section; readonly place: string | null }[] = [];

function move(section: Section, place: string | null): void {
  app.section = section;
  app.place = place;
  app.status = noStatus;
}

/** Back to where one was before (B). */
export function goBack(): void {
  const before = history.pop();
  if (before !== undefined) move(before.section, before.place);
}

/** To Start, with no way back: the places of a case that is closed are no more. */
export function goStart(): void {
  history.length = 0;
  move('start', null);
}

export function goNeighbour(step: 1 | -1): void {
  go(neighbour(app.section, step));
}

/** A filter as the core is asked for it: a bare `cluster = 3` means the run that is looked at. */
export function through(filter: string = app.filter): { readonly filter: string; readonly run?: number } {
  return app.currentRun === null ? { filter } : { filter, run: app.currentRun };
}

/**
 * Applies a filter to every view of a kind of record, the one that is looked at unless another is named. Asks the core first: what is not
 * valid is not applied, and the answer is returned.
 */
export async function setFilter(text: string, kind: RecordKind = app.filterKind): Promise<boolean> {
  const wanted = text.trim();
  if (wanted === (app.filters.get(kind)?.text ?? '')) return true;
  if (wanted === '') {
    apply(kind, null);
    return true;
  }
  const check = await call('filter.check', { kind, ...through(wanted) });
  if (check === undefined) return false;
  if (!check.ok) {
    showProblem({
      code: 'FILTER_SYNTAX',
      message: `The filter “${wanted}” was not applied: ${check.error?.message ?? 'it cannot be read'}`,
    });
    return false;
  }
  apply(kind, { text: wanted, words: check.words });
  return true;
}

function apply(kind: RecordKind, filter: AppliedFilter | null): void {
  const next = new Map(app.filters);
  if (filter === null) next.delete(kind);
  else next.set(kind, filter);
  app.filters = next;
}

/** Shows records of a kind through a filter. */
export async function showRecords(filter: string, kind: RecordKind = 'connection'): Promise<void> {
  if (!(await setFilter(filter, kind))) return;
  app.kind = kind;
  go('records');
}

/** Looks at another kind of record. The filter goes along where it can be read there; else the kind has its own. */
export async function showKind(kind: RecordKind): Promise<void> {
  const { filter, filterKind } = app;
  app.kind = kind;
  if (filter === '' || filterKind === kind) return;
  try {
    const check = await invoke('filter.check', { kind, ...through(filter) });
    if (check.ok) apply(kind, { text: filter, words: check.words });
    else toast(`“${filter}” asks for what ${kind} records do not have: the filter stays with the others.`);
  } catch (error) {
    showProblem(error);
  }
}

/** Adds `term` to the filter with `and`, or its contrary. */
export function addFilterTerm(term: string, exclude = false): Promise<boolean> {
  return setFilter(withTerm(app.filter, term, exclude));
}

export function select(selection: Selection): void {
  app.selection = selection;
}

export function clearSelection(): void {
  app.selection = nothing;
}

export function setStatus(status: Partial<StatusLine>): void {
  // Read untracked, so that an effect may say its status without depending on the one before.
  app.status = { ...untrack(() => app.status), ...status };
}

export const readOnlyWords = 'This case is open for reading only: nothing in it can be changed here.';

/** False while the open case may only be read. */
export function mayWrite(): boolean {
  return app.case?.readOnly !== true;
}

/** As `mayWrite`, for what the person asks for by a key: says why not. */
export function barWriting(): boolean {
  if (mayWrite()) return false;
  toast(readOnlyWords);
  return true;
}

export function showProblem(error: unknown, remedy: Remedy | null = null): void {
  const shape = isShape(error) ? error : toErrorShape(error);
  // Without a connection everything fails, for one reason that is said already.
  if (shape.code === 'CANCELLED' || app.link !== 'up') return;
  app.problem = shape;
  app.remedy = remedy;
}

function isShape(error: unknown): error is ErrorShape {
  return typeof error === 'object' && error !== null && !(error instanceof Error) && 'code' in error && 'message' in error;
}

export function dismissProblem(): void {
  app.problem = null;
}

/** Calls the core and throws what went wrong (a FlowcaseError). */
export function invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
  return app.client.invoke(name, input);
}

/** Calls the core; what went wrong is shown, and the answer is undefined. */
export async function call<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N> | undefined> {
  try {
    return await app.client.invoke(name, input);
  } catch (error) {
    showProblem(error);
    return undefined;
  }
}

type JobName = NamesOf<'job'>;
const waiting = new Map<string, (job: JobState) => void>();

/** Starts long work and waits for its end; progress is in `app.jobs`. @throws what went wrong, CANCELLED where the person stopped it. */
export async function runJob<N extends JobName>(name: N, input: Input<N>, onStart?: (job: string) => void): Promise<Result<N>> {
  const handle = (await app.client.invoke(name, input)) as { readonly job: string };
  onStart?.(handle.job);
  const ended = await new Promise<JobState>((resolve) => {
    const known = app.jobs.find((job) => job.id === handle.job);
    if (known !== undefined && known.ended !== null) resolve(known);
    else waiting.set(handle.job, resolve);
  });
  if (ended.error !== null) throw fromErrorShape(ended.error);
  if (ended.status !== 'done') throw new FlowcaseError('CANCELLED', `${ended.title} was cancelled. The case is as it was before.`);
  return ended.result as Result<N>;
}

/** As `runJob`, but what went wrong is shown, that it was stopped is said, and the answer is undefined. */
export async function callJob<N extends JobName>(
  name: N,
  input: Input<N>,
  onStart?: (job: string) => void,
): Promise<Result<N> | undefined> {
  try {
    return await runJob(name, input, onStart);
  } catch (error) {
    const shape = toErrorShape(error);
    if (shape.code === 'CANCELLED') toast(shape.message);
    else showProblem(shape);
    return undefined;
  }
}

/** Takes a job's new state in, and wakes who waits for its end. */
export function takeJob(job: JobState): void {
  const rest = app.jobs.filter((other) => other.id !== job.id);
  app.jobs = [job, ...rest].sort((a, b) => b.started - a.started).slice(0, 40);
  if (job.ended === null) return;
  waiting.get(job.id)?.(job);
  waiting.delete(job.id);
}

export function setTheme(theme: Theme): void {
  app.theme = theme;
  writeSetting('theme', theme);
}

export function setDensity(density: Density): void {
  app.density = density;
  writeSetting('density', density);
}

/** True while a job of this command runs. */
export function running(command: CommandName): JobState | undefined {
  return app.jobs.find((job) => job.command === command && job.ended === null);
}
