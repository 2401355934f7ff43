import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import { Clock, DAY, MONDAY } from './clock.ts';
import { chosen } from './choice.ts';
import { PlantedLines } from './planted-lines.ts';
import { ClientChoice, makeClients } from './tstat-clients.ts';
import { layouts, slotOf, type TstatLayout } from './tstat-columns.ts';
import { plantTstat, tstatScenarios, type TstatIncident, type TstatPlanted } from './tstat-incidents.ts';
import { tstatServices } from './tstat-services.ts';
import { Traffic } from './tstat-traffic.ts';
import { TstatRow, TstatWriter } from './tstat-writer.ts';
import type { BlockWriter, GeneratedTruth, Generator, GeneratorOptions } from './types.ts';

/** What is true of the log: how many records each class has, how many clients there are, and where the planted records stand. */
export interface TstatTruth extends GeneratedTruth {
  readonly kind: 'tstat';
  readonly columns: number;
  readonly clients: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly incidents: readonly (TstatIncident & {
    /** The earliest and the latest start among them, microseconds since 1970 UTC: the record's time when it is imported. */
    readonly first: number;
    readonly last: number;
    /** Lines of the log, counted from 1. */
    readonly lines: readonly number[];
  })[];
}

/** No scenario takes a larger part of the log than this. */
const SHARE = 0.005;
/** Where a row keeps its start, milliseconds. */
const START = slotOf('first');
/** A client opens 26 connections on average. */
const CLIENTS = 0.03844;

/**
 * Tstat's log_tcp_complete of a residential network with the label of a service on every row: as many records of each of ten services, few
 * clients with most of the traffic, heavy tails, a daily rhythm, in the order in which connections were closed.
 */
export const tstatGenerator: Generator = {
  kind: 'tstat',
  title: 'Tstat log_tcp_complete of ten services, labelled',
  scenarios: tstatScenarios,
  usual: tstatScenarios,
  layouts: layouts.map(({ word }) => word),
  generate,
};

async function generate(options: GeneratorOptions, write: BlockWriter): Promise<TstatTruth> {
  const layout = layoutOf(options.layout);
  const { rows, seed } = options;
  const start = options.start ?? MONDAY;
  const days = options.days ?? 1;
  const random = new Random(seed);
  const row = new TstatRow();
  const traffic = new Traffic(row, random.fork());
  const clients = makeClients(Math.max(1, Math.round(rows * CLIENTS)), random.fork());
  const budget = Math.floor(rows * SHARE);
  const planted = chosen(tstatScenarios, options, 'tstat')
    .flatMap((scenario) =>
      plantTstat(scenario, {
        start,
        days,
        budget,
        clients,
        random: random.fork(),
        serverOf: (service, server) => traffic.serverOf(service, server),
      }),
    )
    .sort((a, b) => a.visit.closed - b.visit.closed);
  const everyday = rows - planted.length;
  const deck = new ServiceDeck(rows, planted, random.fork());
  const choice = new ClientChoice(Math.min(clients.length, everyday), everyday, random.fork());
  const clock = new Clock(start, days, everyday, random.fork());
  const log = new TstatWriter(layout, write);
  const found = new PlantedLines<TstatIncident>();
  let closed = clock.next();
  let next = 0;
  for (let i = 0; i < rows; i++) {
    if (next < planted.length && planted[next].visit.closed <= closed) {
      traffic.fill(planted[next].visit);
      found.add(planted[next++].incident, Math.round(row.numbers[START] * 1000), log.line);
    } else {
      traffic.fill(traffic.visit(clients[choice.next()], deck.next(), closed));
      closed = clock.next();
    }
    if (log.row(row)) await log.hand();
  }
  await log.hand();
  const truth = { kind: 'tstat' as const, seed, rows, start, end: start + days * DAY, columns: layout.slots.length };
  return { ...truth, clients: Math.min(clients.length, rows), classes: deck.classes, incidents: found.incidents() };
}

function layoutOf(word: string | undefined): TstatLayout {
  const layout = word === undefined ? layouts[0] : layouts.find((one) => one.word === word);
  if (layout !== undefined) return layout;
  const known = layouts.map((one) => one.word).join(', ');
  throw new FlowcaseError(
    'INVALID_INPUT',
    `A log of the kind tstat has no layout "${word ?? ''}". There are, by their number of columns: ${known}.`,
    {
      layout: word,
    },
  );
}

/** Services in an order by chance, each as often as the others, with the planted records counted in. */
class ServiceDeck {
  readonly #left: number[];
  readonly #random: Random;
  readonly classes: Readonly<Record<string, number>>;
  #total: number;

  constructor(rows: number, planted: readonly TstatPlanted[], random: Random) {
    const count = tstatServices.length;
    const share = Array.from({ length: count }, (_, i) => Math.floor(rows / count) + (i < rows % count ? 1 : 0));
    this.classes = Object.fromEntries(tstatServices.map(({ name }, i) => [name, share[i]]));
    for (const { visit } of planted) share[visit.service]--;
    this.#left = share;
    this.#total = rows - planted.length;
    this.#random = random;
  }

  next(): number {
    let draw = this.#random.below(this.#total--);
    let service = 0;
    while (draw >= this.#left[service]) draw -= this.#left[service++];
    this.#left[service]--;
    return service;
  }
}
