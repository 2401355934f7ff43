import type Database from 'better-sqlite3';
import { ByteCache } from '../columns/byte-cache.ts';
import { decodeIds } from '../columns/varint.ts';
import type { StoredTable } from '../columns/record-table.ts';
import type { ChunkView } from '../columns/types.ts';
import type { Tag, TagList } from '../contract/acts.ts';
import type { RecordKind } from '../contract/case.ts';
import type { ChunkAssignment, HostAssignment } from '../shared/run-outcome.ts';
import { hostColumns } from './host-bitmap.ts';
import { idsWithin, type IdRange } from './ids-in-case.ts';
import type { Snapshot } from './snapshot.ts';
import { idsOfTagging, type TaggingRow } from './tag-rows.ts';
import { clusterWords, describeTagging } from './tag-target.ts';
import type { TagIndex } from './types.ts';

/** Masks kept in memory. */
const MASK_BYTES = 32 * 2 ** 20;

interface Source {
  readonly db: Database.Database;
  readonly snapshot: Snapshot;
  readonly table: (kind: RecordKind) => StoredTable;
  readonly assignment: (run: number, chunk: number) => ChunkAssignment | null;
  readonly hostAssignment: (run: number) => HostAssignment | null;
  /** Ids by tagging, which never change: kept from revision to revision. */
  readonly ids: ByteCache<Float64Array>;
}

/** The tags of one revision: which there are, what they are on, and which of them a record or host carries. */
export class CaseTags implements TagIndex {
  readonly #source: Source;
  readonly #byHost = new Map<string, number[]>();
  readonly #byId = new Map<number, TaggingRow[]>();
  readonly #masks = new ByteCache<Uint8Array | null>(MASK_BYTES);
  #list: TagList | null = null;

  constructor(source: Source) {
    this.#source = source;
    for (const row of source.snapshot.taggings) {
      this.#byId.set(row.tag, [...(this.#byId.get(row.tag) ?? []), row]);
      for (const host of this.#hostsTagged(row)) this.#byHost.set(host, withTag(this.#byHost.get(host), row.tag));
    }
  }

  idOf(name: string): number | null {
    return this.#source.snapshot.tags.find((tag) => tag.name === name)?.id ?? null;
  }

  ofHost(host: string): readonly number[] {
    return this.#byHost.get(host) ?? [];
  }

  /** In the order of tag ids. Looks at this record alone: a page of rows asks for no mask of a whole chunk. */
  ofRecord(kind: RecordKind, chunk: ChunkView, index: number): readonly number[] {
    const { tags } = this.#source.snapshot;
    if (tags.length === 0) return [];
    const byHost = new Set(this.#hostsOf(kind, chunk, index).flatMap((host) => this.ofHost(host)));
    const carries = (tag: number): boolean => (this.#byId.get(tag) ?? []).some((row) => this.#isOn(row, kind, chunk, index));
    return tags.map(({ id }) => id).filter((id) => byHost.has(id) || carries(id));
  }

  /** The hosts that an act of tagging is on: one, or those of a cluster of hosts. */
  #hostsTagged(row: TaggingRow): readonly string[] {
    if (row.type === 'host') return row.host === null ? [] : [row.host];
    const found = row.type === 'cluster' ? this.#source.hostAssignment(row.run ?? 0) : null;
    if (found === null) return [];
    const dictionary = this.#source.table('connection').dictionary('host');
    const ids = new Set(found.hosts.filter((_, at) => found.labels[at] === row.cluster));
    return [...ids].map((id) => dictionary.textOf(id));
  }

  /** The hosts that the record names. */
  #hostsOf(kind: RecordKind, chunk: ChunkView, index: number): string[] {
    if (this.#byHost.size === 0) return [];
    const table = this.#source.table(kind);
    return hostColumns.flatMap((name) => {
      const column = table.column(name);
      if (column?.storage !== 'dictionary' || column.dictionary !== 'host') return [];
      const { values, base } = chunk.packedIds(name);
      const id = values[index] + base;
      return id === 0 ? [] : [table.dictionary('host').textOf(id)];
    });
  }

  /** Whether an act of tagging by record or cluster is on the record. */
  #isOn(row: TaggingRow, kind: RecordKind, chunk: ChunkView, index: number): boolean {
    if (row.type === 'host') return false;
    if (row.type === 'cluster') {
      return this.#source.assignment(row.run ?? 0, chunk.id)?.labels[index] === row.cluster;
    }
    if (row.kind !== kind) return false;
    const ids = this.#idsOf(row.id);
    const id = chunk.firstRow + index;
    return ids[placeOf(ids, id)] === id;
  }

  idsOf(tagging: number): Float64Array {
    const row = this.#source.snapshot.taggings.find(({ id }) => id === tagging);
    return row?.kind == null ? new Float64Array(0) : idsWithin(this.#idsOf(row.id), this.#ranges(row.kind));
  }

  mask(tag: number, kind: RecordKind, chunk: ChunkView): Uint8Array | null {
    const key = tag * 2 ** 32 + chunk.id;
    let mask = this.#masks.get(key);
    if (mask === undefined) {
      mask = this.#mask(tag, kind, chunk, true);
      this.#masks.set(key, mask, (mask?.length ?? 0) + 64);
    }
    return mask;
  }

  list(): TagList {
    this.#list ??= {
      tags: this.#source.snapshot.tags.map((tag): Tag => {
        const rows = this.#byId.get(tag.id) ?? [];
        const hosts = new Set(rows.flatMap((row) => this.#hostsTagged(row)));
        const clusters = new Set(rows.flatMap((row) => (row.type === 'cluster' ? [`${row.run ?? 0}:${row.cluster ?? 0}`] : [])));
        return { ...tag, connections: this.#records(tag.id), hosts: hosts.size, clusters: clusters.size };
      }),
      taggings: this.#source.snapshot.taggings.flatMap((row) => {
        const tag = this.#source.snapshot.tags.find(({ id }) => id === row.tag);
        if (tag === undefined) return [];
        const ranges = row.kind === null ? [] : this.#ranges(row.kind);
        return [describeTagging(row, tag, this.#idsOf(row.id), ranges, (run, cluster) => clusterWords(this.#source.db, run, cluster))];
      }),
    };
    return this.#list;
  }

  /** Records that carry the tag by themselves or by their cluster, each counted once. */
  #records(tag: number): number {
    let count = 0;
    for (const kind of this.#source.snapshot.kinds.keys()) {
      for (const chunk of this.#source.table(kind).chunks) {
        const mask = this.#mask(tag, kind, chunk, false);
        if (mask !== null) for (const bit of mask) count += bit;
      }
    }
    return count;
  }

  #mask(tag: number, kind: RecordKind, chunk: ChunkView, withHosts: boolean): Uint8Array | null {
    const mask = new Uint8Array(chunk.rows);
    let any = false;
    const hosts: string[] = [];
    for (const row of this.#byId.get(tag) ?? []) {
      const tagged = this.#hostsTagged(row);
      if (tagged.length > 0) hosts.push(...tagged);
      else if (row.type === 'records' && row.kind === kind) any = markIds(this.#idsOf(row.id), chunk, mask) || any;
      else if (row.type === 'cluster') any = this.#markCluster(row, chunk, mask) || any;
    }
    if (withHosts && hosts.length > 0) any = this.#markHosts(hosts, kind, chunk, mask) || any;
    return any ? mask : null;
  }

  #markCluster(row: TaggingRow, chunk: ChunkView, mask: Uint8Array): boolean {
    const labels = this.#source.assignment(row.run ?? 0, chunk.id)?.labels;
    if (labels === undefined) return false;
    let any = false;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== row.cluster) continue;
      mask[i] = 1;
      any = true;
    }
    return any;
  }

  #markHosts(hosts: readonly string[], kind: RecordKind, chunk: ChunkView, mask: Uint8Array): boolean {
    const table = this.#source.table(kind);
    const dictionary = table.dictionary('host');
    const wanted = new Set(hosts.map((host) => dictionary.idOf(host)).filter((id) => id !== 0));
    if (wanted.size === 0) return false;
    let any = false;
    for (const name of hostColumns) {
      const column = table.column(name);
      if (column?.storage !== 'dictionary' || column.dictionary !== 'host') continue;
      const stats = chunk.stats(name);
      if (stats === null || stats.min === null || stats.max === null || !anyBetween(wanted, stats.min, stats.max)) continue;
      const ids = chunk.ids(name);
      for (let i = 0; i < ids.length; i++) {
        if (!wanted.has(ids[i])) continue;
        mask[i] = 1;
        any = true;
      }
    }
    return any;
  }

  #idsOf(tagging: number): Float64Array {
    let ids = this.#source.ids.get(tagging);
    if (ids === undefined) {
      ids = decodeIds(idsOfTagging(this.#source.db, tagging) ?? new Uint8Array(0));
      this.#source.ids.set(tagging, ids, ids.byteLength);
    }
    return ids;
  }

  #ranges(kind: RecordKind): IdRange[] {
    return this.#source.table(kind).chunks.map((chunk) => ({ first: chunk.firstRow, rows: chunk.rows }));
  }
}

function withTag(tags: number[] | undefined, tag: number): number[] {
  return tags === undefined ? [tag] : tags.includes(tag) ? tags : [...tags, tag];
}

function anyBetween(ids: ReadonlySet<number>, min: number, max: number): boolean {
  for (const id of ids) if (id >= min && id <= max) return true;
  return false;
}

/** Marks the rows of the chunk whose ids are among the ascending `ids`. */
function markIds(ids: Float64Array, chunk: ChunkView, mask: Uint8Array): boolean {
  const end = chunk.firstRow + chunk.rows;
  const first = placeOf(ids, chunk.firstRow);
  let at = first;
  for (; at < ids.length && ids[at] < end; at++) mask[ids[at] - chunk.firstRow] = 1;
  return at > first;
}

/** Place of the first of the ascending ids that is not below `id`. */
function placeOf(ids: Float64Array, id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
