import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHUNK_ROWS, LINE_COLUMN, OFFSET_COLUMN, type ColumnSpec } from '../columns/types.ts';
import type { Evidence } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import type { LearningOutcome, RunOutcome } from '../shared/run-outcome.ts';
import type { CaseReader, CaseWriter, EvidenceFigures, EvidenceSession, EvidenceSource } from './types.ts';

/** Small cases for tests, written through the same interfaces as real ones. */

export const identity = { who: 'Ada', program: 'Flowcase test' };
export const caseFields = { name: 'Test', number: '1', examiner: 'Ada', ...identity };

/** A folder of its own; `remove` it afterwards. */
export function scratchFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'flowcase-case-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Name, size, time of change and SHA-256 of every file in a folder: the same before and after, nothing was touched. */
export function folderState(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .map((entry) => {
      const file = join(path, entry.name);
      const { mtimeMs, size } = statSync(file);
      const hash = entry.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'folder';
      return `${entry.name} ${size} ${mtimeMs} ${hash}`;
    })
    .sort();
}

export function column(name: string, type: ColumnType, storage: ColumnSpec['storage']): ColumnSpec {
  const dictionary = storage !== 'dictionary' ? null : type === 'addr' ? 'host' : 'term';
  return { name, type, storage, dictionary, title: name };
}

export interface TestRecord {
  readonly ts: number;
  readonly uid: string;
  readonly orig_h: string;
  readonly resp_h: string;
  readonly resp_p: number;
  readonly service: string | null;
}

/** Records that are all different and all made from `from` on. */
export function testRecords(rows: number, from = 0): TestRecord[] {
  return Array.from({ length: rows }, (_, i) => ({
    ts: 1_700_000_000_000_000 + (from + i) * 1_234_567,
    uid: `C${from + i}`,
    orig_h: `10.0.0.${(from + i) % 5}`,
    resp_h: `192.0.2.${(from + i) % 7}`,
    resp_p: (from + i) % 2 === 0 ? 443 : 80,
    service: (from + i) % 3 === 0 ? null : 'http',
  }));
}

const specs = {
  ts: column('ts', 'time', 'number'),
  uid: column('uid', 'string', 'text'),
  orig_h: column('orig_h', 'addr', 'dictionary'),
  resp_h: column('resp_h', 'addr', 'dictionary'),
  resp_p: column('resp_p', 'port', 'number'),
  service: column('service', 'enum', 'dictionary'),
  line: column(LINE_COLUMN, 'count', 'number'),
  offset: column(OFFSET_COLUMN, 'count', 'number'),
};

export function source(name: string, kind: EvidenceSource['kind'] = 'connection'): EvidenceSource {
  return {
    path: `/logs/${name}`,
    name,
    format: 'zeek-conn',
    formatTitle: 'Zeek conn.log',
    kind,
    bytes: 1000,
    modified: 5,
    options: { a: 1 },
  };
}

export function figures(rows: number, rejected = 0, sha256 = 'ab'.repeat(32)): EvidenceFigures {
  return {
    sha256,
    unpackedBytes: 1000,
    unpackedSha256: null,
    rows,
    rejected,
    comments: 0,
    lines: rows + rejected,
    first: rows === 0 ? null : 1_700_000_000_000_000,
    last: rows === 0 ? null : 1_700_000_000_000_000 + rows * 1_234_567,
    seconds: 0.5,
    status: 'complete',
    remarks: [],
  };
}

/** Appends records in chunks of `chunkRows`. */
export function appendRecords(session: EvidenceSession, records: readonly TestRecord[], chunkRows = CHUNK_ROWS): void {
  const hosts = session.dictionary('host');
  const terms = session.dictionary('term');
  const used = Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, session.column(spec)])) as typeof specs;
  for (let start = 0; start < records.length; start += chunkRows) {
    const part = records.slice(start, start + chunkRows);
    const numbers = (of: (record: TestRecord, index: number) => number) => ({
      storage: 'number' as const,
      values: Float64Array.from(part, of),
    });
    const ids = (of: (record: TestRecord) => number) => ({ storage: 'dictionary' as const, values: Uint32Array.from(part, of) });
    const bytes = Buffer.from(part.map((record) => record.uid).join(''));
    let end = 0;
    const ends = Uint32Array.from(part, (record) => (end += Buffer.byteLength(record.uid)));
    session.append(part.length, [
      { spec: used.ts, buffer: numbers((record) => record.ts) },
      { spec: used.uid, buffer: { storage: 'text', ends, absent: new Uint8Array(part.length), bytes } },
      { spec: used.orig_h, buffer: ids((record) => hosts.internText(record.orig_h)) },
      { spec: used.resp_h, buffer: ids((record) => hosts.internText(record.resp_h)) },
      { spec: used.resp_p, buffer: numbers((record) => record.resp_p) },
      { spec: used.service, buffer: ids((record) => (record.service === null ? 0 : terms.internText(record.service))) },
      { spec: used.line, buffer: numbers((_, i) => start + i + 1) },
      { spec: used.offset, buffer: numbers((_, i) => (start + i) * 100) },
    ]);
  }
}

export function importRecords(writer: CaseWriter, records: readonly TestRecord[], name = 'conn.log', chunkRows = CHUNK_ROWS): Evidence {
  const session = writer.beginEvidence(source(name));
  appendRecords(session, records, chunkRows);
  return session.finish(figures(records.length, 0, createHash('sha256').update(name).digest('hex')));
}

/** The records of a case as they came in. */
export function readRecords(reader: CaseReader): TestRecord[] {
  const table = reader.table('connection');
  return table.chunks.flatMap((chunk) => {
    const text = (name: string, index: number): string | null => {
      const id = chunk.ids(name)[index];
      return id === 0 ? null : table.dictionary(table.column(name)?.dictionary ?? 'term').textOf(id);
    };
    const uid = chunk.text('uid');
    return Array.from({ length: chunk.rows }, (_, i) => ({
      ts: chunk.numbers('ts')[i],
      uid: Buffer.from(uid.bytes.subarray(uid.offsets[i], uid.offsets[i + 1])).toString(),
      orig_h: text('orig_h', i) ?? '',
      resp_h: text('resp_h', i) ?? '',
      resp_p: chunk.numbers('resp_p')[i],
      service: text('service', i),
    }));
  });
}

/** A run over all connections: cluster 1 for even rows of a chunk, 2 for odd ones. */
export function outcome(reader: CaseReader): RunOutcome {
  const { chunks, rows } = reader.table('connection');
  const assignments = chunks.map((chunk) => ({
    chunk: chunk.id,
    labels: Uint16Array.from({ length: chunk.rows }, (_, i) => 1 + (i % 2)),
    distance: Float32Array.from({ length: chunk.rows }, (_, i) => i / 10),
    z: Float32Array.from({ length: chunk.rows }, (_, i) => i / 100),
  }));
  const size = (label: number): number => assignments.reduce((sum, { labels }) => sum + labels.filter((l) => l === label).length, 0);
  const ids = Float64Array.from(chunks.flatMap((chunk) => Array.from({ length: chunk.rows }, (_, i) => chunk.firstRow + i)));
  const cluster = (number: number): RunOutcome['clusters'][number] => ({
    cluster: number,
    autoName: `group ${number}`,
    size: size(number),
    share: size(number) / rows,
    profile: [0.5, -0.5],
    words: 'alike',
    originators: 1,
    responders: 2,
    spread: 0.1,
    bytes: 3,
    first: null,
    last: null,
    typical: ids[number - 1],
    typicalHost: null,
    separates: [],
    purity: null,
  });
  return {
    summary: {
      task: 'cluster',
      of: 'connections',
      method: 'kmeans',
      recipe: 'conn-v1',
      requestedK: 2,
      k: 2,
      seed: 1,
      where: '',
      rows,
      iterations: 3,
      converged: true,
      seconds: 0.1,
      inertia: 12.5,
      logLikelihood: null,
      bic: null,
      aic: null,
      covariance: null,
      daviesBouldin: null,
      calinskiHarabasz: null,
      window: null,
      tuning: null,
      silhouette: 0.5,
      silhouetteSample: rows,
      fingerprint: 'f'.repeat(64),
      input: 'e'.repeat(64),
      remarks: ['made for a test'],
    },
    features: [{ name: 'bytes', title: 'Bytes', how: 'log', absent: 0, mean: 1, scale: 2, dropped: null }],
    clusters: [cluster(1), cluster(2)],
    hostAssignment: null,
    odd: { cluster: 2, why: 'far' },
    curve: [],
    centres: Float64Array.of(1, 2),
    assignments,
    scatter: {
      id: ids,
      x: Float32Array.from(ids),
      y: Float32Array.from(ids, (id) => -id),
      cluster: Uint16Array.from(ids, () => 1),
      variance: 0.75,
    },
    findings: [
      {
        kind: 'far-from-cluster',
        title: 'Far',
        subject: '10.0.0.1',
        host: '10.0.0.1',
        score: 4.5,
        severity: 'high',
        why: 'so far',
        causes: { path: { own: 4.5, usual: 12.25 }, features: [] },
        doubt: 'chance',
        records: [...ids.subarray(0, 3)],
        ids: ids.slice(0, 3),
      },
    ],
  };
}

/** A tree over all connections: class 1 for even rows of a chunk, 2 for odd ones. */
export function learningOutcome(reader: CaseReader): LearningOutcome<'train'> {
  const { assignments, features } = outcome(reader);
  const { rows } = reader.table('connection');
  return {
    summary: {
      task: 'train',
      of: 'connections',
      recipe: 'conn-v2',
      where: '',
      seed: 3,
      rows,
      seconds: 0.2,
      fingerprint: 'd'.repeat(64),
      input: 'e'.repeat(64),
      remarks: [],
      model: 'tree',
      label: { type: 'column', column: 'service' },
      classes: [
        { name: 'dns', count: 50 },
        { name: 'http', count: 100 },
      ],
      split: 'random',
      testShare: 0.3,
      parameters: { maxDepth: 4 },
      accuracy: 0.9,
      macroF1: 0.8,
      sha256: 'c'.repeat(64),
    },
    words: `Trained a tree on ${rows} connections`,
    detail: { rules: ['bytes > 3: dns'] },
    features,
    assignments,
    hostAssignment: null,
    findings: [],
    model: { name: 'services', file: Uint8Array.of(1, 2, 3, 4) },
  };
}

export const request = {
  of: 'connections',
  method: 'kmeans',
  k: 2,
  seed: 1,
  recipe: 'conn-v1',
  where: '',
  covariance: 'full',
  scaling: null,
  features: [],
  window: null,
  starts: null,
  tune: null,
} as const;
