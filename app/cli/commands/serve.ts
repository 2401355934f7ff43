import { existsSync, statSync } from 'node:fs';
import type { Served, ServeOptions } from '../../api/serve.ts';
import { FlowcaseError } from '../../errors.ts';
import type { Args } from '../args.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand, type CliContext } from '../command.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull } from '../values.ts';

/** Milliseconds that the case has to be closed in order; with those of requests (`PATIENCE`) below the ten seconds that containers are given. */
const CLOSE_MS = 6000;

const serve: CliCommand = {
  name: 'serve',
  usage:
    'CASE [--host ADDRESS] [--port N] [--tls-cert F --tls-key F] [--token-file F] [--read-only] [--rate N] [--files FOLDER] [--allow-source SOURCE] [--allow-origin URL] [--log]',
  about:
    'Answers over HTTP about a case until it is stopped (Ctrl-C): the REST API at /api/v1, its documentation at /docs, metrics at /metrics. Listens on 127.0.0.1 alone unless told otherwise.',
  options: {
    host: { type: 'string', about: 'address to listen on (default 127.0.0.1); any other than loopback needs TLS', value: 'ADDRESS' },
    port: { type: 'string', about: 'port to listen on; 0 (the default) takes one that is free', value: 'N' },
    'tls-cert': { type: 'string', about: 'certificate, PEM', value: 'FILE' },
    'tls-key': { type: 'string', about: 'its key, PEM', value: 'FILE' },
    'token-file': { type: 'string', about: 'tokens made by "flowcase token"; without it two are made for this time', value: 'FILE' },
    'read-only': { type: 'boolean', about: 'change nothing; the case may be open elsewhere' },
    rate: { type: 'string', about: 'requests a second and token (default 200)', value: 'N' },
    files: {
      type: 'string',
      about: 'let clients import files of this folder; may be given several times',
      value: 'FOLDER',
      multiple: true,
    },
    'allow-source': {
      type: 'string',
      about:
        'let clients have this watched: a broker (kafka://HOST:PORT), which is sent the credentials of FLOWCASE_KAFKA_…, or syslog on an address beside loopback (syslog://ADDRESS:PORT, syslog+tcp://ADDRESS:PORT); may be given several times',
      value: 'SOURCE',
      multiple: true,
    },
    'allow-origin': { type: 'string', about: 'let pages of this site ask; may be given several times', value: 'URL', multiple: true },
    'body-limit': { type: 'string', about: 'largest body in bytes (default 1 MiB)', value: 'N' },
    'ingest-limit': { type: 'string', about: 'largest body of an ingest in bytes, unpacked (default 16 MiB)', value: 'N' },
    log: { type: 'boolean', about: 'one JSON line a request on standard error' },
  },
  async run(context) {
    const path = context.casePath();
    context.args.atMost(1);
    const options = optionsOf(context);
    // the server and what it needs are loaded by whoever serves
    const { serveCase } = await import('../../api/serve.ts');
    const stopped = new Promise<void>((resolve) => context.io.onInterrupt(resolve));
    const host = context.io.openHost({ watches: options.readOnly !== true });
    let cut: readonly string[] = [];
    try {
      await host.invoke('case.open', { path, readOnly: options.readOnly ?? false }).catch((error: unknown) => {
        throw withHint(error);
      });
      const { version } = await host.invoke('app.info', {});
      const served = await serveCase(host, { version, ...options });
      context.answer({ case: path, ...told(served), readOnly: options.readOnly ?? false }, () =>
        words(served, context.args.text('tls-cert')),
      );
      await stopped;
      cut = await served.close();
    } finally {
      const left = [...cut, ...(await host.close(CLOSE_MS))];
      if (left.length > 0) context.io.err(`flowcase serve: ended without finishing ${left.map(printable).join(', ')}.\n`);
    }
    return exitCodes.done;
  },
};

const told = ({ address, addresses, certificate, tokens }: Served): Record<string, unknown> => ({
  address,
  addresses,
  api: `${address}/api/v1`,
  docs: `${address}/docs`,
  certificate: certificate === null ? null : { ...certificate, until: isoOrNull(certificate.until) },
  tokens,
});

function words(served: Served, cert: string | undefined): string {
  const { address, addresses, uncertified, certificate } = served;
  const { read, write } = served.tokens;
  const others = addresses.slice(1);
  return [
    `Flowcase answers at ${address}/api/v1; documentation: ${address}/docs`,
    ...(others.length === 0 ? [] : [`Also at ${others.join(', ')}`]),
    ...(uncertified.length === 0
      ? []
      : [`Not at ${uncertified.join(', ')}: the certificate is not for ${uncertified.length === 1 ? 'it' : 'them'}.`]),
    ...(certificate === null ? [] : certificateWords(certificate)),
    ...(read === undefined ? [] : [`Token that reads:  ${read}`]),
    ...(write === undefined ? [] : [`Token that writes: ${write}`]),
    ...(read === undefined
      ? []
      : [
          'They are shown this once, and good until Flowcase stops.',
          `curl${cert === undefined ? '' : ` --cacert ${shellWord(cert)}`} -H 'Authorization: Bearer ${read}' ${address}/api/v1/case`,
        ]),
    'Ctrl-C ends it.',
  ].join('\n');
}

/** For a person to compare with what a browser or client shows. */
function certificateWords({ sha256, names, until }: NonNullable<Served['certificate']>): string[] {
  const over = until <= Date.now() * 1000;
  return [
    `Certificate: ${names === '' ? 'for no name' : printable(names)}; ${over ? 'ITS TIME WAS OVER AT' : 'good until'} ${isoOrNull(until) ?? ''}`,
    `Its SHA-256: ${sha256}`,
  ];
}

/** For a POSIX shell. */
const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function optionsOf(context: CliContext): Omit<ServeOptions, 'version'> {
  const { args } = context;
  const [cert, key] = [args.text('tls-cert'), args.text('tls-key')];
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert and --tls-key go together');
  const port = args.integer('port');
  if (port !== undefined && port > 65_535) throw new UsageError(`--port takes a number from 0 to 65535, not "${port}"`);
  const tokenFile = args.text('token-file');
  if (tokenFile !== undefined && !existsSync(context.path(tokenFile)))
    throw new FlowcaseError(
      'FILE_NOT_FOUND',
      `There is no token file ${context.path(tokenFile)}. Make one: flowcase token add NAME --scope read --token-file FILE.`,
    );
  const host = args.text('host');
  return {
    readOnly: args.flag('read-only'),
    origins: (args.texts('allow-origin') ?? []).map(originOf),
    files: (args.texts('files') ?? []).map((folder) => folderAt(context.path(folder))),
    sources: args.texts('allow-source') ?? [],
    log: args.flag('log') ? { write: (line) => context.io.err(line) } : null,
    tls: cert === undefined || key === undefined ? null : { cert: context.path(cert), key: context.path(key) },
    tokenFile: tokenFile === undefined ? null : context.path(tokenFile),
    ...(host === undefined ? {} : { host }),
    ...numberOf(args, 'port', 'port', 0),
    ...numberOf(args, 'rate', 'rate', 1),
    ...numberOf(args, 'body-limit', 'bodyLimit', 1),
    ...numberOf(args, 'ingest-limit', 'ingestLimit', 1),
  };
}

function numberOf<K extends 'port' | 'rate' | 'bodyLimit' | 'ingestLimit'>(
  args: Args,
  option: string,
  key: K,
  minimum: number,
): { [N in K]?: number } {
  const value = args.integer(option, minimum);
  return (value === undefined ? {} : { [key]: value }) as { [N in K]?: number };
}

/** "https://example.org", as browsers say it. @throws UsageError */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '')
    throw new UsageError(`--allow-origin takes an address such as https://example.org, not "${text}"`);
  return url.origin;
}

function folderAt(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new FlowcaseError('FILE_NOT_FOUND', `--files takes a folder; ${path} is none.`, { path });
  return path;
}

/** A case that is open elsewhere can still be read. */
function withHint(error: unknown): unknown {
  if (!(error instanceof FlowcaseError) || !['CASE_LOCKED', 'CASE_READ_ONLY', 'WRITE_FAILED'].includes(error.code)) return error;
  return new FlowcaseError(error.code, `${error.message} --read-only serves it all the same.`, error.details, error);
}

export const serveCommands: readonly CliCommand[] = [serve];
