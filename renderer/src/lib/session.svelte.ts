/** The thread between core and window: events in, cases opened and closed. */
import type { CaseInfo } from '../../../app/contract.ts';
import { toErrorShape, type ErrorShape } from '../../../app/errors.ts';
import { acts, undoStack } from './acts.svelte.ts';
import { files, importPaths, imports, pickOpen } from './files.svelte.ts';
import { visible } from './format.ts';
import type { Connection } from './host.ts';
import { kindToShow } from './kinds.ts';
import { forgetLive, readLive, takeAlert, takeLive } from './live.svelte.ts';
import { closePreview } from './preview.svelte.ts';
import { app, call, callJob, clearSelection, dismissProblem, go, goStart, invoke, showProblem, takeJob } from './state.svelte.ts';
import { toast } from './toasts.svelte.ts';

/** Takes the connection up: subscribes to events, and reads what the window starts with. */
export async function start(connection: Connection): Promise<void> {
  const { client, host } = connection;
  app.attach(client, host);
  client.on('job', takeJob);
  client.on('case', (info) => {
    if (own === 0) sayElsewhere(info);
    void takeCase(info);
  });
  client.on('live', takeLive);
  client.on('alert', takeAlert);
  client.on('trouble', ({ message, error }) => {
    if (error === undefined) showProblem({ code: 'PROCESS_DIED', message });
    else showNotOpened(error);
  });
  host.watchLink?.((link) => {
    app.link = link;
    // What happened meanwhile was not heard.
    if (link === 'up') void catchUp();
  });
  await catchUp();
  setInterval(() => void follow(), 3000);
  // Asked after the case was: what was told while that was asked for went with what the window forgot.
  app.info = (await call('app.info', {})) ?? null;
  if (app.case === null && app.info?.notOpened) showNotOpened(app.info.notOpened);
}

/** Nobody tells of what another program writes into a case that is only read here: it is asked for. */
async function follow(): Promise<void> {
  if (app.case?.readOnly !== true || app.link !== 'up' || document.hidden) return;
  try {
    const info = await invoke('case.info', {});
    if (app.case.path === info.path && app.case.revision !== info.revision) await takeCase(info);
  } catch {
    // What is asked next says what went wrong.
  }
}

async function catchUp(): Promise<void> {
  for (const job of (await call('jobs.list', {})) ?? []) takeJob(job);
  try {
    await takeCase(await invoke('case.info', {}));
  } catch {
    // No case is open: Start says what to do.
    await takeCase(null);
  }
}

/** Calls of this window that open or close a case, under way. */
let own = 0;

async function ownAct<T>(act: Promise<T>): Promise<T> {
  own++;
  try {
    return await act;
  } finally {
    own--;
  }
}

/** Another window of the same Flowcase opened or closed a case: there is one for all of them. */
function sayElsewhere(info: CaseInfo | null): void {
  if (app.case === null) return;
  const name = visible(app.case.name);
  if (info === null) toast(`${name} was closed in another window. Nothing is lost; open it again here.`);
  else if (info.id !== app.case.id || info.path !== app.case.path)
    toast(`Another window opened ${visible(info.name)} in place of ${name}: every window shows the one case that is open.`);
}

let tagsOf = -1;

/** A new state of the case: another case begins afresh, the same case brings its tags and runs up to date. */
export async function takeCase(info: CaseInfo | null): Promise<void> {
  const before = app.case;
  if (info === null) {
    app.case = null;
    goStart();
    forget();
    return;
  }
  const other = before?.id !== info.id || before.path !== info.path || before.readOnly !== info.readOnly;
  if (!other && info.revision < before.revision) return;
  if (other) forget();
  app.case = info;
  app.kind = kindToShow(info, app.kind);
  if (other) go(info.evidence === 0 ? 'evidence' : 'overview');
  if (other) void readLive();
  if (other || tagsOf !== info.revision) {
    tagsOf = info.revision;
    await readMarks();
  }
}

async function readMarks(): Promise<void> {
  const asked = tagsOf;
  const [tags, runs, models] = await Promise.all([call('tags.list', {}), call('runs.list', {}), call('models.list', {})]);
  if (asked !== tagsOf) return;
  if (tags !== undefined) app.tags = tags;
  if (models !== undefined) app.models = models;
  if (runs === undefined) return;
  const newest = runs[0]?.id ?? null;
  const isNew = newest !== null && newest !== (app.runs[0]?.id ?? null);
  app.runs = runs;
  if (isNew || !runs.some((run) => run.id === app.currentRun)) app.currentRun = newest;
}

function forget(): void {
  app.filters = new Map();
  app.kind = 'connection';
  app.tags = { tags: [], taggings: [] };
  app.runs = [];
  app.models = [];
  app.subject = 'connections';
  app.currentRun = null;
  acts.tagging = null;
  undoStack.clear();
  acts.undoSize = 0;
  imports.last = null;
  imports.words = '';
  imports.stopped = '';
  closePreview();
  forgetLive();
  tagsOf = -1;
  clearSelection();
  dismissProblem();
}

async function opened(info: CaseInfo | undefined): Promise<boolean> {
  if (info === undefined) return false;
  await takeCase(info);
  go(info.evidence === 0 ? 'evidence' : 'overview');
  const waiting = files.dropped;
  files.dropped = null;
  if (waiting !== null) void importPaths(waiting);
  return true;
}

/** Opens a case, for reading only where that is asked for. Where it cannot be written, reading it is offered. */
export async function openCase(path: string, readOnly = false): Promise<boolean> {
  try {
    return await opened(await ownAct(invoke('case.open', { path, readOnly })));
  } catch (error) {
    if (readOnly) showProblem(error);
    else showNotOpened(toErrorShape(error), path);
    return false;
  }
}

/** Why a case cannot be written that can be read all the same: a disk that is full is one of the reasons. */
const readable: ReadonlySet<string> = new Set(['CASE_READ_ONLY', 'CASE_LOCKED', 'WRITE_FAILED']);

/** Says why a case is not open; one that cannot be written now, or that another Flowcase writes, can still be read. */
function showNotOpened(error: ErrorShape, path: unknown = error.details?.['path']): void {
  const remedy =
    readable.has(error.code) && typeof path === 'string' ? { label: 'Open for reading only', run: () => void openCase(path, true) } : null;
  showProblem(error, remedy);
}

export async function chooseAndOpenCase(): Promise<void> {
  const [path] = await pickOpen({ title: 'Open case', extensions: ['flowcase'] });
  if (path !== undefined) await openCase(path);
}

export async function createCase(fields: { path: string; name: string; number: string; examiner: string }): Promise<boolean> {
  return opened(await ownAct(call('case.create', fields)));
}

export async function openSample(): Promise<void> {
  await opened(await ownAct(callJob('case.sample', {})));
}

export async function closeCase(): Promise<void> {
  if ((await ownAct(call('case.close', {}))) === null) await takeCase(null);
}
