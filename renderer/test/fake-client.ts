/**
 * A test double of the core for developing and testing the window alone: `vite --config renderer/test/vite.config.ts`.
 * It keeps a case in memory and computes a million connections; what a view does not need here is answered with NOT_FOUND.
 */
import type {
  CaseInfo,
  Checked,
  Client,
  CommandName,
  Evidence,
  EventName,
  Events,
  Input,
  Output,
  Tagging,
  TagList,
} from '../../app/contract.ts';
import { commands } from '../../app/contract.ts';
import { FlowcaseError } from '../../app/errors.ts';
import type { Connection } from '../src/lib/host.ts';
import { FakeJobs } from './fake-jobs.ts';
import { FakeLive } from './live.ts';
import { evidence, importResult, now, rejects, sha } from './evidence.ts';
import { insightAnswers } from './insight.ts';
import { recordAnswers, total } from './records.ts';
import { clusterOf, firstTime, record } from './rows.ts';
import { clusters, run } from './runs.ts';
import { surroundingAnswers } from './surroundings.ts';

class FakeCore {
  #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #jobs = new FakeJobs((state) => this.#emit('job', state));
  #live = new FakeLive((event, payload) => this.#emit(event, payload));
  #case: CaseInfo | null = null;
  #evidence: Evidence[] = [];
  #tags: TagList = { tags: [], taggings: [] };
  #before = new Map<number, TagList>();
  #next = 1;

  readonly client: Client = {
    invoke: async <N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> => {
      await new Promise((resolve) => setTimeout(resolve, name === 'records.query' ? 15 : 4));
      const answer = this.#answers[name];
      if (answer === undefined) throw new FlowcaseError('NOT_FOUND', `The test double has no ${name}.`);
      return answer(commands[name].input.parse(input) as never) as Output<N>;
    },
    on: (event, listener) => {
      const set = this.#listeners.get(event) ?? new Set();
      set.add(listener);
      this.#listeners.set(event, set);
      return () => set.delete(listener);
    },
  };

  #emit<E extends EventName>(event: E, payload: Events[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }

  #changed(): void {
    if (this.#case === null) return;
    const rows = this.#evidence.reduce((sum, entry) => sum + entry.rows, 0);
    this.#case = {
      ...this.#case,
      evidence: this.#evidence.length,
      connections: rows === 0 ? 0 : total,
      kinds: rows === 0 ? [] : [{ kind: 'connection', records: total }],
      hosts: rows === 0 ? 0 : 2214,
      rejects: this.#evidence.reduce((sum, entry) => sum + entry.rejected, 0),
      runs: rows === 0 ? 0 : 2,
      findings: rows === 0 ? 0 : 27,
      tags: this.#tags.taggings.length,
      first: rows === 0 ? null : firstTime,
      last: rows === 0 ? null : firstTime + 86_400e6,
      custody: { entries: this.#case.custody.entries + 1, head: sha('7f3a91c2') },
      revision: this.#case.revision + 1,
    };
    this.#emit('case', this.#case);
  }

  #open(path: string, name: string, number: string, examiner: string, withData: boolean): CaseInfo {
    this.#evidence = withData
      ? [evidence(1, 'conn.2026-04-15.log.gz', 331_054, 0, -2), evidence(2, 'conn.2026-04-16.log.gz', 338_911, 12, -1)]
      : [];
    this.#tags = { tags: [], taggings: [] };
    this.#case = {
      id: `case-${this.#next++}`,
      path,
      name,
      number,
      examiner,
      created: now,
      schema: 1,
      readOnly: false,
      program: 'Flowcase 0.1.0',
      evidence: 0,
      connections: 0,
      requests: 0,
      kinds: [],
      hosts: 0,
      rejects: 0,
      runs: 0,
      tags: 0,
      findings: 0,
      custody: { entries: 111, head: sha('7f3a91c2') },
      first: null,
      last: null,
      revision: 0,
    };
    this.#changed();
    return this.#case;
  }

  #tag(input: Checked<'tag.add'>): Output<'tag.add'> {
    const id = this.#next++;
    this.#before.set(id, this.#tags);
    const known = this.#tags.tags.find((tag) => tag.name === input.name);
    const { target } = input;
    const count = target.type === 'records' ? target.ids.length : 1842;
    const tag = known ?? { id, name: input.name, color: input.color ?? 'red', connections: 0, hosts: 0, clusters: 0 };
    const tagging: Tagging = {
      id,
      tag: tag.id,
      name: tag.name,
      color: tag.color,
      note: input.note,
      who: 'M. Okafor',
      at: now,
      target:
        target.type === 'records'
          ? { type: 'records', kind: 'connection', count, filter: null, run: null, sample: target.ids }
          : target.type === 'filter'
            ? { type: 'records', kind: 'connection', count, filter: target.filter, run: null, sample: [] }
            : target.type === 'host'
              ? target
              : { ...target, name: '', count },
    };
    this.#tags = {
      tags: known ? this.#tags.tags : [...this.#tags.tags, { ...tag, connections: count }],
      taggings: [...this.#tags.taggings, tagging],
    };
    this.#changed();
    return { tagging: id, tagged: count, undo: id };
  }

  #marks(id: number): { tags: number[]; cluster: number } {
    const cells = record(id);
    const tags = this.#tags.taggings.filter(({ target }) =>
      target.type === 'records'
        ? target.sample.includes(id)
        : target.type === 'host'
          ? target.host === cells[2]
          : target.cluster === clusterOf(id),
    );
    return { tags: [...new Set(tags.map((tagging) => tagging.tag))], cluster: clusterOf(id) };
  }

  #answers: { readonly [N in CommandName]?: (input: Checked<N>) => unknown } = {
    ...surroundingAnswers,
    ...insightAnswers,
    ...this.#live.answers,
    ...recordAnswers((id) => this.#marks(id)),
    'case.info': () => {
      if (this.#case === null) throw new FlowcaseError('NO_CASE_OPEN', 'No case is open.');
      return this.#case;
    },
    'case.create': (input) => this.#open(input.path, input.name, input.number, input.examiner, false),
    'case.open': (input) => this.#open(input.path, 'Operation Harbour Light', '2026-0417', 'M. Okafor', true),
    'case.close': () => {
      this.#case = null;
      this.#emit('case', null);
      return null;
    },
    'case.sample': () =>
      this.#jobs.start(
        'case.sample',
        'Making the sample case',
        1,
        () => 'writing traffic',
        () => this.#open('/home/analyst/Cases/sample.flowcase', 'Operation Harbour Light', '2026-0417', 'M. Okafor', true),
      ),
    'case.verify': () =>
      this.#jobs.start(
        'case.verify',
        'Verifying the case',
        1,
        () => 'hashing originals',
        () => ({
          ok: true,
          at: now,
          evidence: this.#evidence.map((entry) => ({
            id: entry.id,
            name: entry.name,
            path: entry.path,
            sha256: entry.sha256,
            match: true,
            row: true,
            records: true,
            message: 'The original has these bytes.',
          })),
          custody: { entries: 112, ok: true, head: sha('7f3a91c2'), message: 'The chain is whole.' },
        }),
      ),
    'jobs.list': () => this.#jobs.list,
    'job.cancel': ({ job }) => this.#jobs.cancel(job),
    'evidence.list': () => this.#evidence,
    'evidence.rejects': ({ evidence: id }) => ({
      rejects: rejects.filter((reject) => id === undefined || reject.evidence === id),
      total: 12,
    }),
    'evidence.remove': ({ evidence: id }) => {
      this.#evidence = this.#evidence.filter((entry) => entry.id !== id);
      this.#changed();
      return null;
    },
    'evidence.import': () =>
      this.#jobs.start(
        'evidence.import',
        'Importing conn.2026-04-17.log.gz',
        6,
        (part) => `conn.2026-04-17.log.gz: ${Math.round(part * 361_000)} records, 4 rejected`,
        () => {
          const added = evidence(3, 'conn.2026-04-17.log.gz', 48_210, 4, 0);
          this.#evidence = [...this.#evidence, added];
          this.#changed();
          return importResult(added);
        },
      ),
    'tags.list': () => this.#tags,
    'tag.add': (input) => this.#tag(input),
    'tag.undo': ({ undo }) => {
      this.#tags = this.#before.get(undo) ?? this.#tags;
      this.#changed();
      return null;
    },
    'tag.remove': ({ tagging }) => {
      const id = this.#next++;
      this.#before.set(id, this.#tags);
      this.#tags = { ...this.#tags, taggings: this.#tags.taggings.filter((entry) => entry.id !== tagging) };
      this.#changed();
      return { tagging, tagged: 1, undo: id };
    },
    'cluster.run': () =>
      this.#jobs.start(
        'cluster.run',
        'Clustering 1,004,219 connections',
        2,
        (part) => `iteration ${Math.round(part * 18)}`,
        () => {
          this.#changed();
          return { run: run(2, clusters), sizes: [] };
        },
      ),
    'run.repeat': () =>
      this.#jobs.start(
        'run.repeat',
        'Repeating run 2',
        1,
        () => '',
        () => ({ same: true, changed: null, fingerprint: sha('ab12cd'), expected: sha('ab12cd'), seconds: 2.1 }),
      ),
    'report.export': ({ path }) =>
      this.#jobs.start(
        'report.export',
        'Writing the report',
        1,
        () => 'drawing charts',
        () => ({ file: path, bytes: 412_806, pages: 14, sha256: sha('ef01'), seconds: 0.8 }),
      ),
    'table.export': ({ path }) =>
      this.#jobs.start(
        'table.export',
        'Writing CSV',
        0.5,
        () => '',
        () => ({ file: path, rows: 52_117, bytes: 8_400_000, sha256: sha('ef') }),
      ),
  };
}

/** Stands where `src/lib/connect.ts` stands in the product. */
export function connect(): Promise<Connection> {
  const core = new FakeCore();
  return Promise.resolve({
    client: core.client,
    host: {
      kind: 'local',
      pickOpen: null,
      pickSave: null,
      pathForFile: null,
      notify: null,
      upload: (file) => Promise.resolve(`/tmp/${file.name}`),
      watchLink: null,
    },
  });
}
