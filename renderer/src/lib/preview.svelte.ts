/** Looking at a log before it is imported: how it would be read, and what the person says of it. */
import type { FormatOptions, Input, Mapping, Preview, SavedMapping } from '../../../app/contract.ts';
import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import { importPaths, pickOpen } from './files.svelte.ts';
import { app, clearSelection, go, invoke } from './state.svelte.ts';

type Column = NonNullable<Mapping['columns']>[number];

/** A file that is looked at; made anew for every file. */
export class Previewing {
  readonly path: string;
  /** Of an archive the file of this name in it; undefined: the first that is a log. */
  member = $state<string | undefined>(undefined);
  /** Null: it is recognised. */
  format = $state<string | null>(null);
  /** What the person said, and nothing else: the rest is found. */
  options = $state.raw<FormatOptions>({});
  /** The latest answer; it stays while the next one is on its way, and when the next question cannot be answered. */
  answer = $state.raw<Preview | null>(null);
  error = $state.raw<ErrorShape | null>(null);
  loading = $state(true);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string, member?: string) {
    this.path = path;
    this.member = member;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    const { path, member, options } = this;
    const input: Input<'evidence.preview'> = {
      path,
      ...(member === undefined ? {} : { member }),
      ...(this.format === null ? {} : { format: this.format }),
      options: { ...options },
    };
    try {
      const answer = await invoke('evidence.preview', input);
      if (mine !== this.#asked) return;
      this.answer = answer;
      this.error = null;
    } catch (error) {
      if (mine !== this.#asked) return;
      this.error = toErrorShape(error);
    }
    this.loading = false;
  }

  /** Asks again once the person has stopped typing. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.loading = true;
    this.#timer = setTimeout(() => void this.#ask(), 250);
  }

  /** Another format: what was said of the columns was said of the other one. */
  choose(format: string | null): void {
    this.format = format;
    this.options = this.options.timeZone === undefined ? {} : { timeZone: this.options.timeZone };
    this.#soon();
  }

  /** Another file of the archive: what was said was said of the other one. */
  chooseMember(member: string): void {
    this.member = member;
    this.format = null;
    this.options = {};
    this.answer = null;
    this.#soon();
  }

  /** A way to read files that was kept under a name. */
  use(saved: SavedMapping): void {
    this.format = saved.format;
    this.options = saved.options;
    this.#soon();
  }

  /** Says one thing about the file; empty takes it back. */
  say(name: 'timeZone' | 'logFormat' | 'zeekLog' | 'eventType' | 'fields', text: string): void {
    this.options = without({ ...this.options, [name]: text.trim() }, name, text.trim() === '');
    this.#soon();
  }

  /** Says one thing about the table; undefined takes it back. */
  sayOfTable<K extends Exclude<keyof Mapping, 'columns'>>(name: K, value: Mapping[K] | undefined): void {
    const mapping = without({ ...this.options.mapping, [name]: value }, name, value === undefined);
    this.options = { ...this.options, mapping };
    this.#soon();
  }

  /** What the column becomes: as it was found, with what is said now. */
  sayOfColumn(column: Column): void {
    const others = this.options.mapping?.columns?.filter((other) => other.from !== column.from) ?? [];
    this.options = { ...this.options, mapping: { ...this.options.mapping, columns: [...others, column] } };
    this.#soon();
  }

  /** Takes back what was said of a column: it is as it was found. */
  forgetColumn(from: string): void {
    const columns = this.options.mapping?.columns?.filter((other) => other.from !== from) ?? [];
    this.options = { ...this.options, mapping: { ...this.options.mapping, columns } };
    this.#soon();
  }

  /** The table as it was found, with what was said since; null where the file is none. */
  get table(): Mapping | null {
    const found = this.answer?.options.mapping;
    const said = this.options.mapping;
    if (found === undefined) return null;
    const columns = found.columns?.map((column) => said?.columns?.find((other) => other.from === column.from) ?? column);
    return { ...found, ...said, ...(columns === undefined ? {} : { columns }) };
  }

  /** True where the answer is to what is asked for now: what is shown is what would be imported. */
  get settled(): boolean {
    return !this.loading && this.error === null && this.answer !== null;
  }
}

function without<T extends object>(object: T, name: keyof T, drop: boolean): T {
  if (!drop) return object;
  const rest = { ...object };
  Reflect.deleteProperty(rest, name);
  return rest;
}

class PreviewState {
  current = $state.raw<Previewing | null>(null);
}
export const preview = new PreviewState();

/** Shows how a file would be imported, in Evidence. */
export function openPreview(path: string, member?: string): void {
  preview.current = new Previewing(path, member);
  // The preview needs the room, and what was selected has nothing to do with it.
  clearSelection();
  if (app.case !== null) go('evidence');
}

export function closePreview(): void {
  preview.current = null;
}

/** Imports the file as the preview shows it. */
export async function importPreviewed({ path, answer }: Previewing): Promise<void> {
  if (answer === null) return;
  closePreview();
  const member = answer.archive === undefined ? {} : { member: answer.archive.member };
  await importPaths([path], { ...member, format: answer.format, options: answer.options });
}

/** Import…: asks for files, then imports them, or shows one of them first. */
export async function chooseAndImport(): Promise<void> {
  await importPaths(await pickOpen({ title: 'Import logs', multiple: true, folders: true, accept: 'Import' }, openPreview));
}

/** Preview…: where the system's own dialog asks for files, it has no button for it. */
export async function chooseAndPreview(): Promise<void> {
  const [path] = await pickOpen({ title: 'Preview a log', accept: 'Preview' });
  if (path !== undefined) openPreview(path);
}
