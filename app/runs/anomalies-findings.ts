import { sortedIds } from '../columns/varint.ts';
import { formatCount, plural } from '../contract/format.ts';
import { withCauses } from '../contract/finding-words.ts';
import type { FindingCauses, Severity } from '../contract/records.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import { recordId, selectedIds, selectedNumbers, textOfId } from '../features/selection.ts';
import type { HostRows, Selection } from '../features/types.ts';
import type { NewFinding } from '../shared/run-outcome.ts';
import { groupStrange, type StrangeGroup } from './anomalies-groups.ts';
import { deviantWords, type Peers } from './anomalies-words.ts';

/**
 * Severity by the score (0 to 1; 0.5 is a row like any other). Never critical: to be unlike others is no offence. Scores of one log spread
 * little above 0.8, whatever the log.
 */
export const severityThresholds: readonly (readonly [least: number, severity: Severity])[] = [
  [0.75, 'high'],
  [0.68, 'medium'],
  [0, 'low'],
];

const DOUBT =
  'What is rare is told apart easily, and most of what is rare is harmless: servers, backups, printers, newly installed machines, one large download. Look at the figures, and whether the host is meant to do that.';

const EXAMPLES = 100;
const FEATURES = 3;
/** Features are described over so many rows of a group, the strangest. */
const DESCRIBED = 1000;

/** A search for what is strange, before it is put into words. */
export interface Strange {
  readonly built: FeatureMatrix;
  readonly selections: readonly Selection[];
  /** Row → score. */
  readonly scores: Float32Array;
  /** Rows above the threshold, the strangest first. */
  readonly rows: Uint32Array;
  /** Their attribution: columns of the matrix for each of them. */
  readonly attribution: Float32Array | Float64Array;
  readonly peers: Peers;
  /** Mean number of questions that tell a row of a tree's sample apart. */
  readonly averagePath: number;
  readonly meanScore: number;
}

export interface StrangeFindings {
  /** The strangest first, `limit` of them at most. */
  readonly findings: readonly NewFinding[];
  /** How many there are without a limit. */
  readonly found: number;
}

/** What stands out as findings; records of one cause are one finding with all their ids. */
export function strangeFindings(strange: Strange, limit: number): StrangeFindings {
  const { built, rows, attribution } = strange;
  const { hosts, groups, matrix } = built;
  const found =
    hosts === null
      ? groupStrange(rows, attribution, matrix.columns, groups.originators)
      : Array.from(rows, (row): StrangeGroup => ({ host: hosts.hosts[row], rows: Uint32Array.of(row), others: false }));
  const places = new Map(Array.from(rows, (row, place) => [row, place]));
  const said = found
    .slice(0, limit)
    .map((group) => (hosts === null ? ofRecords(strange, group, places) : ofHost(strange, hosts, group, places)));
  return { findings: said, found: found.length };
}

function ofRecords(strange: Strange, group: StrangeGroup, places: ReadonlyMap<number, number>): NewFinding {
  const selection = strange.selections[0];
  const { table } = selection;
  const noun = table.kind === 'request' ? 'request' : 'connection';
  const host = group.host === 0 ? '' : textOfId(table, 'orig_h', group.host);
  const subject = subjectOf(selection, group, host);
  const ids = Float64Array.from(group.rows, (row) => recordId(selection, row));
  const count = group.rows.length;
  const many = group.others
    ? `${plural(count, `more ${noun}`)}${host === '' ? '' : ' of this host'}, not alike`
    : `${plural(count, noun)} alike`;
  const what = count === 1 ? `one ${noun}` : many;
  return {
    kind: 'isolation',
    title: 'Easily told apart',
    subject,
    host,
    ...judgement(strange, group, places, host === '' ? what : `${host}: ${what}`),
    doubt: DOUBT,
    records: Array.from(ids.subarray(0, EXAMPLES)),
    ids: sortedIds(ids),
  };
}

function ofHost(strange: Strange, hosts: HostRows, group: StrangeGroup, places: ReadonlyMap<number, number>): NewFinding {
  const host = hosts.textOf(group.rows[0]);
  const named = namedSelection(strange.selections);
  const ids = recordsOfHost(named, group.host);
  return {
    kind: 'isolation',
    title: 'Host easily told apart',
    subject: host,
    host,
    ...judgement(strange, group, places, host),
    doubt: `${DOUBT}${othersOfHost(strange, named, group.host, host)}`,
    records: Array.from(ids.subarray(0, EXAMPLES)),
    ids,
  };
}

/** A finding names records of one kind: that there are others, and how to see them. */
function othersOfHost({ selections }: Strange, named: Selection, host: number, address: string): string {
  const others = selections.filter((selection) => selection !== named).map((selection) => recordsOfHost(selection, host).length);
  const count = others.reduce((sum, one) => sum + one, 0);
  if (count === 0) return '';
  return ` Its figures are of ${plural(count, 'request')} too, which ${count === 1 ? 'is' : 'are'} not among the records named here: look at requests with orig_h = ${address}.`;
}

/** Score, severity, the sentence with the figures, and the figures. */
function judgement(
  strange: Strange,
  { rows }: StrangeGroup,
  places: ReadonlyMap<number, number>,
  what: string,
): Pick<NewFinding, 'score' | 'severity' | 'why' | 'causes'> {
  const { scores, averagePath, meanScore } = strange;
  const score = scores[rows[0]];
  const pathOf = (of: number): number => -Math.log2(of) * averagePath;
  const first = rows.length === 1 ? 'takes' : 'the strangest takes';
  const apart = `${what}: ${first} ${pathOf(score).toFixed(1)} random questions to tell apart, a row like any other ${pathOf(meanScore).toFixed(1)} (score ${score.toFixed(3)}, mean ${meanScore.toFixed(3)}).`;
  const features = strongest(strange, rows, places)
    .map((column) => deviantWords(strange.built, column, rows.subarray(0, DESCRIBED), strange.peers))
    .filter((one) => one !== null)
    // sine and cosine of a circle of time are one moment
    .filter(({ title }, at, all) => all.findIndex((one) => one.title === title) === at)
    // what few peers have is a reason behind all that can be measured
    .toSorted((a, b) => Number(a.few !== undefined) - Number(b.few !== undefined))
    .slice(0, FEATURES);
  const none = ' No quantity by itself is far from its peers: it is a code, or how its figures come together.';
  const said = features.map((one) => one.said);
  const why = features.length === 0 ? `${apart}${none}` : withCauses(apart, said);
  const causes: FindingCauses = {
    path: { own: pathOf(score), usual: pathOf(meanScore) },
    features: features.map(({ feature, title, measure, value, typical, deviation, words, few }) => ({
      ...{ feature, title, measure, value, typical, deviation, words },
      ...(few === undefined ? {} : { few }),
    })),
  };
  return { score, severity: severityThresholds.find(([least]) => score >= least)?.[1] ?? 'low', why, causes };
}

/** The columns that tell these rows apart, what does most first, by the mean of their attributions. */
function strongest({ attribution, built }: Strange, rows: Uint32Array, places: ReadonlyMap<number, number>): readonly number[] {
  const { columns } = built.matrix;
  const sums = new Float64Array(columns);
  for (const row of rows) {
    const at = (places.get(row) ?? 0) * columns;
    for (let c = 0; c < columns; c++) sums[c] += attribution[at + c];
  }
  return Array.from(sums.keys())
    .filter((c) => sums[c] > 0 && c < built.used.length)
    .sort((a, b) => sums[b] - sums[a] || a - b);
}

/** "a → b:443", "a → 231 hosts, port 22", "a → 4 hosts". */
function subjectOf(selection: Selection, { rows }: StrangeGroup, host: string): string {
  const { table } = selection;
  const responders = selectedIds(selection, 'resp_h');
  const ports = selectedNumbers(selection, 'resp_p');
  const ofRows = new Set(Array.from(rows, (row) => responders[row]).filter((id) => id !== 0));
  const itsPorts = new Set(Array.from(rows, (row) => ports[row]).filter((port) => !Number.isNaN(port)));
  const [responder] = ofRows;
  const [port] = itsPorts;
  if (ofRows.size === 0) return host === '' ? table.kind : host;
  if (ofRows.size === 1) return `${host} → ${textOfId(table, 'resp_h', responder)}${itsPorts.size === 1 ? `:${port}` : ''}`;
  return `${host} → ${formatCount(ofRows.size)} hosts${itsPorts.size === 1 ? `, port ${port}` : ''}`;
}

/** The records that findings name, which are of one kind: connections, and requests where there are none. */
export function namedSelection(selections: readonly Selection[]): Selection {
  return selections.find(({ table }) => table.kind === 'connection') ?? selections[0];
}

/** Every record that it began or took, ascending. */
function recordsOfHost(selection: Selection, host: number): Float64Array {
  const [originators, responders] = [selectedIds(selection, 'orig_h'), selectedIds(selection, 'resp_h')];
  const ids: number[] = [];
  for (let row = 0; row < selection.rows; row++) {
    if (originators[row] === host || responders[row] === host) ids.push(recordId(selection, row));
  }
  return sortedIds(ids);
}
