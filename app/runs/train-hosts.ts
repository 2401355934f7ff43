import { formatFigure, formatShare, plural } from '../contract/format.ts';
import type { ClassifierFigures, SplitHosts, TrainRequest } from '../contract/models.ts';
import { selectedIds, textOfId } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import { groupsByHost } from '../features/validation-groups.ts';
import { clipped } from './train-split.ts';
import type { Lesson } from './train.ts';

/** A test of fewer hosts than this says more of these than of hosts. */
const FEW_HOSTS = 30;
/** A host with more of the test than this is the test. */
const MOST_OF_TEST = 0.5;
/** Of what a model tells beyond the largest class, this much told by the host alone is spoken of. */
const OF_GAIN = 0.25;

type Parted = Pick<Lesson, 'from' | 'labels' | 'split'>;

/** Whose rows were learned from and tested; null where nothing was kept for a test, and where the rows are hosts themselves. */
export function hostsOfSplit({ from, labels, split }: Parted): SplitHosts | null {
  if (split.test.length === 0 || 'hosts' in from) return null;
  const { of, count } = groupsByHost(from);
  const [learned, tested] = [split.train, split.test].map((rows) => rowsByGroup(of, count, rows));
  const largest = tested.indexOf(tested.reduce((most, rows) => Math.max(most, rows), 0));
  const row = split.test.find((one) => of[one] === largest) ?? 0;
  return {
    learned: learned.filter((rows) => rows > 0).length,
    tested: tested.filter((rows) => rows > 0).length,
    largest: { host: hostOf(from, row), share: tested[largest] / split.test.length },
    alone: toldByHost({ from, labels, split }).share,
  };
}

/** What few hosts in a test mean for its figures; nothing where no host was kept apart. */
export function fewHosts(hosts: SplitHosts | null, { split }: Pick<TrainRequest, 'split'>): readonly string[] {
  if (hosts === null || split !== 'host') return [];
  const { tested, largest } = hosts;
  const one = tested > 1 && largest.share > MOST_OF_TEST;
  if (tested >= FEW_HOSTS && !one) return [];
  const share = one ? `, and ${formatShare(largest.share)} of it is of ${nameOf(largest.host)}` : '';
  return [
    `The test is of ${plural(tested, 'host')}${share}: rows of a host are alike, so that its figures count ${tested === 1 ? 'this one host' : 'these hosts'}, not their rows. Other hosts may give quite others; --seed draws others.`,
  ];
}

function nameOf(host: string | null): string {
  return host === null ? 'records that name no host' : clipped(host, 80);
}

/**
 * Whether a split by chance asks about hosts more than about their traffic: answering with the class that most rows of the host have tells at least
 * a quarter of what the model tells beyond the largest class, and more than chance would (a sign test of the rows in which both differ).
 */
export function hostAlone(lesson: Parted, figures: readonly ClassifierFigures[]): readonly string[] {
  const asked = (['test', 'cross-validation', 'out-of-bag'] as const).flatMap((on) => figures.filter((one) => one.on === on)).at(0);
  if (asked === undefined) return [];
  const { share, always, better, worse } = toldByHost(lesson);
  const beyond = better - worse > 2 * Math.sqrt(better + worse);
  if (!beyond || share - always < OF_GAIN * (asked.accuracy - always)) return [];
  return [
    `Answering with the most frequent class of the host alone is right in ${formatFigure(share)}, the model in ${formatFigure(asked.accuracy)}, always saying the largest class in ${formatFigure(always)}: a random split has the same hosts on both sides and flatters. --split host tells how it does on others.`,
  ];
}

interface ToldByHost {
  /** Share of the asked rows that the host's most frequent class is right in, and that the largest class of all is. */
  readonly share: number;
  readonly always: number;
  /** Rows that the first alone is right in, and the second alone. */
  readonly better: number;
  readonly worse: number;
}

/** Learns from one side and asks about the other; without a test every row is asked about by the others. */
function toldByHost({ from, labels: { codes, classes }, split: { train, test } }: Parted): ToldByHost {
  const { of, count } = groupsByHost(from);
  const all = new Float64Array(classes.length);
  const seen = Array.from({ length: count }, () => new Map<number, number>());
  for (const row of train) {
    all[codes[row]]++;
    seen[of[row]].set(codes[row], (seen[of[row]].get(codes[row]) ?? 0) + 1);
  }
  const largest = all.indexOf(all.reduce((most, rows) => Math.max(most, rows), 0));
  const asked = test.length > 0 ? test : train;
  const without = test.length > 0 ? 0 : 1;
  let [right, always, better, worse] = [0, 0, 0, 0];
  for (const row of asked) {
    const byHost = Number(mostFrequent(seen[of[row]], codes[row], without, largest) === codes[row]);
    const byClass = Number(largest === codes[row]);
    right += byHost;
    always += byClass;
    if (byHost > byClass) better++;
    if (byClass > byHost) worse++;
  }
  return { share: right / asked.length, always: always / asked.length, better, worse };
}

/** Of equals the largest class of all, then the first; where nothing is left, the largest of all. `without`: rows of class `own` to leave out. */
function mostFrequent(counts: ReadonlyMap<number, number>, own: number, without: number, largest: number): number {
  let [best, most] = [largest, (counts.get(largest) ?? 0) - (own === largest ? without : 0)];
  for (const [code, found] of counts) {
    const rows = found - (own === code ? without : 0);
    if (rows > most || (rows === most && best !== largest && code < best)) [best, most] = [code, rows];
  }
  return best;
}

function rowsByGroup(of: Uint32Array, count: number, rows: Uint32Array): number[] {
  const found = new Array<number>(count).fill(0);
  for (const row of rows) found[of[row]]++;
  return found;
}

function hostOf(from: Selection, row: number): string | null {
  const id = selectedIds(from, 'orig_h')[row];
  return id === 0 ? null : textOfId(from.table, 'orig_h', id);
}
