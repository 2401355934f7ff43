import type { CaseReader } from '../case/types.ts';
import type { Checked } from '../contract.ts';
import type { LabelSource, PredictedPage, PredictedRow, PredictionExplained, PredictionSummary } from '../contract/models.ts';
import type { Cell } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import type { FlatColumn, FlatTable } from '../report/flat-table.ts';
import type { PredictionDetail } from '../runs/classify.ts';
import type { Explainer } from '../runs/classify-explain.ts';
import type { LoadedModel } from '../runs/model-parts.ts';
import { columnTexts, hostClasses, tagTexts } from '../runs/truth.ts';
import { columnNamed } from '../features/column-named.ts';
import { learningSources, tagSource } from './learning-sources.ts';
import { Recent } from './recent.ts';

/** Orders of rows that are kept: twelve bytes a row each. */
const ORDERS = 4;

/** Bytes of features that stay in memory from one explanation to the next. */
const KEPT_FEATURES = 2 ** 28;

/** Rows of a prediction in an order: places in `Predicted`. */
type Order = Uint32Array;

/** Every row of a prediction that is still there, in the order of the records. */
interface Predicted {
  readonly summary: PredictionSummary;
  readonly classes: readonly string[];
  /** Ids of records; of hosts, ids in the dictionary of hosts. */
  readonly ids: Float64Array;
  /** Starts of the windows where the rows are hosts in windows of time, in microseconds. */
  readonly windows: Float64Array | null;
  readonly labels: Uint16Array;
  readonly confidence: Float32Array;
  readonly second: Uint16Array;
  /** What a row's label says; null where it has none. */
  readonly labelOf: (place: number) => string | null;
  /** Whether a row carries no label at all, and none of several tags. */
  readonly isOpen: (place: number) => boolean;
  readonly idOf: (place: number) => number | string;
}

/** What was predicted, row by row. What was read stays for the next page. */
export class Predictions {
  readonly #reader: CaseReader;
  readonly #predicted = new Recent<Promise<Predicted>>(2);
  readonly #orders = new Recent<Order>(ORDERS);
  readonly #explainers = new Recent<Promise<Explainer>>(1);
  readonly #models = new Recent<Promise<LoadedModel>>(1);
  #revision = -1;

  constructor(reader: CaseReader) {
    this.#reader = reader;
  }

  async rows({ run, which, offset, limit }: Checked<'prediction.rows'>): Promise<PredictedPage> {
    const predicted = await this.#read(run);
    const order = this.#orders.get(JSON.stringify([run, which]), () => orderOf(predicted, which));
    const rows = Array.from(order.subarray(offset, offset + limit), (place) => rowAt(predicted, place));
    return { run, of: predicted.summary.of, rows, total: order.length };
  }

  /** @throws FlowcaseError NOT_FOUND where the prediction says nothing of this record or host */
  async explain({ run, id }: Checked<'prediction.explain'>): Promise<PredictionExplained> {
    const predicted = await this.#read(run);
    const { summary } = predicted;
    const place = placeOf(this.#reader, predicted, id);
    if (place < 0) {
      const noun = summary.of === 'hosts' ? 'host' : 'record';
      throw new FlowcaseError('NOT_FOUND', `Run ${run} says nothing of ${noun} ${id}.`, { run, id });
    }
    const explainer = await this.#explainers.get(String(run), () => this.#explainer(summary));
    // the features of a large prediction are not kept for the next question
    if (explainer.bytes > KEPT_FEATURES) this.#explainers.clear();
    const row = rowAt(predicted, place);
    return { row, ...explainer.explain(row.id) };
  }

  /** Every row of a prediction as a table: which record or host, its class, how sure that is, and what its label says. */
  async table(run: number): Promise<FlatTable> {
    const predicted = await this.#read(run);
    const { summary, ids, windows } = predicted;
    const ofHosts = summary.of === 'hosts';
    const columns: readonly FlatColumn[] = [
      ofHosts ? { name: 'host', type: 'addr' } : { name: 'record', type: 'count' },
      ...(windows === null ? [] : [{ name: 'window', type: 'time' } as const]),
      { name: 'predicted', type: 'string' },
      { name: 'confidence', type: 'double' },
      { name: 'second', type: 'string' },
      { name: 'label', type: 'string' },
    ];
    function* rows(): Generator<readonly Cell[]> {
      for (let place = 0; place < ids.length; place++) {
        const { id, predicted: said, confidence, second, label } = rowAt(predicted, place);
        yield [id, ...(windows === null ? [] : [windows[place]]), said, confidence, second, label];
      }
    }
    return { kind: 'predictions', columns, total: ids.length, rows: rows() };
  }

  async #explainer(summary: PredictionSummary): Promise<Explainer> {
    const { explainerOf } = await import('../runs/classify-explain.ts');
    const sources = learningSources(this.#reader, summary.of, summary.where, summary.id);
    return explainerOf(await this.#model(summary), sources, summary);
  }

  async #read(run: number): Promise<Predicted> {
    const revision = this.#reader.refresh();
    if (revision !== this.#revision) {
      this.#predicted.clear();
      this.#orders.clear();
      this.#explainers.clear();
    }
    this.#revision = revision;
    const { summary, detail } = this.#reader.learned('classify', run);
    const label = (await this.#model(summary)).card.label;
    return this.#predicted.get(String(run), () => readPredicted(this.#reader, summary, detail as PredictionDetail, label));
  }

  /** The model that a prediction was made with: this case keeps it, with its own run or with the prediction. */
  #model({ id, model, modelName }: PredictionSummary): Promise<LoadedModel> {
    return this.#models.get(String(id), async () => {
      const { readModel } = await import('../runs/model-parts.ts');
      return readModel(this.#reader.model(model ?? id).file, modelName);
    });
  }
}

function rowAt({ classes, labels, confidence, second, labelOf, idOf }: Predicted, place: number): PredictedRow {
  return {
    id: idOf(place),
    predicted: classes[labels[place] - 1],
    confidence: Math.round(confidence[place] * 1e6) / 1e6,
    second: second[place] === 0 ? null : classes[second[place] - 1],
    label: labelOf(place),
  };
}

async function readPredicted(
  reader: CaseReader,
  summary: PredictionSummary,
  { classes }: PredictionDetail,
  label: LabelSource,
): Promise<Predicted> {
  if (summary.of !== 'hosts') return readRecords(reader, summary, classes, label);
  const classOf = label.type === 'column' ? await classesOfHosts(reader, summary, label.column) : null;
  return readHosts(reader, summary, classes, classOf);
}

function readRecords(reader: CaseReader, summary: PredictionSummary, classes: readonly string[], label: LabelSource): Predicted {
  const table = reader.table(summary.of === 'requests' ? 'request' : 'connection');
  const ids = new Float64Array(summary.rows);
  const labels = new Uint16Array(summary.rows);
  const confidence = new Float32Array(summary.rows);
  const second = new Uint16Array(summary.rows);
  let count = 0;
  for (const chunk of table.chunks) {
    const of = reader.assignment(summary.id, chunk.id);
    if (of === null) continue;
    for (let i = 0; i < chunk.rows; i++) {
      if (of.labels[i] === 0) continue;
      ids[count] = chunk.firstRow + i;
      labels[count] = of.labels[i];
      confidence[count] = of.distance[i];
      second[count++] = of.z[i];
    }
  }
  const tags = tagSource(reader);
  const texts = label.type === 'column' ? columnTexts({ table }, columnNamed(table, label.column)) : tagTexts({ table }, classes, tags);
  const labelOf = (place: number): string | null => {
    const found = texts === null ? null : table.locate(ids[place]);
    return found === null || texts === null ? null : texts(found.chunk)(found.index);
  };
  const isOpen = (place: number): boolean => {
    if (label.type === 'column') return labelOf(place) === null;
    const found = table.locate(ids[place]);
    return found === null || !classes.some((name) => tags.mask(name, table.kind, found.chunk)?.[found.index] === 1);
  };
  const cut = { ids: ids.subarray(0, count), labels: labels.subarray(0, count), confidence: confidence.subarray(0, count) };
  return { summary, classes, windows: null, ...cut, second: second.subarray(0, count), labelOf, isOpen, idOf: (place) => ids[place] };
}

/** What the label says of hosts, by the records that the prediction was made of. */
async function classesOfHosts(reader: CaseReader, { id, of, where }: PredictionSummary, column: string): Promise<ClassOf> {
  const [{ selectSources }, { unwatched }] = await Promise.all([import('../runs/sources.ts'), import('../learn/pace.ts')]);
  const pace = unwatched();
  return hostClasses(await selectSources(learningSources(reader, of, where, id), { of, where }, pace), column, pace);
}

type ClassOf = (host: string) => string | null;

/** `classOf`: where the label is a column; null: the label is what hosts are tagged as. */
function readHosts(reader: CaseReader, summary: PredictionSummary, classes: readonly string[], classOf: ClassOf | null): Predicted {
  const of = reader.hostAssignment(summary.id);
  const hosts = of?.hosts ?? new Uint32Array();
  const dictionary = reader.table('connection').dictionary('host');
  const tags = tagSource(reader);
  const wanted = new Set(classes);
  const textOf = (place: number): string => dictionary.textOf(hosts[place]);
  return {
    summary,
    classes,
    ids: Float64Array.from(hosts),
    windows: of?.windows ?? null,
    labels: of?.labels ?? new Uint16Array(),
    confidence: of?.distance ?? new Float32Array(),
    second: Uint16Array.from(of?.z ?? []),
    labelOf: (place) => {
      if (classOf !== null) return classOf(textOf(place));
      const has = tags.ofHost(textOf(place)).filter((name) => wanted.has(name));
      return has.length === 1 ? has[0] : null;
    },
    isOpen: (place) => (classOf === null ? !tags.ofHost(textOf(place)).some((name) => wanted.has(name)) : classOf(textOf(place)) === null),
    idOf: textOf,
  };
}

/**
 * `uncertain`: the least certain first, without those that carry a label already (or several of the tags) where some do not: there is nothing to
 * ask about them;
 * `disagreeing`: those whose label says otherwise, the most certain first.
 */
function orderOf(predicted: Predicted, which: Checked<'prediction.rows'>['which']): Order {
  const { confidence, labels, classes, labelOf, isOpen } = predicted;
  const all = Uint32Array.from(labels.keys());
  if (which === 'all') return all;
  if (which === 'disagreeing') {
    const wrong = all.filter((place) => {
      const label = labelOf(place);
      return label !== null && label !== classes[labels[place] - 1];
    });
    return wrong.sort((a, b) => confidence[b] - confidence[a] || a - b);
  }
  const open = all.filter((place) => isOpen(place));
  return (open.length === 0 ? all : open).sort((a, b) => confidence[a] - confidence[b] || a - b);
}

function placeOf(reader: CaseReader, { ids, summary }: Predicted, id: number | string): number {
  if (summary.of !== 'hosts') return ids.indexOf(Number(id));
  const host = reader.table('connection').dictionary('host').idOf(String(id));
  return host === 0 ? -1 : ids.indexOf(host);
}
