import { commands, type CommandName, type Input } from '../contract.ts';
import type { Scope } from './tokens.ts';

/** Where a command of the contract is found in the API. */
export interface Route<N extends CommandName> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. A name in braces is a field of the input; every other field is a query parameter of a GET, else a field of the JSON body. */
  readonly path: `/${string}`;
  /** An input that is valid where the case has what it names: for the documentation and its tests. */
  readonly example: Input<N>;
  /** `read` for a GET and `write` for the rest, unless told. */
  readonly scope?: Scope;
  /** Why a token that reads is not enough, where the method does not say so: "it …". */
  readonly because?: string;
  /** What the documentation says beside what follows from the rest. */
  readonly about?: string;
  /** Fields that name files where the server runs, or are objects with a `path`: they must lie in a folder that it was told to read from (`--files`). */
  readonly files?: readonly FieldOf<N>[];
  /** The field that says where the command writes a file, and what the file is called: the server chooses the place, and `/jobs/{job}/file` gives the file. */
  readonly download?: { readonly field: FieldOf<N>; readonly name: (input: Readonly<Record<string, unknown>>) => string };
  /** Fields that the contract has in microseconds; the API takes seconds. */
  readonly seconds?: readonly FieldOf<N>[];
  /** Fields that the contract has in microseconds since 1970 UTC; the API takes ISO 8601. */
  readonly times?: readonly FieldOf<N>[];
  /** `PATH/{part}` gives one entry of the answer. */
  readonly parts?: boolean;
  /** Of a list that comes in pages by a mark: the field that takes it, and which field of the last entry it is. */
  readonly cursor?: { readonly field: FieldOf<N>; readonly of: string };
}
type FieldOf<N extends CommandName> = Extract<keyof UnionToIntersection<Input<N>>, string>;
type UnionToIntersection<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer A) => void ? A : never;

/** Commands that are not in the API, and why. */
export const notRemote = {
  'app.info': 'it tells of folders of the machine; the version stands in /openapi.json',
  'case.recent': 'it tells of other cases on the machine; a server serves one',
  'case.forget': 'the list of recent cases belongs to the person at the machine',
  'case.create': 'a server serves the one case that it was started with',
  'case.open': 'a server serves the one case that it was started with',
  'case.close': 'a server serves its case until it is stopped',
  'case.sample': 'it opens another case',
  'files.list': 'it shows every folder of the machine',
  'mapping.list': 'saved ways to read files belong to the person at the machine; evidence.import takes them as options',
  'mapping.save': 'saved ways to read files belong to the person at the machine',
  'schedule.save': 'its steps name files that are read and written: whoever is at the machine sets them',
  'live.setRules': 'it names files that alerts are written to and addresses that they are sent to: whoever is at the machine sets them',
  'mapping.remove': 'saved ways to read files belong to the person at the machine',
} as const satisfies Partial<Record<CommandName, string>>;

const ending = (input: Readonly<Record<string, unknown>>, usual: string): string =>
  typeof input['format'] === 'string' ? input['format'] : usual;

/** Methods of paths under which somebody may look for a command that is not in the API. */
export const refusedMethods: readonly {
  readonly method: Route<Routed>['method'];
  readonly path: `/${string}`;
  readonly command: keyof typeof notRemote;
}[] = [
  { method: 'PUT', path: '/live/rules', command: 'live.setRules' },
  { method: 'PATCH', path: '/live/rules', command: 'live.setRules' },
  { method: 'POST', path: '/live/rules', command: 'live.setRules' },
  { method: 'POST', path: '/schedules', command: 'schedule.save' },
  { method: 'PUT', path: '/schedules/{name}', command: 'schedule.save' },
  { method: 'PATCH', path: '/schedules/{name}', command: 'schedule.save' },
  { method: 'POST', path: '/schedules/{name}', command: 'schedule.save' },
];

/** How it is done instead. */
export const insteadOf: Readonly<Partial<Record<keyof typeof notRemote, string>>> = {
  'live.setRules': 'They are set in the window or with “flowcase rules”',
  'schedule.save': 'They are set in the window or with “flowcase schedule”',
};

/** Every other command of the contract: one that stands neither here nor in `notRemote` fails a test, and one row is all that it takes. */
export const routes = {
  'case.info': { method: 'GET', path: '/case', example: {} },
  'case.update': { method: 'PUT', path: '/case', example: { name: 'Beacon of April', number: '2024-17', examiner: 'Ada' } },
  'case.verify': { method: 'POST', path: '/case/verify', files: ['originals'], example: {} },
  'custody.list': { method: 'GET', path: '/custody', example: {} },

  'formats.list': { method: 'GET', path: '/formats', example: {} },
  'evidence.list': { method: 'GET', path: '/evidence', example: {} },
  'evidence.import': { method: 'POST', path: '/evidence', files: ['paths'], example: { paths: ['conn.log'], force: true } },
  'evidence.preview': {
    method: 'POST',
    path: '/evidence/preview',
    files: ['path'],
    because: 'it reads files of the machine',
    example: { path: 'conn.log', records: 5 },
  },
  'evidence.remove': { method: 'DELETE', path: '/evidence/{evidence}', example: { evidence: 1 } },
  'evidence.rejects': { method: 'GET', path: '/rejects', example: { evidence: 1, limit: 20 } },

  'records.columns': { method: 'GET', path: '/records/{kind}/columns', example: { kind: 'connection' } },
  'records.query': {
    method: 'GET',
    path: '/records/{kind}',
    example: {
      kind: 'connection',
      filter: 'resp_p = 443 and orig_bytes > 1kB',
      columns: ['ts', 'orig_h', 'resp_h', 'resp_p', 'orig_bytes', 'duration'],
      sort: { column: 'ts', descending: true },
      limit: 20,
    },
    about:
      '`columns` takes `id`, `evidence`, `line` and `offset` too: the number of the record, and where it stands in which original (`_id`, … where the log has a column of that name).',
  },
  'record.get': { method: 'GET', path: '/records/{kind}/{id}', example: { kind: 'connection', id: 0 } },
  'filter.check': { method: 'GET', path: '/filter/{kind}', example: { kind: 'connection', filter: 'resp_p = 443', cursor: 12 } },

  'insight.overview': { method: 'GET', path: '/overview', parts: true, example: { kind: 'connection', buckets: 24, top: 5 } },
  'insight.labels': { method: 'GET', path: '/labels', example: { of: 'connections', label: 'service' } },
  'hosts.list': { method: 'GET', path: '/hosts', example: { sort: { column: 'bytes_out', descending: true }, limit: 10 } },
  'host.get': { method: 'GET', path: '/hosts/{host}', example: { host: '10.20.1.77', buckets: 24 } },
  'findings.list': { method: 'GET', path: '/findings', example: { all: true } },

  'cluster.run': {
    method: 'POST',
    path: '/runs',
    seconds: ['window'],
    example: { of: 'connections', method: 'kmeans', k: 7, seed: 1, where: 'proto = tcp' },
  },
  'runs.list': { method: 'GET', path: '/runs', example: {} },
  'run.get': { method: 'GET', path: '/runs/{run}', example: { run: 1 } },
  'run.scatter': { method: 'GET', path: '/runs/{run}/scatter', example: { run: 1, points: 100 } },
  'run.picture': { method: 'POST', path: '/runs/{run}/picture', example: { run: 1 } },
  'run.crosscheck': { method: 'POST', path: '/runs/{run}/crosscheck', example: { run: 1, rows: 500 } },
  'run.repeat': { method: 'POST', path: '/runs/{run}/repeat', example: { run: 1 } },
  'cluster.name': {
    method: 'PATCH',
    path: '/runs/{run}/clusters/{cluster}',
    example: { run: 1, cluster: 2, name: 'Beacons', suspect: true },
  },
  'runs.compare': { method: 'GET', path: '/comparison', example: { a: 1, b: 2 } },
  'crosschecks.list': { method: 'GET', path: '/crosschecks', example: { run: 1 } },
  'recipes.list': { method: 'GET', path: '/recipes', example: {} },

  'model.train': {
    method: 'POST',
    path: '/models',
    example: { of: 'connections', model: 'tree', label: { type: 'column', column: 'service' }, parameters: { maxDepth: 5 } },
  },
  'models.list': { method: 'GET', path: '/models', example: {} },
  'model.get': { method: 'GET', path: '/models/{run}', example: { run: 3 } },
  'model.export': {
    method: 'POST',
    path: '/models/{run}/export',
    download: { field: 'path', name: () => 'model.flowcase-model' },
    example: { run: 3, path: '' },
  },
  'model.apply': { method: 'POST', path: '/predictions', files: ['model'], example: { model: 3, where: 'proto = tcp' } },
  'predictions.list': { method: 'GET', path: '/predictions', example: {} },
  'prediction.get': { method: 'GET', path: '/predictions/{run}', example: { run: 4 } },
  'prediction.rows': { method: 'GET', path: '/predictions/{run}/rows', example: { run: 4, which: 'uncertain', limit: 10 } },
  'prediction.explain': { method: 'GET', path: '/predictions/{run}/rows/{id}', example: { run: 4, id: 0 } },
  'anomalies.run': { method: 'POST', path: '/anomalies', example: { of: 'hosts', trees: 50, limit: 10 } },
  'anomalies.list': { method: 'GET', path: '/anomalies', example: {} },

  'tags.list': { method: 'GET', path: '/tags', example: {} },
  'tag.add': {
    method: 'POST',
    path: '/taggings',
    example: { target: { type: 'host', host: '10.20.1.77' }, name: 'suspect', color: 'red', note: 'calls home every minute' },
  },
  'tag.note': { method: 'PATCH', path: '/taggings/{tagging}', example: { tagging: 1, note: 'confirmed by the owner' } },
  'tag.remove': { method: 'DELETE', path: '/taggings/{tagging}', example: { tagging: 1 } },
  'tag.undo': { method: 'POST', path: '/tags/undo', example: { undo: 1 } },

  'report.export': {
    method: 'POST',
    path: '/report',
    download: { field: 'path', name: (input) => `report.${ending(input, 'pdf')}` },
    example: { format: 'pdf', paper: 'A4', path: '' },
  },
  'table.export': {
    method: 'POST',
    path: '/tables/{table}',
    download: { field: 'path', name: (input) => `${String(input['table'])}.${ending(input, 'csv')}` },
    example: { table: 'hosts', format: 'parquet', path: '' },
  },
  'live.status': { method: 'GET', path: '/live', example: {} },
  'live.watch': {
    method: 'POST',
    path: '/live/sources',
    files: ['source'],
    about:
      'Sources of the types http and file (below --files) and syslog on loopback can be begun here. A broker, which would be sent the credentials of the server, and syslog on another address, which opens a port, only where the server was started with --allow-source; else FORBIDDEN: begin them in the window or with `flowcase watch`. Pipes always there.',
    example: { source: { type: 'http', name: 'shop' }, format: 'access', name: 'Shop' },
  },
  'live.pause': { method: 'POST', path: '/live/sources/{source}/pause', example: { source: 1 } },
  'live.resume': { method: 'POST', path: '/live/sources/{source}/resume', example: { source: 1 } },
  'live.remove': { method: 'DELETE', path: '/live/sources/{source}', example: { source: 1 } },
  'live.rules': {
    method: 'GET',
    path: '/live/rules',
    scope: 'write',
    because: 'it shows where alerts are sent to, and the secrets that they are signed with',
    example: {},
  },
  'live.windows': {
    method: 'GET',
    path: '/live/windows/{kind}',
    times: ['from', 'to'],
    example: { kind: 'request', limit: 60, top: 5 },
  },
  'alerts.list': { method: 'GET', path: '/alerts', cursor: { field: 'before', of: 'number' }, example: { open: true, limit: 50 } },

  'schedules.list': { method: 'GET', path: '/schedules', example: {} },
  'schedule.remove': { method: 'DELETE', path: '/schedules/{name}', example: { name: 'nightly' } },
  'schedule.run': { method: 'POST', path: '/schedules/{name}/run', example: { name: 'nightly' } },

  'jobs.list': { method: 'GET', path: '/jobs', example: {} },
  'job.cancel': { method: 'DELETE', path: '/jobs/{job}', example: { job: 'job-1' } },
} as const satisfies { readonly [N in CommandName]?: Route<N> };

/** A command that is in the API. */
export type Routed = keyof typeof routes;

/** A row, whatever its command. */
export interface AnyRoute {
  readonly command: Routed;
  readonly method: Route<Routed>['method'];
  readonly path: `/${string}`;
  /** Names in braces. */
  readonly inPath: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
  readonly about: string;
  readonly files: readonly string[];
  readonly download: { readonly field: string; readonly name: (input: Readonly<Record<string, unknown>>) => string } | null;
  readonly seconds: readonly string[];
  readonly times: readonly string[];
  readonly parts: boolean;
  readonly cursor: { readonly field: string; readonly of: string } | null;
  readonly scope: Scope;
  /** What an operation that needs more than a token that reads does: "it changes the case". */
  readonly because: string;
}

/** What an operation does for which a token that reads is not enough, where its row does not say it. */
function becauseOf(command: Routed, route: Pick<AnyRoute, 'method'> & { readonly download?: unknown }): string {
  if (route.download !== undefined) return 'it starts a job that writes a file, and an entry of the custody log';
  const usual: Readonly<Partial<Record<Routed, string>>> = {
    'job.cancel': 'it stops work that somebody started',
    'case.verify': 'it starts a job, and writes an entry of the custody log',
    'schedule.run': 'it starts the work of a schedule',
  };
  if (usual[command] !== undefined) return usual[command];
  return commands[command].access === 'live' ? 'it changes what is watched' : 'it changes the case';
}

/** The table in its order. */
export const allRoutes: readonly AnyRoute[] = Object.entries(routes).map(([command, row]) => {
  const route: Pick<AnyRoute, 'method' | 'path' | 'example'> & Partial<AnyRoute> = row;
  return {
    command: command as Routed,
    method: route.method,
    path: route.path,
    inPath: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
    example: route.example,
    about: route.about ?? '',
    files: route.files ?? [],
    download: route.download ?? null,
    seconds: route.seconds ?? [],
    times: route.times ?? [],
    scope: route.scope ?? (route.method === 'GET' ? 'read' : 'write'),
    because: route.because ?? becauseOf(command as Routed, route),
    parts: route.parts ?? false,
    cursor: route.cursor ?? null,
  };
});
