/** What the test double says of the machine it is not on. */
import type { Checked, CommandName } from '../../app/contract.ts';
import { now } from './evidence.ts';

export const surroundingAnswers: { readonly [N in CommandName]?: (input: Checked<N>) => unknown } = {
  'app.info': () => ({
    name: 'Flowcase',
    version: '0.1.0',
    host: 'local',
    platform: 'linux',
    node: '24',
    home: '/home/analyst',
    notOpened: null,
    cases: '/home/analyst/Cases',
  }),
  'case.recent': () =>
    ['Operation Harbour Light', 'Sample case', 'Northgate'].map((name, at) => ({
      path: `/home/analyst/Cases/${name.replaceAll(' ', '-')}.flowcase`,
      name,
      number: ['2026-0417', '', '2026-0302'][at] ?? '',
      examiner: 'M. Okafor',
      opened: now - at * 86_400e6 * 9,
      exists: at !== 2,
    })),
  'case.forget': () => null,
  'files.list': ({ path }) => ({
    path: path || '/home/analyst',
    parent: path === '' || path === '/home/analyst' ? '/home' : '/home/analyst',
    separator: '/',
    entries: [
      { name: 'evidence', path: '/home/analyst/evidence', type: 'folder', bytes: 0, modified: now },
      { name: 'conn.2026-04-17.log.gz', path: '/home/analyst/conn.2026-04-17.log.gz', type: 'file', bytes: 49_600_000, modified: now },
      { name: 'notes.txt', path: '/home/analyst/notes.txt', type: 'file', bytes: 1200, modified: now },
      { name: 'harbour.flowcase', path: '/home/analyst/harbour.flowcase', type: 'file', bytes: 120_000_000, modified: now },
    ],
  }),
};
