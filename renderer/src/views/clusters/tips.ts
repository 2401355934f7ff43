import type { RecordDetail, Scatter } from '../../../../app/contract.ts';
import type { Tip } from '../../charts/table.ts';
import { formatCount, visible } from '../../lib/format.ts';
import { recordTip } from './record-rows.ts';

/** Says what a drawn point is; the latest 500 answers are kept, so that moving back and forth asks nothing twice. */
export class PointTips {
  readonly #known = new Map<number, Tip>();
  readonly #read: (id: number) => Promise<RecordDetail>;

  constructor(read: (id: number) => Promise<RecordDetail>) {
    this.#read = read;
  }

  async tip(scatter: Scatter, index: number): Promise<Tip> {
    const id = scatter.id[index] ?? -1;
    const cluster = scatter.cluster[index] ?? 0;
    const there = this.#known.get(id);
    if (there !== undefined) return there;
    const host = scatter.hosts?.[index];
    if (host !== undefined) return { title: visible(host), rows: [['cluster', String(cluster)]] };
    try {
      const tip = recordTip(await this.#read(id), cluster);
      if (this.#known.size >= 500) this.#known.clear();
      this.#known.set(id, tip);
      return tip;
    } catch {
      // The picture stays useful without the record's fields; the inspector says what is wrong with it.
      return { title: `Cluster ${cluster}`, rows: [['record', formatCount(id)]] };
    }
  }
}
