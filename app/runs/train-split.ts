import { plural } from '../contract/format.ts';
import type { SplitKind } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import { groupsByHost, timesOf } from '../features/validation-groups.ts';
import type { HostRows, Labels, Selection } from '../features/types.ts';
import { NO_CLASS } from '../learn/types.ts';
import { groupedKFold, groupedShuffleSplit, NO_GROUP } from '../learn/validation/grouped-splits.ts';
import { stratifiedKFold, stratifiedShuffleSplit, type Split } from '../learn/validation/splits.ts';
import { expandingWindows, timeSplit } from '../learn/validation/time-splits.ts';

/** How the labelled rows are parted into those to learn from and those to be asked about. */
export interface Splitter {
  /** `share` 0: everything is learned from. */
  once(share: number): Split;
  folds(count: number): Split[];
  /** Folds of these rows alone. */
  foldsOf(rows: Uint32Array, count: number): Split[];
  /** What had to be done otherwise than asked. */
  readonly remarks: readonly string[];
}

/**
 * Splits of the rows that have a class. Classes with fewer rows than a random split needs to show them on both sides are always learned from and never
 * asked about. `from`: whose hosts and times they are. @throws FlowcaseError PARAMETER, from its methods, where a split cannot be made
 */
export function splitterOf(kind: SplitKind, labels: Labels, from: Selection | HostRows, seed: number): Splitter {
  const { codes, classes } = labels;
  const remarks: string[] = [];
  const labelled = (): Uint32Array => rowsWith(codes, (code) => code !== NO_CLASS);
  const groups = (): Uint32Array => groupsByHost(from).of.map((group, row) => (codes[row] === NO_CLASS ? NO_GROUP : group));
  const times = (): Float64Array => timesOf(from).map((time, row) => (codes[row] === NO_CLASS ? Number.NaN : time));
  /** Without the classes of fewer than `least` rows, and with them again in every part to learn from. */
  const random = (least: number, split: (y: Uint16Array) => Split[]): Split[] => {
    const rare = labels.counts.map((count) => count > 0 && count < least);
    const named = classes.filter((_, code) => rare[code]);
    if (named.length === 0) return split(codes);
    if (named.length === labels.counts.filter((count) => count > 0).length) throw allTooRare(named, least);
    const text = `Too rare to be asked about (fewer than ${least} rows), so learned from only: ${shortList(named)}.`;
    if (!remarks.includes(text)) remarks.push(text);
    const always = rowsWith(codes, (code) => code !== NO_CLASS && rare[code]);
    const y = codes.map((code) => (code !== NO_CLASS && rare[code] ? NO_CLASS : code));
    return split(y).map(({ train, test }) => ({ train: merged(train, always), test }));
  };
  return {
    remarks,
    once(share) {
      if (share === 0) return { train: labelled(), test: new Uint32Array() };
      if (kind === 'host') return groupedShuffleSplit(groups(), { testShare: share, seed });
      if (kind === 'time') return timeSplit(times(), { testShare: share });
      return random(2, (y) => stratifiedShuffleSplit(y, classes.length, { testShare: share, seed }))[0];
    },
    folds(count) {
      if (kind === 'host') return groupedKFold(groups(), { folds: count });
      if (kind === 'time') return expandingWindows(times(), { folds: count });
      return random(count, (y) => stratifiedKFold(y, classes.length, { folds: count, seed }));
    },
    foldsOf(rows, count) {
      const only = new Uint16Array(codes.length).fill(NO_CLASS);
      for (const row of rows) only[row] = codes[row];
      const counts = classes.map(() => 0);
      for (const row of rows) counts[codes[row]]++;
      return splitterOf(kind, { ...labels, codes: only, counts }, from, seed).folds(count);
    },
  };
}

function allTooRare(named: readonly string[], least: number): FlowcaseError {
  const text = `Every class has fewer than ${least} rows (${shortList(named)}): none can be both learned from and asked about. Give more rows a class, or keep none for a test.`;
  return new FlowcaseError('PARAMETER', text, { name: 'test', value: least });
}

/**
 * Whether a model can learn anything from this part. @throws FlowcaseError PARAMETER where it has one class only
 */
export function checkClasses({ train }: Split, { codes, classes, column }: Labels, kind: SplitKind): void {
  if (train.length === 0 || train.some((row) => codes[row] !== codes[train[0]])) return;
  const only = classes[codes[train[0]]].slice(0, 80);
  const more = column === null ? 'Tag more hosts and records of both' : 'Label more';
  const text = `The split by ${kind} puts one class only, “${only}”, into what is learned from: there is nothing to tell apart. ${more}, choose another split, or keep a smaller share for the test.`;
  throw new FlowcaseError('PARAMETER', text, { name: 'split', value: kind });
}

/** The beginning of a long text, cut between words where it has any. */
export function clipped(text: string, most = 160): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const space = cut.lastIndexOf(' ');
  return `${space > most / 2 ? cut.slice(0, space) : cut}…`;
}

/** "a, b and 3 others" */
export function shortList(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => clipped(name));
  const rest = names.length - shown.length;
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${plural(rest, 'other')}`;
}

function rowsWith(codes: Uint16Array, test: (code: number) => boolean): Uint32Array {
  let count = 0;
  const rows = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) if (test(codes[row])) rows[count++] = row;
  return rows.slice(0, count);
}

function merged(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both.sort();
}
