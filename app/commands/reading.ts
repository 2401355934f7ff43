import type { CaseReader } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { HostRow, Overview } from '../contract/records.ts';
import { hosts, type HostFigures } from '../insight/hosts.ts';
import { overview } from '../insight/overview.ts';
import { rankHosts, type Suspicion } from '../insight/host-rows.ts';
import { compileFilter } from '../query/compile.ts';
import { matchingIds } from '../query/rows.ts';
import type { CompiledFilter, FilterContext } from '../query/types.ts';
import { filterContext } from './context.ts';
import { orderIds, type Sort } from './order.ts';
import { Recent } from './recent.ts';

/** Ordered lists of ids kept: 8 bytes a record each. */
const ORDERS = 6;
const FILTERS = 32;
const AGGREGATES = 4;

/** A reader with what was worked out at its revision, so that scrolling, paging and going back ask nothing twice. */
export class Reading {
  readonly reader: CaseReader;
  #revision = -1;
  readonly #filters = new Recent<CompiledFilter>(FILTERS);
  readonly #orders = new Recent<Float64Array>(ORDERS);
  readonly #hosts = new Recent<HostFigures>(AGGREGATES);
  readonly #hostRows = new Recent<readonly HostRow[]>(AGGREGATES);
  readonly #overviews = new Recent<Overview>(AGGREGATES);
  #ranks: ReadonlyMap<string, Suspicion> | null = null;

  constructor(reader: CaseReader) {
    this.reader = reader;
  }

  /** Looks for changes; what was kept of an older revision goes. */
  refresh(): this {
    const revision = this.reader.refresh();
    if (revision === this.#revision) return this;
    this.#revision = revision;
    for (const cache of [this.#filters, this.#orders, this.#hosts, this.#hostRows, this.#overviews]) cache.clear();
    this.#ranks = null;
    return this;
  }

  table(kind: RecordKind): RecordTable {
    return this.reader.table(kind);
  }

  context(kind: RecordKind, run?: number): FilterContext {
    return filterContext(this.reader, kind, run);
  }

  filter(kind: RecordKind, text: string, run?: number): CompiledFilter {
    return this.#filters.get(JSON.stringify([kind, text, run ?? null]), () => compileFilter(text, this.context(kind, run)));
  }

  /** Ids through the filter, in order. */
  ids(kind: RecordKind, text: string, sort?: Sort, run?: number): Float64Array {
    const key = JSON.stringify([kind, text, sort ?? null, run ?? null]);
    return this.#orders.get(key, () => orderIds(this.table(kind), matchingIds(this.table(kind), this.filter(kind, text, run)), sort));
  }

  hosts(text: string): HostFigures {
    return this.#hosts.get(text, () => hosts(this.table('connection'), this.filter('connection', text)));
  }

  /** A list of hosts that was made before under this key, or is made now. */
  hostRows(key: string, make: () => readonly HostRow[]): readonly HostRow[] {
    return this.#hostRows.get(key, make);
  }

  overview(text: string, buckets: number, top: number): Overview {
    const key = JSON.stringify([text, buckets, top]);
    return this.#overviews.get(key, () => overview(this.table('connection'), this.filter('connection', text), { buckets, top }));
  }

  /** Hosts with a finding. */
  ranks(): ReadonlyMap<string, Suspicion> {
    this.#ranks ??= rankHosts(this.reader.findings({}));
    return this.#ranks;
  }
}
