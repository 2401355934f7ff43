import type { ColumnRoom } from '../../columns/kernels/number-memory.ts';
import { ColumnEncoder } from '../../columns/encode.ts';
import { registerColumn } from '../../columns/register.ts';
import { compress, type Segment } from '../../columns/segment.ts';
import { StringPool } from '../../columns/string-pool.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from '../../columns/types.ts';
import type { Reject } from '../../contract/case.ts';
import { toErrorShape } from '../../errors.ts';
import type { LogFormat, LogReader, OpenedLog, RecordSink } from '../../formats/types.ts';
import { Arena } from './arena.ts';
import { RejectLines } from './reject-lines.ts';
import type { NewEntries, PartToRead, PieceColumn, PieceContent, PieceOutcome, PieceRows, ReadingPlan } from './messages.ts';

/** A thread's dictionary that has so many entries, or bytes of them, begins anew: the case keeps what it needs. */
const MAX_ENTRIES = 2 ** 18;
const MAX_BYTES = 2 ** 22;

/** Reads pieces of one log. */
export class PieceReader {
  readonly #plan: ReadingPlan;
  readonly #log: OpenedLog;
  readonly #arena = new Arena();
  readonly #room: ColumnRoom | null;
  #sink: PieceSink;
  #reader: LogReader;
  /** The state before the piece under way, where the log begins with it. */
  #begun: string | null = null;
  /** What went wrong within the piece under way: its further parts are passed over. */
  #failed: PieceOutcome | null = null;

  /** `format`: the one that the plan names. `room`: for the columns being filled, which nobody else uses from now on. */
  constructor(plan: ReadingPlan, format: LogFormat, room: ColumnRoom | null) {
    this.#plan = plan;
    this.#room = room;
    room?.free();
    this.#log = format.open(plan.head, plan.options);
    this.#sink = new PieceSink(plan, this.#arena, room);
    this.#reader = this.#log.read(this.#sink);
  }

  read({ part: { buffer, length, end }, state, spare }: PartToRead): PieceOutcome {
    try {
      this.#arena.giveBack(spare);
      if (state !== undefined) this.#begin(state);
      if (this.#failed !== null) return this.#failed;
      this.#reader.feed(new Uint8Array(buffer, 0, length));
      if (end === 'within') return { content: null };
      let after: string | null = null;
      if (end === 'line' || end === 'last') {
        this.#reader.flush();
        after = this.#reader.state();
      }
      if (end !== 'line') this.#reader.end(end === 'cut');
      return { content: this.#content(after) };
    } catch (error) {
      this.#failed = { error: toErrorShape(error) };
      return this.#failed;
    }
  }

  #begin(state: string | null): void {
    this.#failed = null;
    if (this.#sink.full) {
      this.#room?.free();
      this.#sink = new PieceSink(this.#plan, this.#arena, this.#room, this.#sink);
      this.#reader = this.#log.read(this.#sink);
    }
    if (state !== null) this.#reader.resume(state);
    this.#begun = state === null ? this.#reader.state() : null;
  }

  #content(state: string | null): PieceContent {
    const { figures } = this.#reader;
    const begun = state === null ? this.#begun : null;
    return { state, begun, figures: { ...figures, tallies: new Map(figures.tallies) }, ...this.#sink.take(), memory: this.#arena.take() };
  }
}

/** Where a piece's records go: columns are encoded as soon as they are full, ids keep until the case has numbered their texts. */
class PieceSink implements RecordSink {
  readonly room: ColumnRoom | null;
  readonly #encoder = new ColumnEncoder();
  readonly #arena: Arena;
  readonly #compress: boolean;
  readonly #columns: Map<string, ColumnSpec>;
  readonly #host: Dictionary;
  readonly #term: Dictionary;
  #added: ColumnSpec[] = [];
  #chunks: PieceRows[] = [];
  readonly #rejects = new RejectLines();

  /** `before`: the sink that this one follows, and of which it empties the dictionaries: nobody may have their ids any more. */
  constructor({ columns, compress: wanted }: ReadingPlan, arena: Arena, room: ColumnRoom | null, before: PieceSink | null = null) {
    this.room = room;
    this.#arena = arena;
    this.#columns = before === null ? new Map(columns.map((spec) => [spec.name, spec])) : new Map(before.#columns);
    this.#compress = wanted;
    this.#host = before === null ? new Dictionary('host') : before.#host;
    this.#term = before === null ? new Dictionary('term') : before.#term;
    for (const dictionary of [this.#host, this.#term]) dictionary.clear();
  }

  get full(): boolean {
    return [this.#host, this.#term].some(({ pool }) => pool.size > MAX_ENTRIES || pool.length > MAX_BYTES);
  }

  dictionary(name: DictionaryName): DictionaryWriter {
    return name === 'host' ? this.#host.pool : this.#term.pool;
  }

  known(name: string): ColumnSpec | undefined {
    return this.#columns.get(name);
  }

  column(spec: ColumnSpec): ColumnSpec {
    const add = (added: ColumnSpec): void => {
      this.#columns.set(added.name, added);
      this.#added.push(added);
    };
    return registerColumn((name) => this.known(name), spec, add);
  }

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    const encoded = columns.map(({ spec, buffer }): PieceColumn => {
      if (buffer.storage === 'dictionary')
        return { name: spec.name, segment: null, ids: this.#arena.keepIds(buffer.values.subarray(0, rows)) };
      return { name: spec.name, segment: this.#kept(this.#encoder.encode(buffer, rows)), ids: null };
    });
    this.#chunks.push({ rows, columns: encoded });
  }

  reject(reject: Omit<Reject, 'evidence'>): void {
    this.#rejects.add(reject);
  }

  /** What came in since the last call. */
  take(): Pick<PieceContent, 'rejects' | 'added' | 'entries' | 'chunks'> {
    const taken = {
      rejects: this.#arena.keep(this.#rejects.take()),
      added: this.#added,
      entries: { host: this.#host.take(this.#arena), term: this.#term.take(this.#arena) },
      chunks: this.#chunks,
    };
    this.#added = [];
    this.#chunks = [];
    return taken;
  }

  /** The encoder uses its memory again. */
  #kept(segment: Segment): Segment {
    const packed = this.#compress ? compress(segment) : segment;
    return { ...packed, data: this.#arena.keep(packed.data) };
  }
}

class Dictionary {
  readonly pool: StringPool;
  #taken = 0;

  constructor(name: DictionaryName) {
    this.pool = new StringPool(name);
  }

  clear(): void {
    this.pool.clear();
    this.#taken = 0;
  }

  take(arena: Arena): NewEntries {
    const { pool } = this;
    const start = this.#taken === 0 ? 0 : pool.ends[this.#taken - 1];
    const ends = arena.keepIds(pool.ends.subarray(this.#taken, pool.size));
    for (let i = 0; i < ends.length; i++) ends[i] -= start;
    const entries = { first: this.#taken + 1, bytes: arena.keep(pool.bytes.subarray(start, start + (ends.at(-1) ?? 0))), ends };
    this.#taken = pool.size;
    return entries;
  }
}
