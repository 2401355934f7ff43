import type { KeptAlert, LiveSourceSpec, LiveSourceStatus, LiveStatus } from '../../contract.ts';
import { formatBytes, formatCount, formatDuration, plural } from '../../contract/format.ts';
import { alertDetectors } from '../../contract/live-alerts.ts';
import { toErrorShape } from '../../errors.ts';
import type { Args } from '../args.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand, type CliContext } from '../command.ts';
import type { CliHost } from '../io.ts';
import { printable } from '../progress-line.ts';
import { readingOptions } from '../reading-options.ts';
import { isoOrNull } from '../values.ts';
import { savedReading } from './preview.ts';
import { rules } from './rules.ts';

const DEFAULT_SYSLOG_PORT = 5514;
const RETRY_MS = 2000;

/** What an argument names. @throws UsageError */
export function sourceOfArgument(text: string, args: Args, resolve: (path: string) => string): LiveSourceSpec {
  const from = args.text('from') ?? 'beginning';
  if (from !== 'beginning' && from !== 'end') throw new UsageError(`--from takes beginning or end, not "${from}"`);
  if (text === '-') return { type: 'pipe', path: null };
  if (text.startsWith('pipe:')) return { type: 'pipe', path: resolve(text.slice('pipe:'.length)) };
  if (text.startsWith('kafka://')) return { type: 'kafka', url: text, from };
  if (text.startsWith('api:')) return { type: 'http', name: text.slice('api:'.length) };
  if (/^syslog(\+tcp)?:\/\//.test(text)) return syslogOf(text, args);
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined) throw new UsageError(`nothing is watched at ${scheme}://…; there are kafka://, syslog:// and syslog+tcp://`);
  const folders = (args.list('old-files') ?? []).map(resolve);
  return { type: 'file', path: resolve(text), from, ...(folders.length === 0 ? {} : { folders }) };
}

function syslogOf(text: string, args: Args): LiveSourceSpec {
  const { protocol, hostname, port } = URL.canParse(text) ? new URL(text) : { protocol: '', hostname: '', port: '' };
  if (hostname === '') throw new UsageError(`"${text}" names no address; syslog://127.0.0.1:5514 or syslog+tcp://127.0.0.1:5514 do`);
  return {
    type: 'syslog',
    protocol: protocol === 'syslog+tcp:' ? 'tcp' : 'udp',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_SYSLOG_PORT : Number(port),
    payload: args.flag('whole') ? 'whole' : 'message',
  };
}

/** Ends when there is nothing more to watch, or somebody says so. */
class Watching {
  readonly ended: Promise<void>;
  readonly #context: CliContext;
  readonly #idle: number | null;
  #end: () => void = () => undefined;
  #records = -1;
  #since = performance.now();
  #drawn = false;
  #over = false;
  #trouble = '';
  /** Which row of attempts to go on is under way. */
  #row = 0;
  #retry: NodeJS.Timeout | undefined;
  /** What was said of each source last; and which alerts were told. */
  readonly #said = new Map<number, string>();
  readonly #told = new Set<number>();

  constructor(context: CliContext, idle: number | null) {
    this.#context = context;
    this.#idle = idle;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#retry);
    this.#end();
  }

  /** Alerts that were raised meanwhile. */
  get alerts(): number {
    return this.#told.size;
  }

  hear(status: LiveStatus): void {
    for (const source of status.sources) this.#tell(source);
    const records = status.sources.reduce((sum, source) => sum + source.records, 0);
    if (records !== this.#records || status.sources.some(isBehind)) this.#since = performance.now();
    this.#records = records;
    if (!status.running || (this.#idle !== null && performance.now() - this.#since >= this.#idle * 1000)) this.#end();
    if (!this.#context.io.isTerminal) return;
    this.#context.io.err(`\r\u001b[2K${statusLine(status)}`);
    this.#drawn = true;
  }

  alert(alert: KeptAlert): void {
    if (this.#told.has(alert.number)) return;
    this.#told.add(alert.number);
    this.line();
    this.#context.io.err(`${alert.severity}: ${printable(alert.title)} (${printable(alert.subject)}). ${printable(alert.why)}\n`);
  }

  /** A line when a source waits for something, or cannot go on, and when it goes on. */
  #tell({ id, name, state, why, formatTitle }: LiveSourceStatus): void {
    const words =
      (state === 'running' ? `watched${formatTitle === '' ? '' : ` as ${formatTitle}`}` : state) + (why === '' ? '' : `: ${why}`);
    if (state === 'starting' || state === 'paused' || this.#said.get(id) === words) return;
    this.#said.set(id, words);
    this.line();
    this.#context.io.err(`${printable(name)}: ${printable(words)}\n`);
  }

  /** What writes the case died. Where it is back it goes on with these sources as soon as it can. */
  recover(message: string, fatal: boolean, resume: () => Promise<unknown>): void {
    this.line();
    this.#context.io.err(`${printable(message)}\n`);
    // who died once more meanwhile is tried in one row
    clearTimeout(this.#retry);
    const row = ++this.#row;
    this.#trouble = '';
    const tryAgain = (): void => {
      resume().catch((error: unknown) => {
        if (this.#over || row !== this.#row) return;
        const why = toErrorShape(error).message;
        if (this.#trouble !== why) this.#context.io.err(`${printable(why)}\n`);
        this.#trouble = why;
        this.#retry = setTimeout(tryAgain, RETRY_MS);
      });
    };
    this.#retry = setTimeout(tryAgain, fatal ? RETRY_MS : 0);
  }

  line(): void {
    if (this.#drawn) this.#context.io.err('\r\u001b[2K');
    this.#drawn = false;
  }
}

function isBehind(source: LiveSourceStatus): boolean {
  return source.state === 'starting' || (source.lagBytes ?? 0) > 0 || (source.lagRecords ?? 0) > 0;
}

/** "2 sources  12,345 records  1,234/s  0.4 MiB to come  1 open alert" */
function statusLine({ sources, alerts, held }: LiveStatus): string {
  const sum = (of: (source: LiveSourceStatus) => number | null): number => sources.reduce((total, source) => total + (of(source) ?? 0), 0);
  const parts = [
    plural(sources.length, 'source'),
    plural(
      sum(({ records }) => records),
      'record',
    ),
    `${formatCount(Math.round(sum(({ rate }) => rate)))}/s`,
  ];
  const [bytes, records] = [sum(({ lagBytes }) => lagBytes), sum(({ lagRecords }) => lagRecords)];
  if (bytes > 0) parts.push(`${formatBytes(bytes)} to come`);
  if (records > 0) parts.push(`${plural(records, 'message')} to come`);
  if (alerts > 0) parts.push(plural(alerts, 'open alert'));
  if (held !== '') parts.push(`waiting: ${printable(held)}`);
  for (const { name, state, why } of sources)
    if (state === 'failed' || state === 'waiting') parts.push(`${printable(name)}: ${printable(why)}`);
  return parts.join('  ').slice(0, 160);
}

/** A source as the terminal's JSON shows it. */
export function sourceJson(source: LiveSourceStatus): Record<string, unknown> {
  return { ...source, lastRecord: isoOrNull(source.lastRecord), lastCommit: isoOrNull(source.lastCommit) };
}

async function begin(context: CliContext, host: CliHost, specs: readonly LiveSourceSpec[]): Promise<readonly number[]> {
  const reading = await savedReading(context, host);
  const { format, options } = reading;
  const name = context.args.text('name') ?? '';
  const { sources } = await host.invoke('live.status', {});
  const begun: number[] = [];
  for (const source of specs) {
    const { id } = await host.invoke('live.watch', {
      source,
      name,
      ...(format === undefined ? {} : { format }),
      ...(options === undefined ? {} : { options }),
    });
    begun.push(id);
  }
  if (specs.length > 0) return begun;
  for (const { id, watch } of sources) {
    if (watch.source.type === 'pipe') continue;
    await host.invoke('live.resume', { source: id });
    begun.push(id);
  }
  if (begun.length === 0) throw new UsageError('SOURCE is missing: this case watches nothing yet');
  return begun;
}

const watch: CliCommand = {
  name: 'watch',
  usage: 'CASE [SOURCE...] [--from beginning|end] [--for SECONDS] [--idle SECONDS] [--format F] [--name NAME]',
  about:
    'Watches logs as they grow and keeps what comes, until it is stopped (Ctrl-C): a file or a pattern (*.log) through its rotations, kafka://HOST:PORT/TOPIC, syslog://ADDRESS:PORT (syslog+tcp://…), api:NAME (what is posted to "flowcase serve"), pipe:PATH, or - for standard input. A topic may say ?group=&tls=&sasl=&start=&partitions=&payload=&field=; what the broker asks for is in FLOWCASE_KAFKA_USERNAME, _PASSWORD, _CA, _CERT, _KEY, or in a JSON file named by FLOWCASE_KAFKA_CREDENTIALS. Without a SOURCE everything goes on that the case watched before. Each line of a file or topic, and whatever was answered by the API, is kept exactly once, however often it is stopped or killed; what comes by syslog, or through a pipe, while Flowcase is not running, or had not been kept when it was killed, is lost (have a syslog daemon write a file, and watch that, where nothing may be lost). ' +
    `Detectors look at each closed window: ${alertDetectors.join(', ')}.`,
  options: {
    ...readingOptions,
    from: {
      type: 'string',
      about: 'begin with what is there (beginning, the default) or with what comes from now on (end)',
      value: 'beginning|end',
    },
    for: { type: 'string', about: 'stop after so many seconds', value: 'SECONDS' },
    idle: { type: 'string', about: 'stop when nothing has come for so many seconds, and nothing is waiting', value: 'SECONDS' },
    name: { type: 'string', about: 'what to call the source', value: 'NAME' },
    'old-files': {
      type: 'string',
      multiple: true,
      about: "where rotation puts old files, if not beside the log or in a folder there (logrotate's olddir)",
      value: 'FOLDER',
    },
    whole: { type: 'boolean', about: 'syslog: a record is all that was received, and not the message as a line of a log' },
  },
  async run(context) {
    context.casePath();
    const specs = context.args.positionals.slice(1).map((text) => sourceOfArgument(text, context.args, (path) => context.path(path)));
    const seconds = context.args.integer('for', 1);
    const watching = new Watching(context, context.args.integer('idle', 1) ?? null);
    const host = context.io.openHost();
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    context.io.onInterrupt(() => watching.stop());
    try {
      await host.invoke('case.open', { path: context.casePath() });
      host.on('live', (status) => watching.hear(status));
      host.on('alert', (alert) => watching.alert(alert));
      const ids = await begin(context, host, specs);
      host.on('trouble', ({ message, fatal }) =>
        watching.recover(message, fatal, () => Promise.all(ids.map((source) => host.invoke('live.resume', { source })))),
      );
      if (seconds !== undefined) timer = setTimeout(() => watching.stop(), seconds * 1000);
      await watching.ended;
      watching.line();
      return answer(context, await host.invoke('live.status', {}), ids, {
        seconds: (performance.now() - started) / 1000,
        raised: watching.alerts,
      });
    } finally {
      clearTimeout(timer);
      watching.stop();
      await host.close();
    }
  },
};

function answer(
  context: CliContext,
  { sources }: LiveStatus,
  ids: readonly number[],
  { seconds, raised }: { readonly seconds: number; readonly raised: number },
): 0 | 1 {
  const watched = sources.filter(({ id }) => ids.includes(id));
  const records = watched.reduce((sum, source) => sum + source.records, 0);
  const rejected = watched.reduce((sum, source) => sum + source.rejected, 0);
  context.answer({ sources: watched.map(sourceJson), records, rejected, alerts: raised, seconds }, () => {
    const lines = watched.map(
      (source) => `${printable(source.name)}: ${plural(source.records, 'record')}, ${formatCount(source.rejected)} rejected`,
    );
    return [...lines, `${plural(records, 'record')} in ${formatDuration(seconds * 1e6)}; ${plural(raised, 'alert')}.`].join('\n');
  });
  // what never came to anything is no success: a broker that does not answer, a file that is not there
  const failed = watched.filter(({ state, records: own }) => state === 'failed' || (state === 'waiting' && own === 0));
  for (const { name, state, error, why } of failed)
    context.io.err(`${printable(name)}: ${printable(state === 'failed' ? error : `nothing came: ${why}`)}\n`);
  return failed.length > 0 ? exitCodes.failed : exitCodes.done;
}

export const watchCommands: readonly CliCommand[] = [watch, rules];
