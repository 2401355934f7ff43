import type { CustodyEntry } from '../contract/case.ts';
import { canonicalJson } from './canonical.ts';

/** What the custody log says the case holds now. */
export interface Expected {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Details of 'evidence.imported' by evidence, without those removed since. */
  readonly evidence: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  /** Digest by run. */
  readonly runs: ReadonlyMap<number, string>;
  /** Digest by crosscheck, and by "run:picture". */
  readonly crosschecks: ReadonlyMap<number, string>;
  readonly pictures: ReadonlyMap<string, string>;
  /** Digest by finding, of those that alerts wrote. */
  readonly alerts: ReadonlyMap<number, string>;
  /** Canonical JSON of { name, suspect } by "run:cluster", for clusters that a person named or marked. */
  readonly clusters: ReadonlyMap<string, string>;
  /** Canonical JSON of the state by tagging. */
  readonly taggings: ReadonlyMap<number, string>;
  readonly colors: ReadonlyMap<string, unknown>;
}

type Details = Readonly<Record<string, unknown>>;

/** Goes through the log from the first entry on. Entries of acts that change nothing are passed over. */
export function replay(entries: readonly CustodyEntry[]): Expected {
  let fields: Details = {};
  const evidence = new Map<number, Details>();
  const runs = new Map<number, string>();
  const crosschecks = new Map<number, string>();
  const pictures = new Map<string, string>();
  const alerts = new Map<number, string>();
  const clusters = new Map<string, string>();
  const taggings = new Map<number, string>();
  const colors = new Map<string, unknown>();

  const carried = (details: Details): void => {
    taggings.set(Number(details['tagging']), taggingWords(details));
    colors.set(String(details['name']), details['color']);
  };
  const acts = new Map<string, (details: Details) => void>([
    ['case.created', ({ id, name, number, examiner, program, created }) => (fields = { id, name, number, examiner, program, created })],
    ['case.updated', ({ name, number, examiner }) => (fields = { ...fields, name, number, examiner })],
    ['evidence.imported', (details) => void evidence.set(Number(details['id']), details)],
    ['evidence.removed', (details) => void evidence.delete(Number(details['evidence']))],
    ['run.saved', (details) => void runs.set(Number(details['run']), String(details['digest']))],
    ['run.crosschecked', (details) => void crosschecks.set(Number(details['crosscheck']), String(details['digest']))],
    ['run.pictured', ({ run, picture, digest }) => void pictures.set(`${String(run)}:${String(picture)}`, String(digest))],
    ['alert.raised', (details) => void alerts.set(Number(details['finding']), String(details['digest']))],
    [
      'cluster.named',
      ({ run, cluster, name, suspect }) => void clusters.set(`${String(run)}:${String(cluster)}`, canonicalJson({ name, suspect })),
    ],
    ['tag.added', carried],
    ['tag.removed', (details) => void taggings.delete(Number(details['tagging']))],
    [
      'tag.noted',
      ({ tagging, note }) => {
        const before = taggings.get(Number(tagging));
        if (before !== undefined) taggings.set(Number(tagging), canonicalJson({ ...(JSON.parse(before) as Details), note }));
      },
    ],
    [
      'tag.undone',
      (details) => {
        if (details['undone'] === 'remove') carried(details);
        else {
          taggings.delete(Number(details['tagging']));
          colors.set(String(details['name']), details['color']);
        }
      },
    ],
  ]);
  for (const { act, details } of entries) acts.get(act)?.(details);
  return { fields, evidence, runs, crosschecks, pictures, alerts, clusters, taggings, colors };
}

/** The members of an entry's details that are the state of a tagging. */
function taggingWords(details: Details): string {
  const { tagging, name, note, who, at, type, kind, host, run, cluster, filter, ids } = details;
  return canonicalJson({ tagging, name, note, who, at, type, kind, host, run, cluster, filter, ids });
}
