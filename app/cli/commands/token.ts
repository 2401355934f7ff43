import { makeToken, readTokens, scopes, writeTokens, type Token } from '../../api/tokens.ts';
import { FlowcaseError } from '../../errors.ts';
import { UsageError } from '../args.ts';
import { exitCodes, type CliCommand, type CliContext, type ExitCode } from '../command.ts';
import { isoOrNull, textTable } from '../values.ts';

const DAY = 86_400_000_000;

const token: CliCommand = {
  name: 'token',
  usage: 'add NAME|list|remove NAME --token-file F [--scope read|write] [--days N]',
  about:
    'Keeps the tokens that "serve --token-file" lets in: add makes one and prints it once; the file has its hash alone, and nobody but its owner may read it. A server that runs takes changes up by itself.',
  options: {
    'token-file': { type: 'string', about: 'where the tokens are kept', value: 'FILE' },
    scope: { type: 'string', about: 'read (default): everything that changes nothing; write: everything', value: 'SCOPE' },
    days: { type: 'string', about: 'how long it is good (default: until it is removed)', value: 'N' },
  },
  run(context) {
    return Promise.resolve(runToken(context));
  },
};

function runToken(context: CliContext): ExitCode {
  const verb = context.args.required(0, 'add, list or remove');
  const file = context.args.text('token-file');
  if (file === undefined) throw new UsageError('--token-file FILE is missing');
  const path = context.path(file);
  const now = Date.now() * 1000;
  if (verb === 'add') add(context, path, now);
  else if (verb === 'remove') remove(context, path);
  else if (verb === 'list') list(context, path, now);
  else throw new UsageError(`"${verb}" is none of add, list, remove`);
  return exitCodes.done;
}

function add(context: CliContext, path: string, now: number): void {
  const name = named(context);
  const asked = context.args.text('scope') ?? 'read';
  const scope = scopes.find((one) => one === asked);
  if (scope === undefined) throw new UsageError(`--scope takes ${scopes.join(' or ')}, not "${asked}"`);
  const days = context.args.integer('days', 1);
  const there = readTokens(path);
  if (there.some((one) => one.name === name))
    throw new FlowcaseError('PARAMETER', `There is a token "${name}" in ${path} already. Remove it first, or take another name.`, {
      name: 'name',
    });
  const { token: made, secret } = makeToken(name, scope, days === undefined ? null : now + days * DAY, now);
  writeTokens(path, [...there, made]);
  context.answer({ ...toldOf(made), token: secret }, () => `${secret}\nIt is shown this once.`);
}

function remove(context: CliContext, path: string): void {
  const name = named(context);
  const there = readTokens(path);
  if (!there.some((one) => one.name === name)) throw new FlowcaseError('NOT_FOUND', `There is no token "${name}" in ${path}.`, { name });
  writeTokens(
    path,
    there.filter((one) => one.name !== name),
  );
  context.answer({ removed: name }, () => `The token "${name}" is good no more.`);
}

function list(context: CliContext, path: string, now: number): void {
  context.args.atMost(1);
  const tokens = readTokens(path);
  context.answer({ tokens: tokens.map(toldOf) }, () =>
    tokens.length === 0
      ? 'There is no token.'
      : textTable(
          ['name', 'scope', 'made', 'good until'],
          tokens.map((one) => [one.name, one.scope, isoOrNull(one.created) ?? '', goodUntil(one, now)]),
        ),
  );
}

function goodUntil({ expires }: Token, now: number): string {
  if (expires === null) return 'it is removed';
  return `${isoOrNull(expires) ?? ''}${expires <= now ? ' (over)' : ''}`;
}

const toldOf = ({ name, scope, created, expires }: Token): Record<string, unknown> => ({
  name,
  scope,
  created: isoOrNull(created),
  expires: isoOrNull(expires),
});

function named(context: CliContext): string {
  const name = context.args.required(1, 'NAME');
  context.args.atMost(2);
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(name))
    throw new UsageError(`a token's name is letters, digits, blanks and . _ -, not "${name}"`);
  return name;
}

export const tokenCommands: readonly CliCommand[] = [token];
