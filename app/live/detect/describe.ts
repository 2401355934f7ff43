import { formatDuration, formatTime, isoTime } from '../../contract/format.ts';
import type { AlertDetector, AlertFigure, NewAlert } from '../../contract/live-alerts.ts';
import type { Severity } from '../../contract/records.ts';
import { printText } from '../../query/print.ts';
import type { ClosedWindow, WindowFigures } from '../windows/types.ts';
import { seconds, type Baselines, type Judgement, type Role } from './baselines.ts';
import { figureOf, figures, figureWords, type FigureName } from './figures.ts';

/** Whom an alert is about. */
export interface Whom {
  readonly role: Role;
  readonly key: string;
  readonly figures: WindowFigures;
}

export function wholeOf(window: ClosedWindow): Whom {
  return { role: 'whole', key: 'all', figures: window.whole };
}

export interface Told {
  readonly detector: AlertDetector;
  readonly title: string;
  readonly severity: Severity;
  /** How far beyond what is tolerated: 1 is just so. */
  readonly excess: number;
  /** What the sentence begins with; the figures follow. */
  readonly says: string;
  readonly doubt: string;
  /** The figures that it rests on; the others follow by how unusual they are. */
  readonly first: readonly FigureName[];
}

/** Puts an alert together: the words, the three figures that say most, the filter that shows the records. */
export function alertOf(window: ClosedWindow, usual: Baselines, whom: Whom, told: Told): NewAlert {
  const shown = mostDeviant(window, usual, whom, told.first);
  return {
    detector: told.detector,
    title: told.title,
    source: window.source,
    kind: window.kind,
    subject: whom.key,
    host: whom.role === 'client' ? whom.key : '',
    score: scoreOf(told.excess),
    severity: told.severity,
    why: `${told.says}: ${shown.map(({ words }) => words).join('; ')}. ${windowWords(window)}.`,
    doubt: told.doubt,
    figures: shown,
    window: { start: window.start, end: window.end },
    records: whom.figures.records,
    filter: filterOf(window, whom),
  };
}

/** 0.5 where it is just beyond what is tolerated, nearing 1 at 32 times that. */
export function scoreOf(excess: number): number {
  return Math.min(1, 0.5 + Math.log2(Math.max(1, excess)) / 10);
}

function windowWords(window: ClosedWindow): string {
  return `Within ${formatDuration(window.end - window.start)} from ${formatTime(window.start, 0)}`;
}

function mostDeviant(window: ClosedWindow, usual: Baselines, whom: Whom, first: readonly FigureName[]): AlertFigure[] {
  const judged = figures.flatMap((figure) => usual.judge(figure, whom.role, whom.key, whom.figures, window) ?? []);
  const excess = ({ value, usual: { highest } }: Judgement): number => (value + 1) / (highest + 1);
  const others = judged
    .filter((one) => !first.includes(one.figure.name) && one.value > one.usual.high && one.value > 0)
    .sort((a, b) => excess(b) - excess(a));
  const named = first.map((name) => judged.find((one) => one.figure.name === name) ?? name);
  return [...named, ...others].slice(0, 3).map((one) => (typeof one === 'string' ? plain(window, whom, one) : compared(window, whom, one)));
}

/** Without anything to compare with. */
function plain(window: ClosedWindow, whom: Whom, name: FigureName): AlertFigure {
  const figure = figureOf(name);
  const value = figure.of(whom.figures) ?? 0;
  const title = titleOf(window, whom, name);
  return { name, title, value, usual: null, words: saying(name, figure.write(value), title) };
}

function compared(window: ClosedWindow, whom: Whom, { figure, value, usual, whose }: Judgement): AlertFigure {
  const title = titleOf(window, whom, figure.name);
  const range = `${figure.write(usual.low)} to ${figure.write(usual.high)}`;
  const whom_ = whose === 'own' ? (whom.role === 'whole' ? 'usual is' : 'its usual is') : 'the busiest of the others has';
  const words = `${saying(figure.name, figure.write(value), title)}, ${whom_} ${range} (last ${usual.windows} windows)`;
  const { low, middle, high, windows } = usual;
  return { name: figure.name, title, value, usual: { low, middle, high, windows }, words };
}

function titleOf({ kind }: ClosedWindow, whom: Whom, name: FigureName): string {
  return figureWords(name, kind, whom.role);
}

function saying(name: FigureName, value: string, title: string): string {
  return name === 'entropy' ? `${title} ${value}` : `${value} ${title}`;
}

/** The records of the window that it is about, in the filter language. */
export function filterOf(window: ClosedWindow, { role, key }: Pick<Whom, 'role' | 'key'>): string {
  const span = `ts >= ${isoTime(window.start)} and ts < ${isoTime(window.end)}`;
  if (role === 'whole') return span;
  const field = role === 'client' ? 'orig_h' : window.kind === 'request' ? 'vhost' : 'service';
  return key === '-' ? `${field} is absent and ${span}` : `${field} = ${printText(key)} and ${span}`;
}

/** A number for a minute as one for this window. */
export function perWindow(aMinute: number, window: ClosedWindow): number {
  return aMinute * Math.max(1 / 6, seconds(window) / 60);
}
