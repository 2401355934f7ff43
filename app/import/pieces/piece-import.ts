import type { EvidenceSession, ResumePoint } from '../../case/types.ts';
import type { Segment } from '../../columns/segment.ts';
import { LINE_COLUMN, OFFSET_COLUMN, type ColumnContent, type ColumnSpec } from '../../columns/types.ts';
import type { Reject } from '../../contract/case.ts';
import { fromErrorShape } from '../../errors.ts';
import type { ReaderFigures } from '../../formats/types.ts';
import type { PieceHand } from './crew.ts';
import { addFigures, noFigures } from './figures.ts';
import { IdMaps, type IdsOf } from './id-maps.ts';
import type { Part, PieceColumn, PieceContent, PieceOutcome, ReadingPlan } from './messages.ts';
import { rejectsIn } from './reject-lines.ts';

/** How a log is read. */
export type LogPlan = Omit<ReadingPlan, 'number' | 'columns'>;

export interface PieceImportOptions {
  readonly session: EvidenceSession;
  readonly log: LogPlan;
  readonly hands: readonly PieceHand[];
  /** Gets the memory of parts that are done with. */
  readonly giveBack: (buffer: SharedArrayBuffer) => void;
  /** Where the log is read on; null: from its beginning. */
  readonly from: Place | null;
  /** Is called often while pieces are waited for. What it throws ends the import. */
  readonly step: () => void;
}

/** A place between two lines of a log, and the state of whoever has read so far. */
export interface Place {
  readonly state: string;
  readonly lines: number;
  readonly bytes: number;
}

/** A part on its way: given to a hand, not yet taken into the case. */
interface Pending {
  readonly hand: PieceHand;
  /** undefined: it goes on with the piece of the part before. */
  readonly state: string | null | undefined;
  readonly part: Part;
  readonly back: Promise<PieceOutcome>;
}

/** What has come back; null where the piece goes on. */
interface Arrived {
  readonly hand: PieceHand;
  readonly content: PieceContent | null;
}

const FIRST_REJECTS = 3;
/** Whoever waits for a piece looks up this often (milliseconds). */
const PATIENCE = 50;

let plans = 0;

/**
 * Puts the pieces of one log together, in their order, whatever the order in which they are read. A piece is read ahead in the last state
 * that is known; where it turns out that the piece before it left another one, it is read again.
 */
export class PieceImport {
  /** A few, for a person who asks what is wrong. */
  readonly firstRejects: Omit<Reject, 'evidence'>[] = [];
  /** Names of the columns that were filled. */
  readonly columns = new Set<string>();
  readonly #options: PieceImportOptions;
  readonly #most: number;
  readonly #maps: IdMaps<PieceHand>;
  #pending: Pending[] = [];
  #last: PieceHand;
  /** By what each hand reads; one that has none, or that knows what has become wrong, gets another. */
  readonly #plans = new Map<PieceHand, ReadingPlan>();
  /** The state after the last piece that was taken; null at the beginning of the log. */
  #state: string | null;
  /** The last part that was added ends within a piece. */
  #within = false;
  /** Bytes of the pieces that were taken, and of the parts of the one under way. */
  #bytes: number;
  #begun = 0;
  readonly #linesBefore: number;
  #place: Place | null;
  #rest: ReaderFigures = noFigures;
  #figures: ReaderFigures = noFigures;
  /** Memory of columns that the case has taken. */
  readonly #spare: SharedArrayBuffer[] = [];

  constructor(options: PieceImportOptions) {
    this.#options = options;
    this.#last = options.hands[0];
    this.#most = options.hands.reduce((sum, hand) => sum + hand.most, 0);
    const { from } = options;
    this.#state = from?.state ?? null;
    this.#bytes = from?.bytes ?? 0;
    this.#linesBefore = from?.lines ?? 0;
    this.#place = from;
    this.#maps = new IdMaps((name) => options.session.dictionary(name));
  }

  /** Of the pieces that were taken. */
  get figures(): ReaderFigures {
    return this.#figures;
  }

  /** Behind the last whole line that was taken, or where the log begins; null where nothing was taken. */
  get place(): Place | null {
    return this.#place;
  }

  /** What became of what comes behind `place`. */
  get rest(): ResumePoint['rest'] {
    if (this.#rest.lines === 0) return 'none';
    return this.#rest.rows > 0 ? 'record' : 'other';
  }

  /** Has a part read; returns when no more than a few are on their way. @throws FlowcaseError what is wrong with the log */
  async add(part: Part): Promise<void> {
    // what the first piece leaves is needed to begin the second; and a line longer than a piece is not kept to be read again
    const alone = this.#state === null || this.#within || part.end === 'within';
    if (this.#state === null && this.#pending.length === 1 && !this.#within && part.end !== 'within') return this.#second(part);
    while (alone && this.#pending.length > 0) await this.#takeNext();
    // nobody waits for the next part while the case takes what has been read
    const arrived = this.#pending.length < this.#most ? null : await this.#arrived();
    this.#pending.push(this.#give(part, this.#within ? undefined : this.#state));
    this.#within = part.end === 'within';
    if (arrived !== null) await this.#settle(arrived);
    // who reads here has read already
    if (this.#most === 1) await this.#takeNext();
  }

  /** Everything that was added is taken. */
  async finish(): Promise<void> {
    while (this.#pending.length > 0) await this.#takeNext();
  }

  /** Who has read the first piece goes on in the state that it left, and does not wait until the case has taken it. */
  async #second(part: Part): Promise<void> {
    const { hand, content } = await this.#arrived();
    this.#state = content?.state ?? null;
    this.#pending.push(this.#give(part, this.#state, hand));
    if (content !== null) this.#take(hand, content);
  }

  #planOf(hand: PieceHand): ReadingPlan {
    const { log, session } = this.#options;
    const plan = this.#plans.get(hand) ?? { ...log, number: ++plans, columns: session.columns() };
    this.#plans.set(hand, plan);
    return plan;
  }

  #give(part: Part, state: string | null | undefined, to: PieceHand | null = null): Pending {
    const { hands } = this.#options;
    const idle = (a: PieceHand, b: PieceHand): PieceHand => (b.load < a.load ? b : a);
    const hand = to ?? (state === undefined ? this.#last : hands.reduce(idle));
    this.#last = hand;
    const back = hand.read(this.#planOf(hand), { part, state, spare: this.#spare.splice(0) });
    // who is waited for no more may fail unheard
    back.catch(() => undefined);
    return { hand, state, part, back };
  }

  async #takeNext(): Promise<void> {
    await this.#settle(await this.#arrived());
  }

  async #settle({ hand, content }: Arrived): Promise<void> {
    if (content === null) return;
    this.#take(hand, content);
    const { state } = content;
    if (state === null || state === this.#state) return;
    this.#state = state;
    await this.#again(hand);
  }

  /** The next part has been read. */
  async #arrived(): Promise<Arrived> {
    const { hand, part, back } = this.#pending[0];
    const outcome = await this.#wait(back);
    this.#pending.shift();
    this.#options.giveBack(part.buffer);
    if ('error' in outcome) throw fromErrorShape(outcome.error);
    this.#begun += part.length;
    return { hand, content: outcome.content };
  }

  /**
   * What is under way is read in a state that turned out not to be the one. All of it has to come back before anything else is given out. Who
   * has read any of it begins anew, as if it had not, and so does everybody to whom the columns of this piece are news.
   */
  async #again(knowing: PieceHand): Promise<void> {
    const fresh = this.#pending.every(({ hand }) => hand !== knowing) ? this.#plans.get(knowing) : undefined;
    this.#plans.clear();
    if (fresh !== undefined) this.#plans.set(knowing, fresh);
    for (const { back } of this.#pending) await this.#wait(back);
    this.#pending = this.#pending.map(({ part }) => this.#give(part, this.#state));
  }

  async #wait(back: Promise<PieceOutcome>): Promise<PieceOutcome> {
    for (;;) {
      this.#options.step();
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<null>((resolve) => (timer = setTimeout(resolve, PATIENCE, null)));
      try {
        const outcome = await Promise.race([back, pause]);
        if (outcome !== null) return outcome;
      } finally {
        clearTimeout(timer);
      }
    }
  }

  /** A piece becomes part of the evidence. */
  #take(hand: PieceHand, content: PieceContent): void {
    const { session } = this.#options;
    for (const spec of content.added) {
      const { name } = session.column(spec);
      if (name !== spec.name) throw new Error(`a thread called a column '${spec.name}' that is '${name}' in the case`);
    }
    const lines = this.#linesBefore + this.#figures.lines;
    for (const reject of rejectsIn(content.rejects)) {
      const placed = { ...reject, line: reject.line + lines, offset: reject.offset + this.#bytes };
      if (this.firstRejects.length < FIRST_REJECTS) this.firstRejects.push(placed);
      session.reject(placed);
    }
    const ids = this.#maps.of(hand, content.entries);
    for (const { rows, columns } of content.chunks) {
      for (const { name } of columns) this.columns.add(name);
      session.append(
        rows,
        columns.map((column) => this.#placed(column, ids)),
      );
    }
    this.#spare.push(...content.memory);
    this.#figures = addFigures(this.#figures, content.figures);
    this.#bytes += this.#begun;
    this.#begun = 0;
    if (content.state === null) {
      this.#rest = content.figures;
      if (content.begun !== null) this.#place ??= { state: content.begun, lines: 0, bytes: 0 };
    } else this.#place = { state: content.state, lines: this.#linesBefore + this.#figures.lines, bytes: this.#bytes };
  }

  /** A column with the numbers of the case instead of those of its thread, and with places in the log instead of in the piece. */
  #placed(column: PieceColumn, ids: IdsOf): { readonly spec: ColumnSpec; readonly buffer: ColumnContent } {
    const { name, segment } = column;
    const spec = this.#options.session.known(name);
    if (spec === undefined) throw new Error(`the column '${name}' is not known to the case`);
    if (segment === null) {
      if (spec.dictionary === null) throw new Error(`the column '${name}' has no dictionary`);
      ids[spec.dictionary].apply(column.ids);
      return { spec, buffer: { storage: 'dictionary', values: column.ids } };
    }
    const from = name === LINE_COLUMN ? this.#linesBefore + this.#figures.lines : name === OFFSET_COLUMN ? this.#bytes : 0;
    return { spec, buffer: { storage: 'encoded', segment: from === 0 ? segment : shifted(segment, from) } };
  }
}

/** Whole numbers that are all larger by so much: every encoding of them is relative to its base. */
function shifted(segment: Segment, by: number): Segment {
  const { base, min, max } = segment;
  if (base === null || min === null || max === null) throw new Error(`places are not kept as ${segment.encoding}`);
  return { ...segment, base: base + by, min: min + by, max: max + by };
}
