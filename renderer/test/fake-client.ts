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
  JobState,
  Output,
  Reject,
  Tagging,
  TagList,
} from '../../app/contract.ts';
import { commands } from '../../app/contract.ts';
import { FlowcaseError } from '../../app/errors.ts';
import type { Connection } from '../src/lib/host.ts';
import { insightAnswers, madeRun } from './insight.ts';
import { clusterOf, columns, firstTime, record } from './rows.ts';

const parameters = new URLSearchParams(typeof location === 'undefined' ? '' : location.search);
const total = Number(parameters.get('rows') ?? 1_004_219);
const now = Date.UTC(2026, 3, 17, 14, 2, 0) * 1000;
const sha = (seed: string): string => seed.repeat(64).slice(0, 64);

function evidence(id: number, name: string, rows: number, rejected: number, day: number): Evidence {
  return {
    id,
    path: `/home/analyst/evidence/zeek/${name}`,
    name,
    format: 'zeek-conn',
    formatTitle: 'Zeek conn (TSV)',
    kind: 'connection',
    bytes: rows * 131 + 4711,
    sha256: sha(`5${id}c2aa90e2f3c7c41b1c60a9e7a8dd0f4f6f2b1f6f2a9b9c3d7e51aa04be7712`),
    unpackedBytes: rows * 620,
    unpackedSha256: sha(`b7d0${id}9e41`),
    modified: firstTime + day * 86_400e6,
    imported: now,
    importedBy: 'M. Okafor',
    program: 'Flowcase 0.1.0',
    options: {},
    rows,
    rejected,
    comments: 126,
    lines: rows + rejected + 126,
    first: firstTime + day * 86_400e6,
    last: firstTime + (day + 1) * 86_400e6 - 1e6,
    seconds: 0.7,
    status: id === 3 ? 'incomplete' : 'complete',
    remarks: id === 2 ? ['14 Zeek headers in one file: rotated hourly, columns changed once at line 201,880.'] : [],
  };
}

const rejects: readonly Reject[] = [
  {
    evidence: 2,
    line: 48_219,
    offset: 5_120_447,
    reason: 'TOO_FEW_FIELDS',
    what: '12 of 22 fields',
    text: '1776383999.1\tCq9\t10.20.4.87\t49822\t185.220.101.34',
  },
  {
    evidence: 2,
    line: 91_002,
    offset: 9_660_310,
    reason: 'BAD_PORT',
    what: 'id.resp_p is 70000',
    text: '1776391112.7\tCx2\t10.20.9.13\t51811\t10.1.0.11\t70000\ttcp',
  },
  {
    evidence: 2,
    line: 91_003,
    offset: 9_660_402,
    reason: 'BAD_ADDRESS',
    what: 'id.orig_h is 999.1.1.1',
    text: '1776391112.8\tCx3\t999.1.1.1\t51812\t10.1.0.11\t445',
  },
  {
    evidence: 2,
    line: 120_417,
    offset: 12_771_906,
    reason: 'NOT_UTF8',
    what: 'byte 0xFF at column 9',
    text: '1776398820.0\tCm1\t10.20.7.2\t\u202e\u0007<b>x</b>',
  },
];

class FakeCore {
  #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #jobs: JobState[] = [];
  #case: CaseInfo | null = null;
  #evidence: Evidence[] = [];
  #tags: TagList = { tags: [], taggings: [] };
  #before = new Map<number, TagList>();
  #next = 1;

  readonly client: Client = {
    invoke: async <N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> => {
      await new Promise((resolve) => setTimeout(resolve, name === 'records.query' ? 15 : 4));
      const answer = insightAnswers[name] ?? this.#answers[name];
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

  #job(command: CommandName, title: string, seconds: number, note: (part: number) => string, end: () => unknown): { job: string } {
    const id = `job-${this.#next++}`;
    const started = Date.now() * 1000;
    const all = 361_000;
    const tell = (part: number, more: Partial<JobState>): void => {
      const state: JobState = {
        id,
        command,
        title,
        status: 'running',
        done: Math.round(all * part),
        total: all,
        unit: 'records',
        rate: part === 0 ? null : 1_910_000,
        remaining: part === 0 ? null : seconds * (1 - part),
        note: note(part),
        started,
        ended: null,
        result: null,
        error: null,
        ...more,
      };
      this.#jobs = [state, ...this.#jobs.filter((job) => job.id !== id)];
      this.#emit('job', state);
    };
    tell(0, {});
    let part = 0;
    const timer = setInterval(() => {
      const cancelled = this.#cancelled.has(id);
      part = Math.min(1, part + 0.1 / seconds);
      if (!cancelled && part < 1) {
        tell(part, {});
        return;
      }
      clearInterval(timer);
      if (cancelled) tell(part, { status: 'cancelled', ended: Date.now() * 1000 });
      else tell(1, { status: 'done', result: end(), ended: Date.now() * 1000, remaining: null });
    }, 100);
    return { job: id };
  }
  #cancelled = new Set<string>();

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
          ? { type: 'records', kind: 'connection', count, filter: null, sample: target.ids }
          : target.type === 'filter'
            ? { type: 'records', kind: 'connection', count, filter: target.filter, sample: [] }
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
    'app.info': () => ({
      name: 'Flowcase',
      version: '0.1.0',
      host: 'local',
      platform: 'linux',
      node: '24',
      home: '/home/analyst',
      cases: '/home/analyst/Cases',
    }),
    'case.recent': () =>
      ['Operation Harbour Light', 'Sample case', 'Northgate'].map((name, at) => ({
        path: `/home/analyst/Cases/${name.replaceAll(' ', '-')}.flowcase`,
        name,
        number: ['2026-0417', '', '2026-0302'][at] ?? '',
        examiner: 'M. Okafor',
        opened: now - at * 86_400e6 * 9,
        exists: at !== 2,
      })),
    'case.forget': () => null,
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
      this.#job(
        'case.sample',
        'Making the sample case',
        1,
        () => 'writing traffic',
        () => this.#open('/home/analyst/Cases/sample.flowcase', 'Operation Harbour Light', '2026-0417', 'M. Okafor', true),
      ),
    'case.verify': () =>
      this.#job(
        'case.verify',
        'Verifying the case',
        1,
        () => 'hashing originals',
        () => ({
          ok: true,
          at: now,
          evidence: this.#evidence.map((entry) => ({
            id: entry.id,
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
    'files.list': ({ path }) => ({
      path: path || '/home/analyst',
      parent: path === '' || path === '/home/analyst' ? '/home' : '/home/analyst',
      separator: '/',
      entries: [
        { name: 'evidence', path: '/home/analyst/evidence', type: 'folder', bytes: 0, modified: now },
        { name: 'conn.2026-04-17.log.gz', path: '/home/analyst/conn.2026-04-17.log.gz', type: 'file', bytes: 49_600_000, modified: now },
        { name: 'notes.txt', path: '/home/analyst/notes.txt', type: 'file', bytes: 1200, modified: now },
        { name: 'harbour.flowcase', path: '/home/analyst/harbour.flowcase', type: 'file', bytes: 120_000_000, modified: now },
      ],
    }),
    'jobs.list': () => this.#jobs,
    'job.cancel': ({ job }) => {
      this.#cancelled.add(job);
      return null;
    },
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
      this.#job(
        'evidence.import',
        'Importing conn.2026-04-17.log.gz',
        6,
        (part) => `conn.2026-04-17.log.gz: ${Math.round(part * 361_000)} records, 4 rejected`,
        () => {
          const added = evidence(3, 'conn.2026-04-17.log.gz', 48_210, 4, 0);
          this.#evidence = [...this.#evidence, added];
          this.#changed();
          return {
            evidence: [added],
            skipped: [
              {
                path: '/home/analyst/conn.2026-04-16.log.gz',
                evidence: 2,
                message: 'conn.2026-04-16.log.gz has the same bytes as evidence 2 and was skipped.',
              },
            ],
            refused: [
              {
                path: '/home/analyst/notes.txt',
                code: 'FORMAT_UNKNOWN',
                message: 'notes.txt is no log that Flowcase knows. Expected Zeek, Tstat or an access log; found plain text.',
              },
            ],
          };
        },
      ),
    'records.columns': () => columns,
    'records.query': ({ columns: names, offset, limit, filter, sort }) => {
      const shown = names === undefined ? columns : columns.filter((column) => names.includes(column.name));
      const matching = filter === '' ? total : filter.includes('nothing') ? 0 : Math.floor(total / 19);
      const ids = Array.from({ length: Math.max(0, Math.min(limit, matching - offset)) }, (_, at) =>
        sort?.descending === true ? matching - 1 - offset - at : offset + at,
      );
      return {
        columns: shown,
        rows: ids.map((id) => {
          const cells = record(id);
          return shown.map((column) => cells[columns.indexOf(column)] ?? null);
        }),
        ids,
        marks: ids.map((id) => this.#marks(id)),
        total: matching,
        all: total,
        milliseconds: 9,
        words: filter === '' ? '' : `connections where ${filter}`,
      };
    },
    'record.get': ({ id }) => ({
      kind: 'connection',
      id,
      fields: columns.map((column, at) => ({ column, value: record(id)[at] ?? null })),
      evidence: {
        id: 2,
        name: 'conn.2026-04-16.log.gz',
        path: '/home/analyst/evidence/zeek/conn.2026-04-16.log.gz',
        line: 51_870 + id,
        offset: 5_980_113,
      },
      tags: this.#marks(id).tags,
      clusters: [{ run: 2, cluster: clusterOf(id), distance: 0.31, z: 1.2 }],
      why: [
        { what: 'bytes out', words: 'highest of 1,004,219' },
        { what: 'out ÷ in', words: '335 (median of all 0.3)' },
        { what: 'hour', words: '03, host never active before' },
      ],
      raw: record(id)
        .map((cell) => cell ?? '-')
        .join('\t'),
      rawMissing: null,
    }),
    'filter.check': ({ filter, cursor = filter.length }) => {
      const word = /[\w.]*$/.exec(filter.slice(0, cursor))?.[0] ?? '';
      const bad = /(^|\s)(and|or|not|=|>|<)\s*$/.test(filter) || /\btag$/.test(filter);
      return {
        ok: !bad,
        words: bad ? '' : `connections where ${filter}`,
        error: bad ? { message: 'expects = after “tag”', position: filter.length, length: 0 } : null,
        completions: [
          ...columns.map((column) => ({ insert: column.name, label: column.name, hint: column.title })),
          { insert: 'tag', label: 'tag', hint: 'suspect, reviewed' },
        ].filter((option) => option.label.startsWith(word) && option.label !== word),
        replaceFrom: cursor - word.length,
      };
    },
    'hosts.list': ({ search }) => ({
      rows: ['10.20.4.87', '10.20.4.8', '185.220.101.34']
        .filter((host) => host.includes(search))
        .map((host, at) => ({
          host,
          rank: at + 1,
          score: 0.9,
          severity: 'critical',
          why: '',
          asOriginator: 1842,
          asResponder: 0,
          bytesOut: 1e9,
          bytesIn: 1e6,
          peers: 4,
          failed: 0,
          first: firstTime,
          last: now,
          tags: [],
        })),
      total: 3,
      all: 2214,
    }),
    'findings.list': () => [],
    'custody.list': () => [],
    'runs.list': () => [
      {
        id: 2,
        created: now,
        by: 'M. Okafor',
        program: 'Flowcase 0.1.0',
        of: 'connections',
        method: 'kmeans',
        recipe: 'conn-v1',
        requestedK: 7,
        k: 7,
        seed: 1,
        where: '',
        rows: total,
        iterations: 18,
        converged: true,
        seconds: 2,
        inertia: 1,
        silhouette: 0.61,
        silhouetteSample: 20_000,
        fingerprint: sha('ab'),
        input: sha('cd'),
        remarks: [],
      },
    ],
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
      this.#job(
        'cluster.run',
        'Clustering 1,004,219 connections',
        2,
        (part) => `iteration ${Math.round(part * 18)}`,
        () => {
          this.#changed();
          return { run: madeRun(2), sizes: [] };
        },
      ),
    'run.repeat': () =>
      this.#job(
        'run.repeat',
        'Repeating run 2',
        1,
        () => '',
        () => ({ same: true, fingerprint: sha('ab12cd'), expected: sha('ab12cd'), seconds: 2.1 }),
      ),
    'report.export': ({ path }) =>
      this.#job(
        'report.export',
        'Writing the report',
        1,
        () => 'drawing charts',
        () => ({ file: path, bytes: 412_806, pages: 14, sha256: sha('ef01'), seconds: 0.8 }),
      ),
    'table.export': ({ path }) =>
      this.#job(
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
    host: { kind: 'local', pickOpen: null, pickSave: null, pathForFile: null, upload: (file) => Promise.resolve(`/tmp/${file.name}`) },
  });
}
