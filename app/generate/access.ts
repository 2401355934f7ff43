import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import { accessScenarios, plantAccess, type AccessIncident } from './access-incidents.ts';
import { HOST, makeSite } from './access-site.ts';
import { Visits } from './access-visits.ts';
import { AccessWriter, dash, layouts, type AccessLayout, type AccessRequest } from './access-writer.ts';
import { chosen } from './choice.ts';
import { PlantedLines } from './planted-lines.ts';
import { Clock, DAY, MONDAY } from './clock.ts';
import type { BlockWriter, GeneratedTruth, Generator, GeneratorOptions } from './types.ts';

/** What is true of the log: how many clients its everyday traffic may have, and where the planted requests stand. */
export interface AccessTruth extends GeneratedTruth {
  readonly kind: 'access';
  readonly incidents: readonly (AccessIncident & {
    /** Time of the first and the last of them, microseconds since 1970 UTC. */
    readonly first: number;
    readonly last: number;
    /** Lines of the log, counted from 1. */
    readonly lines: readonly number[];
  })[];
}

/** No scenario takes a larger part of the log than this. */
const SHARE = 0.02;

/**
 * An access log of a web site, as Apache writes it: people who go from page to page with what their browsers fetch for them, crawlers, programs;
 * few clients with much of the traffic, sizes with a heavy tail, a daily rhythm. Incidents are planted among it.
 */
export const accessGenerator: Generator = {
  kind: 'access',
  title: 'Access log of a web site (Combined)',
  scenarios: accessScenarios,
  usual: accessScenarios,
  layouts,
  generate,
};

async function generate(options: GeneratorOptions, write: BlockWriter): Promise<AccessTruth> {
  const { rows, seed } = options;
  const start = options.start ?? MONDAY;
  const days = options.days ?? 3;
  const random = new Random(seed);
  const log = new AccessWriter(layoutOf(options.layout), HOST, write);
  const site = makeSite(random.fork());
  const budget = Math.floor(rows * SHARE);
  const end = start + days * DAY;
  const planted = chosen(accessScenarios, options, 'access')
    .flatMap((scenario) => plantAccess(scenario, { start, days, budget, random: random.fork() }))
    .sort((a, b) => a.ts - b.ts);
  const everyday = rows - planted.length;
  const visits = new Visits(site, everyday, everyday / (days * 86_400), random.fork());
  const clock = new Clock(start, days, everyday, random.fork());
  const found = new PlantedLines<AccessIncident>();
  const request: AccessRequest = { client: dash, user: dash, request: dash, status: 0, bytes: 0, referrer: dash, agent: dash };
  let ts = clock.next();
  let next = 0;
  for (let i = 0; i < rows; i++) {
    let full: boolean;
    if (next < planted.length && planted[next].ts <= ts) {
      found.add(planted[next].incident, Math.floor(planted[next].ts), log.line);
      full = log.row(planted[next].ts, planted[next++].request);
    } else {
      visits.next(request);
      full = log.row(ts, request);
      ts = clock.next();
    }
    if (full) await log.hand();
  }
  await log.hand();
  return { kind: 'access', seed, rows, start, end, incidents: found.incidents() };
}

function layoutOf(word: string | undefined): AccessLayout {
  const layout = word === undefined ? layouts[0] : layouts.find((one) => one === word);
  if (layout !== undefined) return layout;
  const message = `A log of the kind access has no layout "${word ?? ''}". There are: ${layouts.join(', ')}.`;
  throw new FlowcaseError('INVALID_INPUT', message, { layout: word });
}
