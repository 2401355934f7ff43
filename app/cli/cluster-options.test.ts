import { expect, it } from 'vitest';
import { commands } from '../contract.ts';
import { Args, UsageError } from './args.ts';
import { clusterInput, clusterOptions } from './commands/cluster-options.ts';

const asked = (...args: readonly string[]): unknown =>
  commands['cluster.run'].input.parse(clusterInput(new Args(['a.flowcase', ...args], clusterOptions)));

it('asks for what the contract has as defaults where nothing is said', () => {
  expect(asked()).toEqual(commands['cluster.run'].input.parse({}));
});

it('asks for everything that can be asked for', () => {
  expect(
    asked(
      ...['--of', 'hosts', '--method', 'gmm', '--k', 'auto', '--seed', '9', '--recipe', 'host-v1', '--where', 'resp_p = 53'],
      ...[
        '--starts',
        '3',
        '--tune',
        'k=2..4;covariance=full,diag',
        '--trials',
        '4',
        '--covariance',
        'tied',
        '--scaling',
        'robust',
        '--features',
        'fan_out,bytes_out',
        '--features',
        'failed',
        '--window',
        '1h',
      ],
    ),
  ).toEqual({
    ...{ of: 'hosts', method: 'gmm', k: 'auto', seed: 9, recipe: 'host-v1', where: 'resp_p = 53' },
    ...{ covariance: 'tied', scaling: 'robust', features: ['fan_out', 'bytes_out', 'failed'], window: 3_600_000_000 },
    ...{ starts: 3, tune: { search: 'random', values: { k: [2, 3, 4], covariance: ['full', 'diag'] }, iterations: 4, scoring: 'bic' } },
  });
});

it.each([
  [['--of', 'users'], '--of takes connections, requests, hosts, not "users"'],
  [['--method', 'dbscan'], '--method takes kmeans, gmm, not "dbscan"'],
  [['--k', 'many'], '--k takes a whole number from 1, not "many"'],
  [['--k', '0'], '--k takes a whole number from 1, not "0"'],
  [['--covariance', 'round'], '--covariance takes full, tied, diag, spherical, not "round"'],
  [['--scaling', 'big'], '--scaling takes standard, robust, log, none, not "big"'],
  [['--tune', 'depth=3'], '--tune tries k, covariance, starts; there is no "maxDepth"'],
  [['--trials', '3'], '--trials goes with --tune'],
  [['--window', 'soon'], '--window takes a time such as 1h or 10min, not "soon"'],
])('%j is refused: %s', (args, message) => {
  expect(() => asked(...args)).toThrow(UsageError);
  expect(() => asked(...args)).toThrow(message);
});
