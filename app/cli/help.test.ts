import { expect, it } from 'vitest';
import { alertRules, alertSender } from '../contract/live-alerts.ts';
import { liveWindowRules, retentionRules } from '../contract/live.ts';
import { Args } from './args.ts';
import { exitCodes } from './command.ts';
import type { CliIo } from './io.ts';
import { cliCommands, runCli } from './run-cli.ts';
import { wrongOption } from './wrong-option.ts';

async function told(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const io = { out: (text: string) => (said.out += text), err: (text: string) => (said.err += text) } as unknown as CliIo;
  return { code: await runCli(args, io), ...said };
}

it('help of a command that is not there says so', async () => {
  expect(await told('help', 'nosuch')).toEqual({
    code: exitCodes.usage,
    out: '',
    err: 'flowcase: there is no command "nosuch". "flowcase help" lists them.\n',
  });
  expect((await told('help')).code).toBe(exitCodes.done);
});

it('help of the rules names every field that they have', async () => {
  const { out } = await told('help', 'rules');
  const fields = [liveWindowRules, retentionRules].flatMap(({ shape }) => Object.keys(shape));
  const ofSenders = alertSender.options.flatMap(({ shape }) => Object.keys(shape));
  for (const field of [...fields, ...Object.keys(alertRules.parse({})), ...ofSenders]) expect(out).toMatch(new RegExp(`\\b${field}\\b`));
  expect(out).toMatch(/hourlyAfterDays\s+days after which/);
});

it('a field that the rules do not have is named', () => {
  const command = cliCommands.find(({ name }) => name === 'rules');
  if (command === undefined) throw new Error('there is no such command');
  const { code, message, details } = {
    code: 'INVALID_INPUT' as const,
    message: 'live.setRules: "alerts.sev" is not right: there is no such field.',
    details: { field: 'alerts.sev' },
  };
  const rest = ['a.flowcase', '--alerts', '{"sev":1}'];
  expect(new Args(rest, command.options).text('alerts')).toBe('{"sev":1}');
  expect(wrongOption({ code, message, details }, command, rest)).toBe('"sev" of --alerts is not right: there is no such field.');
});
