/** What the window knows, in runes; `state.svelte.ts` has the one object of it and what changes it. */
import type {
  AppInfo,
  CaseInfo,
  Client,
  JobState,
  MainKind,
  ModelSummary,
  RecordKind,
  RunSummary,
  Subject,
  TagList,
} from '../../../app/contract.ts';
import { recordKindOf } from '../../../app/contract/runs.ts';
import { FlowcaseError, type ErrorShape } from '../../../app/errors.ts';
import type { HostServices, Link } from './host.ts';
import type { Section } from './sections.ts';
import { readSetting } from './settings.ts';

export type { Section } from './sections.ts';

/** What the inspector explains. */
export type Selection =
  | { readonly type: 'none' }
  | { readonly type: 'record'; readonly kind: RecordKind; readonly id: number }
  | { readonly type: 'host'; readonly host: string }
  | { readonly type: 'cluster'; readonly run: number; readonly cluster: number }
  | { readonly type: 'evidence'; readonly evidence: number }
  | { readonly type: 'finding'; readonly finding: number }
  | { readonly type: 'tagging'; readonly tagging: number }
  | { readonly type: 'source'; readonly source: number }
  | { readonly type: 'alert'; readonly alert: number }
  | { readonly type: 'custody'; readonly entry: number };
export type SelectionType = Selection['type'];
export type SelectionOf<T extends SelectionType> = Extract<Selection, { type: T }>;

export interface AppliedFilter {
  readonly text: string;
  readonly words: string;
}

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'normal' | 'compact';

/** What stands at the left of the status bar; a view says its own and the frame clears it when the section changes. */
export interface StatusLine {
  /** "52,117 of 1,004,219 connections" */
  readonly shown: string;
  readonly selected: number;
  readonly milliseconds: number | null;
}

export const noStatus: StatusLine = { shown: '', selected: 0, milliseconds: null };
export const nothing: Selection = { type: 'none' };

const isTheme = (value: unknown): value is Theme => value === 'system' || value === 'light' || value === 'dark';
const isDensity = (value: unknown): value is Density => value === 'normal' || value === 'compact';

export class AppState {
  #client: Client | null = null;
  #host: HostServices | null = null;
  info = $state.raw<AppInfo | null>(null);
  /** The open case, fresh; null without one. */
  case = $state.raw<CaseInfo | null>(null);
  /** Running jobs and the latest that ended, newest first. */
  jobs = $state.raw<readonly JobState[]>([]);
  section = $state<Section>('start');
  /** What stands in place of the section's list: the host whose page is open; null for the list. */
  place = $state<string | null>(null);
  /** The kind of record that the section Records shows. */
  kind = $state<RecordKind>('connection');
  /** The filter of every kind of record, as applied: kinds have other columns. */
  filters = $state.raw<ReadonlyMap<RecordKind, AppliedFilter>>(new Map());
  selection = $state.raw<Selection>(nothing);
  /** Tags and acts of tagging of this revision. */
  tags = $state.raw<TagList>({ tags: [], taggings: [] });
  /** Every clustering, the latest first, of this revision. */
  runs = $state.raw<readonly RunSummary[]>([]);
  /** Every model, the latest first, of this revision. */
  models = $state.raw<readonly ModelSummary[]>([]);
  /** What the clusters, models or anomalies that are looked at, or asked for, are of: its records' filter stands in the filter line. */
  subject = $state<Subject>('connections');
  /** The run whose clusters mark the rows and whose clusters are looked at; null without a run. */
  currentRun = $state<number | null>(null);
  theme = $state<Theme>(readSetting('theme', 'system', isTheme));
  density = $state<Density>(readSetting('density', 'normal', isDensity));
  /** True while the window is drawn dark, whatever decided it. */
  dark = $state(false);
  status = $state.raw<StatusLine>(noStatus);
  /** What went wrong last, until it is dismissed. */
  problem = $state.raw<ErrorShape | null>(null);
  remedy = $state.raw<Remedy | null>(null);
  /** True where the window is too narrow for three columns: the inspector overlays. */
  narrow = $state(false);
  connected = $state(false);
  /** How the window and its host hang together; while it is not up, nothing can be asked. */
  link = $state<Link>('up');

  /** Whose filter stands in the filter line: connections', but where records of another kind are looked at, or there are only requests. */
  get filterKind(): RecordKind {
    if (this.section === 'records' || this.section === 'live') return this.kind;
    if (this.section === 'overview') return this.overviewKind;
    if (this.section === 'clusters' || this.section === 'classify' || this.section === 'findings') {
      const wanted = recordKindOf(this.subject);
      if (this.#has(wanted)) return wanted;
    }
    return this.#has('connection') || !this.#has('request') ? 'connection' : 'request';
  }

  /** The kind that the overview is of: connections or requests, the one that was looked at last where there are both. */
  get overviewKind(): MainKind {
    const wanted = this.kind === 'request' ? 'request' : 'connection';
    if (this.#has(wanted)) return wanted;
    return this.#has('connection') || !this.#has('request') ? 'connection' : 'request';
  }

  #has(kind: RecordKind): boolean {
    return this.case?.kinds.some((entry) => entry.kind === kind && entry.records > 0) ?? false;
  }

  /** The filter of every view, as applied: always valid. */
  get filter(): string {
    return this.filters.get(this.filterKind)?.text ?? '';
  }

  /** The filter in words ("" for none). */
  get filterWords(): string {
    return this.filters.get(this.filterKind)?.words ?? '';
  }

  get client(): Client {
    if (this.#client === null) throw new FlowcaseError('INTERNAL', 'The window is not connected to its host yet.');
    return this.#client;
  }

  get host(): HostServices {
    if (this.#host === null) throw new FlowcaseError('INTERNAL', 'The window is not connected to its host yet.');
    return this.#host;
  }

  /** Changes with every change of the case: depend on it to read again. -1 without a case. */
  get revision(): number {
    return this.case?.revision ?? -1;
  }

  attach(client: Client, host: HostServices): void {
    this.#client = client;
    this.#host = host;
    this.connected = true;
  }
}

/** What else can be done about a problem than to read it. */
export interface Remedy {
  readonly label: string;
  readonly run: () => void;
}
