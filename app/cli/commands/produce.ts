import { writeFile } from 'node:fs/promises';
import { formatBytes, formatCount, plural } from '../../contract/format.ts';
import { generatorOf, generators, scenarioWords } from '../../generate/registry.ts';
import type { GeneratedTruth } from '../../generate/types.ts';
import { isKafkaAddress, parseKafkaAddress } from '../../live/kafka/address.ts';
import { compressions } from '../../live/kafka/compression.ts';
import { kafkaCredentials } from '../../live/kafka/credentials.ts';
import { FileTarget, rotationKinds, type Rotation } from '../../live/produce/file-target.ts';
import { HttpTarget } from '../../live/produce/http-target.ts';
import { KafkaTarget } from '../../live/produce/kafka-target.ts';
import { generatedOrigin, logOrigin, streamOrigin, type Origin } from '../../live/produce/origin.ts';
import { produce, type Produced } from '../../live/produce/produce.ts';
import { parseSpeed } from '../../live/produce/speed.ts';
import { StreamTarget } from '../../live/produce/stream-target.ts';
import type { Target } from '../../live/produce/target.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import { printable } from '../progress-line.ts';
import type { CliCommand, CliContext } from '../command.ts';

/** Records of generated traffic where nobody says how many, and of one round of it. */
const ROUND = 100_000;
const DAY = 86_400e6;
/** How often progress is drawn, milliseconds. */
const DRAW_MS = 500;

const kinds = generators.map(({ kind }) => kind).join('|');

/** `value` where it is one of `choices`. @throws UsageError */
function choice<T extends string>(value: string | undefined, choices: readonly T[], option: string, otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = choices.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} takes ${choices.join(' or ')}, not "${value}"`);
  return found;
}

function rotationOf({ args }: CliContext): Rotation | null {
  const kind = args.text('rotate');
  const every = args.integer('every', 1);
  if (kind === undefined) {
    if (every !== undefined || args.flag('gzip')) throw new UsageError('--every and --gzip belong to --rotate');
    return null;
  }
  if (every === undefined) throw new UsageError('--every N is missing: after how many records the file is rotated');
  return { kind: choice(kind, rotationKinds, '--rotate', 'rename'), every, gzip: args.flag('gzip') };
}

async function targetOf(context: CliContext, to: string, stopped: AbortSignal): Promise<Target> {
  const { args } = context;
  const rotation = rotationOf(context);
  const isFile = to !== '-' && !isKafkaAddress(to) && !/^https?:\/\//i.test(to);
  if (!isFile && (rotation !== null || args.flag('append'))) throw new UsageError('--rotate and --append are for files');
  if (isFile) return FileTarget.open(context.path(to), { rotation, append: args.flag('append') });
  if (to === '-') return new StreamTarget(process.stdout);
  if (!isKafkaAddress(to)) return new HttpTarget(httpUrl(to), process.env['FLOWCASE_TOKEN']);
  const compression = choice(args.text('compression'), compressions, '--compression', 'none');
  const waiting = (words: string): void => context.io.err(`${printable(words)}\n`);
  return KafkaTarget.open(parseKafkaAddress(to), kafkaCredentials(), { compression, patience: { waiting, stopped } });
}

function httpUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new UsageError('--to is no address of a server: http://127.0.0.1:8080/api/v1/ingest');
  return url;
}

/** What is played, round after round, and where the truth of what was generated ends up. */
interface Play {
  readonly origins: (round: number) => readonly Origin[];
  /** Moves the times of lines; what is generated is generated with the right ones. */
  readonly startAt: number | null;
  readonly truth: () => GeneratedTruth | null;
}

function playOf(context: CliContext, rows: number, now: number): Play {
  const { args, io } = context;
  const rewrite = choice(args.text('rewrite-times'), ['keep', 'now'], '--rewrite-times', 'keep') === 'now';
  const logs = [...(args.texts('from') ?? []), ...args.positionals];
  if (logs.length > 0) {
    const generated = ['kind', 'seed', 'days', 'scenario', 'layout', 'truth'].find(
      (name) => args.text(name) !== undefined || args.texts(name) !== undefined,
    );
    if (generated !== undefined) throw new UsageError(`--${generated} is for generated traffic, and --from names a log`);
    const options = { format: args.text('format') };
    if (logs.includes('-') && args.flag('loop')) throw new UsageError('--loop cannot play standard input again');
    const origins = logs.map((log) => (log === '-' ? streamOrigin(io.input(), options) : logOrigin(context.path(log), options)));
    return { origins: () => origins, startAt: rewrite ? now : null, truth: () => null };
  }
  return generatedPlay(context, rows, rewrite ? Math.floor(now / 1000) * 1e6 : undefined);
}

function generatedPlay({ args }: CliContext, rows: number, start: number | undefined): Play {
  const kind = args.text('kind') ?? 'access';
  generatorOf(kind);
  const loop = args.flag('loop');
  if (loop && args.text('truth') !== undefined) throw new UsageError('--truth tells of one round, and --loop plays many');
  if (args.text('format') !== undefined) throw new UsageError('--format is for a log that --from names');
  const days = daysOf(args.text('days'));
  const seed = args.integer('seed') ?? 1;
  let truth: GeneratedTruth | null = null;
  const options = {
    rows: loop ? Math.min(rows, ROUND) : rows,
    days,
    layout: args.text('layout'),
    scenarios: args.texts('scenario')?.filter((name) => name !== 'none'),
  };
  const origin = (round: number): Origin =>
    generatedOrigin(
      kind,
      { ...options, seed: seed + round, start: start === undefined ? undefined : start + round * days * DAY },
      (told) => {
        truth = told;
      },
    );
  return { origins: (round) => [origin(round)], startAt: null, truth: () => truth };
}

function daysOf(text: string | undefined): number {
  const days = Number(text ?? 3);
  if (!Number.isFinite(days) || days <= 0 || text === '') throw new UsageError(`--days takes a number above 0, not "${text ?? ''}"`);
  return days;
}

function rate({ records, seconds }: Produced): number {
  return seconds > 0 ? Math.round(records / seconds) : records;
}

function figures(to: string, done: Produced, stopped: boolean): string {
  const parts = [
    plural(done.records, 'record'),
    formatBytes(done.bytes),
    `${done.seconds.toFixed(1)} s`,
    `${plural(rate(done), 'record')}/s`,
  ];
  const heads = done.heads > 0 ? `, and ${plural(done.heads, 'header or comment line')}` : '';
  const unmoved =
    done.unmoved > 0
      ? `\n${plural(done.unmoved, 'record')} kept ${done.unmoved === 1 ? 'its' : 'their'} time: none was found in the line`
      : '';
  return `${stopped ? 'stopped: ' : ''}${to}: ${parts.join(', ')}${heads}${unmoved}`;
}

const command: CliCommand = {
  name: 'produce',
  usage: `--to kafka://HOST:PORT/TOPIC|FILE|-|http://HOST/api/v1/ingest [--from LOG... | --kind ${kinds}] [--speed 1x|N/s|max] [--rows N] [--loop]`,
  about:
    'Plays a log, or generated traffic, to a Kafka topic, a growing file, standard output or the API, at a steady pace. Ctrl-C ends it with exact figures.',
  options: {
    to: {
      type: 'string',
      about: 'where lines go: a topic (a message a line), a file, - for standard output, or the API (token in FLOWCASE_TOKEN)',
      value: 'TARGET',
    },
    from: {
      type: 'string',
      about: 'a log that Flowcase reads, packed or not, - for standard input; several one after the other',
      value: 'LOG',
      multiple: true,
    },
    format: { type: 'string', about: 'format of the log where it is not to be recognised' },
    kind: { type: 'string', about: `generated traffic instead of a log: ${kinds} (default access)` },
    seed: { type: 'string', about: 'seed of the random numbers (default 1); each round of --loop takes the next', value: 'S' },
    days: { type: 'string', about: 'days that generated traffic goes over (default 3); parts of a day too', value: 'D' },
    scenario: { type: 'string', about: `what to plant, or all, or none: ${scenarioWords()}`, value: 'NAME', multiple: true },
    layout: { type: 'string', about: 'shape of the generated log', value: 'WORD' },
    truth: { type: 'string', about: 'where to write what was planted', value: 'FILE' },
    speed: {
      type: 'string',
      about: '1x keeps the pace of the time stamps (pauses over an hour are left out), 10x is faster, 5000/s, max (default)',
      value: 'SPEED',
    },
    rows: { type: 'string', about: `at most so many records (generated: so many, ${formatCount(ROUND)} unless told)`, value: 'N' },
    loop: { type: 'boolean', about: 'from the beginning again, until --rows or Ctrl-C' },
    'rewrite-times': { type: 'string', about: 'now: moves all times so that the first is now; keep (default)', value: 'now|keep' },
    rotate: { type: 'string', about: 'rotates the file as logrotate does', value: 'rename|copytruncate' },
    every: { type: 'string', about: 'records after which the file is rotated', value: 'N' },
    gzip: { type: 'boolean', about: 'packs what was rotated away' },
    append: { type: 'boolean', about: 'goes on with a file that is there already' },
    compression: { type: 'string', about: `of Kafka's messages: ${compressions.join(', ')}`, value: 'NAME' },
  },
  async run(context) {
    const { args, io } = context;
    const to = args.text('to');
    if (to === undefined) throw new UsageError('--to is missing');
    const speed = parseSpeed(args.text('speed') ?? 'max');
    const loop = args.flag('loop');
    const asked = args.integer('rows', 1);
    const generated = args.texts('from') === undefined && args.positionals.length === 0;
    const rows = asked ?? (generated && !loop ? ROUND : Infinity);
    const play = playOf(context, rows, Date.now());
    // generated traffic ends by itself, and tells what it was then
    const most = generated && !loop ? Infinity : rows;
    const stop = new AbortController();
    const target = await targetOf(context, to, stop.signal);
    io.onInterrupt(() => stop.abort());
    const line = new ProducedLine(context);
    let done: Produced;
    try {
      done = await produce({ ...play, target, speed, rows: most, loop }, stop.signal, (soFar) => line.show(soFar));
    } finally {
      line.end();
      await target.close();
    }
    const truthFile = args.text('truth');
    const truth = play.truth();
    if (truthFile !== undefined && truth !== null) await writeFile(context.path(truthFile), `${JSON.stringify(truth, null, 2)}\n`);
    const told = {
      to: target.name,
      records: done.records,
      bytes: done.bytes,
      seconds: done.seconds,
      rate: rate(done),
      heads: done.heads,
      unmoved: done.unmoved,
      stopped: stop.signal.aborted,
    };
    const rotations = target instanceof FileTarget ? { rotations: target.rotations } : {};
    // standard output is the log where it is the target
    if (to === '-') io.err(args.json ? `${JSON.stringify(told)}\n` : `${figures(target.name, done, stop.signal.aborted)}\n`);
    else context.answer({ ...told, ...rotations }, () => figures(target.name, done, stop.signal.aborted));
    return exitCodes.done;
  },
};

/** How far it is, on a terminal. */
class ProducedLine {
  readonly #context: CliContext;
  #drawn = -Infinity;

  constructor(context: CliContext) {
    this.#context = context;
  }

  show(soFar: Produced): void {
    const { io } = this.#context;
    if (!io.isTerminal || performance.now() - this.#drawn < DRAW_MS) return;
    this.#drawn = performance.now();
    io.err(`\r\u001b[2K${plural(soFar.records, 'record')}  ${formatBytes(soFar.bytes)}  ${plural(rate(soFar), 'record')}/s`);
  }

  end(): void {
    if (this.#drawn > 0) this.#context.io.err('\r\u001b[2K');
  }
}

export const produceCommands: readonly CliCommand[] = [command];
