import type { CaseReader } from '../case/types.ts';
import type { Ordering } from '../columns/scan/ordering.ts';
import type { RecordTable } from '../columns/types.ts';
import type { MainKind, RecordKind } from '../contract/case.ts';
import type { HostRow, Overview } from '../contract/records.ts';
import { everyRow } from '../columns/scan/slices.ts';
import { hosts, type HostFigures } from '../insight/hosts.ts';
import { ConnectionFigures } from '../insight/overview.ts';
import { RequestFigures } from '../insight/request-overview.ts';
import { rankHosts, type Suspicion } from '../insight/host-rows.ts';
import { compileFilter } from '../query/compile.ts';
import type { CompiledFilter, FilterContext } from '../query/types.ts';
import { answerColumn, answerKey } from './answer-columns.ts';
import { filterContext } from './context.ts';
import { orderRecords, type Sort } from './order.ts';
import { Recent } from './recent.ts';

/** Orders kept: up to 8 bytes a record each. */
const ORDERS = 6;
const FILTERS = 32;
const AGGREGATES = 4;
/** Overviews whose sums are kept while records come: without a filter, and the latest filters. */
const GROWING = 3;

/** A filter, and the run that a bare `cluster = 3` in it means: the latest where none is given. */
export interface Through {
  readonly filter: string;
  readonly run?: number | undefined;
}

/**
 * A reader with what was worked out before, so that scrolling, paging and going back ask nothing twice. What is kept is kept under the state
 * it rests on: the records, and beside them the tags or the runs where its filter asks for them. So a tag put on leaves the order of a
 * million rows as it is, unless the rows were chosen by tag.
 */
export class Reading {
  readonly reader: CaseReader;
  #revision = -1;
  #records = '';
  #runs = '';
  readonly #filters = new Recent<CompiledFilter>(FILTERS);
  readonly #orders = new Recent<Ordering>(ORDERS);
  readonly #hosts = new Recent<HostFigures>(AGGREGATES);
  readonly #hostRows = new Recent<readonly HostRow[]>(AGGREGATES);
  readonly #overviews = new Recent<Overview>(AGGREGATES);
  /** They outlive changes of the records: what they counted is there, or they count anew. */
  readonly #growing = new Recent<ConnectionFigures | RequestFigures>(GROWING);
  #ranks: ReadonlyMap<string, Suspicion> | null = null;

  constructor(reader: CaseReader) {
    this.reader = reader;
  }

  /** Looks for changes; what rested on what has changed is not used again. */
  refresh(): this {
    const revision = this.reader.refresh();
    if (revision === this.#revision) return this;
    this.#revision = revision;
    // Numbers of evidence and runs are never given out again, and neither changes; but evidence that is being received grows until it is sealed.
    const records = this.reader
      .evidence()
      .map(({ id, rows, status }) => `${id} ${rows} ${status}`)
      .join();
    if (records !== this.#records) for (const cache of [this.#orders, this.#hosts, this.#overviews]) cache.clear();
    this.#records = records;
    this.#runs = this.reader
      .allRuns()
      .map(({ id }) => id)
      .join();
    this.#filters.clear();
    this.#hostRows.clear();
    this.#ranks = null;
    return this;
  }

  table(kind: RecordKind): RecordTable {
    return this.reader.table(kind);
  }

  context(kind: RecordKind, run?: number): FilterContext {
    return filterContext(this.reader, kind, run);
  }

  filter(kind: RecordKind, { filter, run }: Through): CompiledFilter {
    return this.#filters.get(JSON.stringify([kind, filter, run ?? null]), () => compileFilter(filter, this.context(kind, run)));
  }

  /** The records through the filter, in order. */
  order(kind: RecordKind, through: Through, sort?: Sort): Ordering {
    const filter = this.filter(kind, through);
    const answered = sort !== undefined && this.table(kind).column(sort.column) === undefined && answerColumn(sort.column) !== undefined;
    const key = JSON.stringify([kind, sort ?? null, this.#state(filter, through), answered ? this.#runs : null]);
    const by = answered ? answerKey(this.reader, kind, sort.column) : undefined;
    return this.#orders.get(key, () => orderRecords(this.table(kind), filter, sort, by));
  }

  /**
   * What hosts did in the connections through the filter, and in all requests where it lets everything through. A case without connections has its
   * filter for the requests.
   */
  hosts(through: Through): HostFigures {
    const [connections, requests] = [this.table('connection'), this.table('request')];
    const ofRequests = connections.rows === 0 && requests.rows > 0;
    const filter = this.filter(ofRequests ? 'request' : 'connection', through);
    const chosen = requests.rows > 0 && (ofRequests || filter.everything) ? { table: requests, filter } : null;
    const key = `${ofRequests ? 'requests ' : ''}${this.#state(filter, through)}`;
    return this.#hosts.get(key, () => hosts(connections, ofRequests ? everyRow : filter, chosen));
  }

  /** A list of hosts that was made at this revision under this key, or is made now. */
  hostRows(key: string, make: () => readonly HostRow[]): readonly HostRow[] {
    return this.#hostRows.get(key, make);
  }

  /** Of connections unless told; of requests where the case has no connections. */
  overview(through: Through, buckets: number, top: number, wanted?: MainKind): Overview {
    const kind = wanted ?? (this.table('connection').rows === 0 && this.table('request').rows > 0 ? 'request' : 'connection');
    const filter = this.filter(kind, through);
    const key = JSON.stringify([kind, buckets, top, this.#state(filter, through)]);
    return this.#overviews.get(key, () => this.#figures(kind, filter).overview(this.table(kind), filter, { buckets, top }));
  }

  /** What was counted before of these records, where the filter says of a record today what it said then. */
  #figures(kind: MainKind, { text, asks }: CompiledFilter): ConnectionFigures | RequestFigures {
    const make = (): ConnectionFigures | RequestFigures => (kind === 'connection' ? new ConnectionFigures() : new RequestFigures());
    if (asks.size > 0) return make();
    // a name in a filter may mean a column that came later
    const columns = text === '' ? [] : this.table(kind).columns.map(({ name }) => name);
    return this.#growing.get(JSON.stringify([kind, text, columns]), make);
  }

  /** Hosts with a finding. */
  ranks(): ReadonlyMap<string, Suspicion> {
    this.#ranks ??= rankHosts(this.reader.findings({}));
    return this.#ranks;
  }

  /** The filter with everything that its answer rests on. */
  #state({ text, asks }: CompiledFilter, { run }: Through): string {
    return JSON.stringify([text, asks.has('tag') ? this.#revision : null, asks.has('run') ? [this.#runs, run ?? null] : null]);
  }
}
