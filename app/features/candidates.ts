import type { RecordTable } from '../columns/types.ts';
import { FlowcaseError } from '../errors.ts';
import type { Pace } from '../learn/pace.ts';
import { Entries } from './entries.ts';
import { groupConnections, groupsOfHosts, type ConnectionGroups } from './groups.ts';
import { keptOtherwise } from './kept-otherwise.ts';
import { numberHosts } from './host-rows.ts';
import { HostSource } from './host-source.ts';
import { selectedNumbers } from './selection.ts';
import type {
  FeatureDescription,
  FeatureSource,
  FeatureSpec,
  FoundFeatures,
  HostFeatureSpec,
  HostRecipe,
  HostRows,
  RecordRecipe,
  Recipe,
  Selection,
} from './types.ts';

/** A feature that may become a column. */
export interface Candidate {
  readonly spec: FeatureDescription;
  /** Why it cannot be computed, "the log has no column duration"; null: it can. */
  readonly missing: string | null;
  /** Writes its value of every row, absent is NaN. @throws FlowcaseError CANCELLED */
  fill(out: Float64Array): Promise<void>;
}

/** The rows of a matrix, and what can be computed of them. */
export interface Ground {
  readonly rows: number;
  readonly recipe: Recipe;
  readonly groups: ConnectionGroups;
  readonly hosts: HostRows | null;
  /** Microseconds from the first record to the last. */
  readonly span: number;
  /** The recipe's own features, without what comes from the data. */
  readonly own: readonly Candidate[];
  /** What records are; null for hosts. */
  readonly source: FeatureSource | null;
  candidate(spec: FeatureSpec): Candidate;
}

/** One selection, or for hosts one of connections and one of requests. @throws FlowcaseError PARAMETER, CANCELLED */
export async function groundOf(from: Selection | readonly Selection[], recipe: Recipe, window: number | null, pace: Pace): Promise<Ground> {
  const selections = 'table' in from ? [from] : from;
  if (recipe.of === 'hosts') return hostGround(selections, recipe, window, pace);
  if (window !== null)
    throw new FlowcaseError('PARAMETER', 'Only hosts are looked at in windows of time.', { name: 'window', value: window });
  if (selections.length !== 1) throw new TypeError(`${recipe.name} is built over one selection, not ${selections.length}`);
  return recordGround(selections[0], recipe, pace);
}

async function recordGround(selection: Selection, recipe: RecordRecipe, pace: Pace): Promise<Ground> {
  const groups = await groupConnections(selection, pace);
  const source: FeatureSource = { selection, groups, entries: new Entries(selection.table) };
  await recipe.prepare?.(source, async () => pace.breathe());
  const candidate = (spec: FeatureSpec): Candidate => ({
    spec,
    missing: missingColumn([selection.table], spec),
    fill: async (out) => {
      for (const part of selection.parts) {
        spec.fill(source, part, out);
        await pace.breathe();
      }
    },
  });
  return {
    rows: selection.rows,
    recipe,
    groups,
    hosts: null,
    span: spanOf([groups.times]),
    own: recipe.features.map(candidate),
    source,
    candidate,
  };
}

async function hostGround(selections: readonly Selection[], recipe: HostRecipe, window: number | null, pace: Pace): Promise<Ground> {
  const ofKind = (kind: string): Selection | null => selections.find(({ table }) => table.kind === kind) ?? null;
  const [connections, requests] = [ofKind('connection'), ofKind('request')];
  const numbered = await numberHosts({ connections, requests }, { who: recipe.who, window }, pace);
  const source = new HostSource(numbered, pace);
  const candidate = (spec: HostFeatureSpec): Candidate => ({
    spec,
    missing: missingOfHosts(spec, connections, requests),
    fill: (out) => spec.fill(source, out),
  });
  return {
    rows: numbered.hosts.rows,
    recipe,
    groups: groupsOfHosts(numbered.hosts),
    hosts: numbered.hosts,
    span: spanOf([connections, requests].flatMap((one) => (one === null ? [] : [selectedNumbers(one, 'ts')]))),
    own: recipe.features.map(candidate),
    source: null,
    candidate: ({ name }) => {
      throw new TypeError(`${name} is a feature of records`);
    },
  };
}

function missingOfHosts(spec: HostFeatureSpec, connections: Selection | null, requests: Selection | null): string | null {
  const there = [spec.from === 'requests' ? null : connections, spec.from === 'connections' ? null : requests].filter(
    (one) => one !== null,
  );
  if (there.length === 0) return `the case has no ${spec.from === 'both' ? 'connections or requests' : spec.from} here`;
  return missingColumn(
    there.map(({ table }) => table),
    spec,
  );
}

/** "the log has no column duration", or null where nothing is missing. */
export function missingColumn(tables: readonly RecordTable[], spec: FeatureDescription): string | null {
  for (const choice of spec.needs) {
    if (choice.some(({ name, storage }) => tables.some((table) => table.column(name)?.storage === storage))) continue;
    return keptOtherwise(tables, choice) ?? `the log has no column ${[...new Set(choice.map(({ name }) => name))].join(' or ')}`;
  }
  return null;
}

function spanOf(all: readonly Float64Array[]): number {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const times of all) {
    for (const time of times) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return last > first ? last - first : 0;
}

/** What comes from the data, of all families of the recipe. */
export async function openFamilies(
  { recipe, source, candidate }: Ground,
  pace: Pace,
): Promise<{
  readonly candidates: readonly Candidate[];
  readonly refused: FoundFeatures['refused'];
}> {
  if (recipe.of === 'hosts' || source === null) return { candidates: [], refused: [] };
  const found: FoundFeatures[] = [];
  for (const family of recipe.families) found.push(await family.find(source, async () => pace.breathe()));
  return { candidates: found.flatMap(({ specs }) => specs.map(candidate)), refused: found.flatMap(({ refused }) => refused) };
}
