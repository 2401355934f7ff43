import { z } from 'zod';
import { addGains, pathLength } from '../../learn/isolation/isolation-paths.ts';
import { averagePathLength, depthOf, emptyTrees, growTree, type IsolationTrees } from '../../learn/isolation/isolation-tree.ts';
import { Random } from '../../shared/random.ts';
import type { ClosedWindow, KeyFigures, WindowFigures } from '../windows/types.ts';
import { clientsOf, type Baselines } from './baselines.ts';
import { alertOf, perWindow } from './describe.ts';
import { figures, type FigureName } from './figures.ts';
import type { LiveDetector, NewAlert } from './types.ts';

const TREES = 100;
const SAMPLE = 256;
/** Windows that a forest is grown from, and after which it is grown anew; clients of each, the busiest. */
const WINDOWS = 60;
const EVERY = 15;
const CLIENTS = 64;
const LEAST_VECTORS = 200;
/** A client with fewer records a minute is no vector: shares of a few records are noise. */
const LEAST_RECORDS = 20;
/** The score of Liu, Ting and Zhou above which a row is strange; and above the strangest clean one by so much. */
const STRANGE = 0.6;
const MARGIN = 0.02;
/** Figures in which it is half as much again beyond its own highest and that of the busiest: a forest alone calls whoever leads the field strange. */
const LEAST_BEYOND = 2;
const BEYOND = 1.5;

const DOUBT =
  'It is unlike all clients of the last windows, which is not the same as bad: look at what it asked for, and whether it is known.';

/** Columns of a client's vector, each with the figure that it is told by. */
const columns: readonly (readonly [name: FigureName, of: (figures: WindowFigures) => number])[] = [
  ['records', ({ records }) => Math.log2(1 + records)],
  ['errors', ({ errors, records }) => errors / records],
  ['refused', ({ refused, records }) => refused / records],
  ['bytes_in', ({ bytesIn }) => Math.log2(1 + bytesIn)],
  ['bytes_out', ({ bytesOut }) => Math.log2(1 + bytesOut)],
  ['targets', ({ targets }) => Math.log2(1 + targets)],
  ['entropy', ({ entropy }) => entropy],
  ['peers', ({ peers }) => Math.log2(1 + peers)],
];
const WIDTH = columns.length;

interface Forest {
  readonly trees: IsolationTrees;
  readonly sampled: number;
  /** Score of the strangest of the vectors that it was grown from. */
  readonly highest: number;
}

/** The clean clients of a window: their vectors, one behind the other, as base64 of 32-bit floats. */
interface CleanWindow {
  readonly start: number;
  readonly vectors: string;
}

const saved = z.object({
  windows: z.array(z.object({ start: z.number(), vectors: z.string() })),
  seed: z.number().nullable(),
  /** Of the windows the first so many are what the forest was grown from. */
  grownFrom: z.int(),
});

/**
 * A windowed isolation forest over what clients do in a window: grown every 15 windows from the clean clients of the last 60, with a seed from the
 * begin of the window. A client stands out that scores above 0.6 and above everybody it was grown from by a margin. As only who is beyond the others
 * can stand out, that is asked first, and a forest that nobody is to be looked for in is not grown at all.
 */
export class Isolation implements LiveDetector {
  readonly id = 'isolation';
  readonly title = 'Unlike all clients';
  #windows: CleanWindow[] = [];
  /** undefined: not grown yet; null: there is too little to grow it from. */
  #forest: Forest | null | undefined = null;
  #seed: number | null = null;
  #grownFrom = 0;

  observe(window: ClosedWindow, usual: Baselines): NewAlert[] {
    if (this.#forest === null || !usual.ready) return [];
    const outside = vectorClients(window).filter((client) => beyondAll(window, usual, client) >= LEAST_BEYOND);
    const forest = outside.length === 0 ? null : this.#grown();
    if (forest === null) return [];
    return outside.flatMap((client) => {
      const vector = vectorOf(client);
      const score = scoreOf(forest, vector);
      if (score <= STRANGE || score <= forest.highest + MARGIN) return [];
      return alertOf(
        window,
        usual,
        { role: 'client', key: client.key, figures: client },
        {
          detector: 'isolation',
          title: 'Unlike all clients',
          severity: 'medium',
          excess: 2 ** ((score - 0.5) * 10),
          says: `${client.key} is unlike all clients of the last windows (isolation score ${score.toFixed(2)}, they reach ${forest.highest.toFixed(2)})`,
          doubt: DOUBT,
          first: reasons(forest, vector),
        },
      );
    });
  }

  learn(window: ClosedWindow, flagged: ReadonlySet<string>): void {
    const clean = vectorClients(window).filter(({ key }) => !flagged.has(key));
    const vectors = Buffer.concat(clean.slice(0, CLIENTS).map((client) => Buffer.from(vectorOf(client).buffer)));
    this.#windows.push({ start: window.start, vectors: vectors.toString('base64') });
    if (this.#windows.length - this.#grownFrom < EVERY) return;
    // those before are kept until now, so that the forest can be grown again from what it was grown from
    this.#windows = this.#windows.slice(-WINDOWS);
    this.#seed = Math.floor(window.start / 1e6) >>> 0;
    this.#grownFrom = this.#windows.length;
    this.#forest = undefined;
  }

  save(): unknown {
    return { windows: this.#windows, seed: this.#seed, grownFrom: this.#grownFrom };
  }

  restore(state: unknown): void {
    const read = saved.safeParse(state);
    if (!read.success) return;
    this.#windows = read.data.windows;
    this.#seed = read.data.seed;
    this.#grownFrom = read.data.grownFrom;
    this.#forest = this.#seed === null ? null : undefined;
  }

  #grown(): Forest | null {
    if (this.#forest !== undefined) return this.#forest;
    const bytes = Buffer.concat(this.#windows.slice(0, this.#grownFrom).map(({ vectors }) => Buffer.from(vectors, 'base64')));
    const vectors = new Float32Array(Math.floor(bytes.length / 4 / WIDTH) * WIDTH);
    bytes.copy(new Uint8Array(vectors.buffer));
    return (this.#forest = this.#seed === null || vectors.length < LEAST_VECTORS * WIDTH ? null : grown(vectors, this.#seed));
  }
}

function vectorClients(window: ClosedWindow): readonly KeyFigures[] {
  const least = perWindow(LEAST_RECORDS, window);
  return clientsOf(window).filter(({ records, key }) => records >= least && key !== '-');
}

function beyondAll(window: ClosedWindow, usual: Baselines, client: KeyFigures): number {
  return figures.filter((figure) => {
    // what cannot be beyond is most of it, and is seen at once
    if ((figure.of(client) ?? 0) <= Math.max(1, BEYOND * usual.ofBusiest(figure))) return false;
    const judged = usual.judge(figure, 'client', client.key, client, window);
    return judged !== null && judged.value > 1 && judged.value > BEYOND * Math.max(judged.usual.highest, judged.busiest);
  }).length;
}

function vectorOf(figures: WindowFigures): Float32Array {
  return Float32Array.from(columns, ([, of]) => of(figures));
}

function grown(vectors: Float32Array, seed: number): Forest {
  const rows = vectors.length / WIDTH;
  const sampled = Math.min(SAMPLE, rows);
  const trees = emptyTrees(TREES, depthOf(sampled));
  const random = new Random(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const sample = new Float32Array(sampled * WIDTH);
  for (let tree = 0; tree < TREES; tree++) {
    const own = random.fork();
    for (let i = 0; i < sampled; i++) {
      const other = i + own.below(rows - i);
      [order[i], order[other]] = [order[other], order[i]];
      sample.set(vectors.subarray(order[i] * WIDTH, (order[i] + 1) * WIDTH), i * WIDTH);
    }
    growTree(trees, tree, sample, WIDTH, own);
  }
  let highest = 0;
  for (let row = 0; row < rows; row++) {
    highest = Math.max(highest, scoreOf({ trees, sampled }, vectors.subarray(row * WIDTH, (row + 1) * WIDTH)));
  }
  return { trees, sampled, highest };
}

/** 2^(-E[h] / c(n)), as in app/learn/isolation. */
function scoreOf({ trees, sampled }: Pick<Forest, 'trees' | 'sampled'>, vector: Float32Array): number {
  let sum = 0;
  for (let tree = 0; tree < TREES; tree++) sum += pathLength(trees, tree, vector);
  return 2 ** (-sum / TREES / averagePathLength(sampled));
}

/** The figures that tell it apart soonest, the first the most. */
function reasons({ trees }: Forest, vector: Float32Array): FigureName[] {
  const gains = new Float64Array(WIDTH);
  for (let tree = 0; tree < TREES; tree++) addGains(trees, tree, vector, gains);
  return columns
    .map(([name], i) => ({ name, gain: gains[i] }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain)
    .slice(0, 3)
    .map(({ name }) => name);
}
