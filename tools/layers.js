/**
 * Who may know whom (ARCHITECTURE.md, "Who may know whom"), as zones for import-x/no-restricted-paths:
 * files of `target` may not import files of `from`, but for `except`.
 */

/** The rooms of app/, lowest first: a room may import from its own row's rooms that stand in `knows`, and from itself. */
const shared = ['shared', 'contract', 'contract.ts', 'errors.ts'];
const low = ['original', 'columns', 'formats', 'features', 'query', 'learn'];
const middle = ['case', 'import', 'insight', 'detect', 'runs', 'report', 'generate', 'live', 'schedule'];

/** What each room of app/ may know beside itself and the shared types. */
export const rooms = {
  shared: ['contract', 'contract.ts', 'errors.ts'],
  contract: ['errors.ts'],
  original: [],
  columns: [],
  formats: ['columns'],
  query: ['columns', 'formats'],
  learn: [],
  features: ['columns', 'formats', 'learn'],
  case: ['columns', 'original', 'query'],
  import: ['case', 'columns', 'formats', 'original'],
  insight: ['case', 'columns', 'query', 'formats'],
  detect: ['case', 'columns', 'features', 'learn', 'query'],
  runs: ['case', 'columns', 'features', 'learn', 'query', 'detect'],
  report: ['case', 'columns', 'insight', 'query'],
  generate: [],
  schedule: [],
  live: ['case', 'columns', 'features', 'formats', 'generate', 'import', 'learn', 'original', 'query'],
  commands: [...low, ...middle],
  api: ['report'],
  cli: ['commands', 'api', ...low, ...middle],
};

export const layerZones = [
  {
    target: './renderer',
    from: './app',
    except: ['./contract.ts', './contract', './errors.ts'],
    message: 'The renderer knows the contract only.',
  },
  { target: './renderer', from: './main', message: 'The renderer knows the contract only.' },
  { target: './app', from: './main', message: 'app/ knows nothing of processes.' },
  { target: './app', from: './renderer', message: 'app/ knows nothing of the window.' },
  { target: './main', from: './renderer', message: 'main/ knows nothing of the window.' },
  ...Object.entries(rooms).map(([room, knows]) => ({
    target: `./app/${room}`,
    from: './app',
    except: [...new Set([room, ...knows, ...shared])].map((name) => `./${name}`),
    message: `app/${room} may know only: ${[...knows, ...shared].join(', ')}.`,
  })),
];
