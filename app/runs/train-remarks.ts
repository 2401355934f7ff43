import { formatShare, plural } from '../contract/format.ts';
import type { ClassifierFigures, SplitHosts, TrainRequest } from '../contract/models.ts';
import { nounOf } from './sources.ts';
import { fewHosts, hostAlone } from './train-hosts.ts';
import { shortList } from './train-split.ts';
import { fewTested } from './train-test-words.ts';
import type { Lesson } from './train.ts';

/** A test is as large as was asked for within this share. */
const FAR = 0.05;

/** What a person must know to read the figures of a training, in their order of weight. */
export function remarksOf(
  lesson: Lesson,
  request: TrainRequest,
  figures: readonly ClassifierFigures[],
  hosts: SplitHosts | null,
): readonly string[] {
  const { labels, features, splitter, split, fitted, leaks: found } = lesson;
  const { of, test, features: chosen } = request;
  const noun = nounOf(of);
  const dropped = features.filter((feature) => feature.dropped !== null);
  const leaks = dropped.filter((feature) => found.has(feature));
  const others = dropped.filter((feature) => !found.has(feature));
  const tested = figures.find(({ on }) => on === 'test');
  return [
    ...(tested === undefined ? [] : fewTested(tested.rows, tested.accuracy, request.split === 'random' ? null : (hosts?.tested ?? null))),
    ...fewHosts(hosts, request),
    ...flattering(lesson, request, figures),
    ...splitter.remarks,
    ...partial(lesson, request),
    ...(labels.unlabelled === 0 ? [] : [`${plural(labels.unlabelled, noun)} without a class took no part.`]),
    ...(labels.ambiguous === 0 ? [] : [`${plural(labels.ambiguous, noun)} with several of the tags took no part.`]),
    ...(leaks.length === 0
      ? []
      : [`Left out because they give the label away: ${shortList(leaks.map(({ name, dropped: why }) => `${name} (${why ?? ''})`))}.`]),
    ...kin(lesson),
    ...(others.length === 0 || chosen.length === 0
      ? []
      : [`Features left out: ${shortList(others.map(({ name, dropped: why }) => `${name} (${why ?? ''})`))}.`]),
    ...(fitted.features.length === 0 ? ['No feature could be used: every row looks the same to the model.'] : []),
    ...(test === 0 ? ['Nothing was kept for a test: the figures on what it learned from say little about other records.'] : []),
    ...(test > 0 && split.test.length === 0 ? ['No row was left for the test.'] : []),
  ];
}

/** Features that a recipe computes from columns of which others were left out because they give the label away. */
function kin({ used, leaks }: Pick<Lesson, 'used' | 'leaks'>): readonly string[] {
  const columns = new Set(Array.from(leaks, ([{ name }, { code, column }]) => (code === 'copy' ? [column ?? name] : [])).flat());
  const made = used.filter(({ spec: { needs } }) => needs.some((choice) => choice.some(({ name }) => columns.has(name))));
  if (made.length === 0) return [];
  const names = made.map(({ spec }) => spec.name);
  return [
    `Made of ${shortList([...columns])} too, and kept: ${shortList(names)}. What they tell may be the label; --features takes others alone.`,
  ];
}

/** Figures that say more of the hosts that were learned from than of others. */
function flattering(
  lesson: Pick<Lesson, 'from' | 'labels' | 'split'>,
  { split }: TrainRequest,
  figures: readonly ClassifierFigures[],
): readonly string[] {
  if (split === 'random') return hostAlone(lesson, figures);
  if (figures.every(({ on }) => on !== 'out-of-bag')) return [];
  const by = split === 'host' ? 'by host' : 'by time';
  return [`The out-of-bag figures are not parted ${by}: they ask about hosts and moments that other trees learned from, and flatter.`];
}

/** What a split by hosts or by time could not do: classes that are on one side only, and another share than was asked for. */
function partial({ split, labels }: Pick<Lesson, 'split' | 'labels'>, request: TrainRequest): readonly string[] {
  if (split.test.length === 0 || request.split === 'random') return [];
  const { codes, classes } = labels;
  const [learned, asked] = [split.train, split.test].map((rows) => new Set(Array.from(rows, (row) => codes[row])));
  const unasked = classes.filter((_, code) => learned.has(code) && !asked.has(code));
  const unlearned = classes.filter((_, code) => !learned.has(code) && asked.has(code));
  const share = split.test.length / (split.test.length + split.train.length);
  const why = request.split === 'host' ? 'hosts stay whole' : 'moments stay whole';
  return [
    ...(unlearned.length === 0 ? [] : [`Never learned from, so that every row of them is told wrong: ${shortList(unlearned)}.`]),
    ...(unasked.length === 0 ? [] : [`Not in the test, so that its figures say nothing of them: ${shortList(unasked)}.`]),
    ...(Math.abs(share - request.test) <= FAR
      ? []
      : [`The test has ${formatShare(share)} of the rows where ${Math.round(request.test * 100)} % were asked for: ${why}.`]),
  ];
}
