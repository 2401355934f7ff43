/** Files and folders: chosen in a dialog of the system, in the window's own path browser, or dropped on the window. */
import type { ImportResult, Input } from '../../../app/contract.ts';
import { toErrorShape } from '../../../app/errors.ts';
import type { PickOpen, PickSave } from './host.ts';
import { importWords } from './refusals.ts';
import { app, barWriting, go, runJob, showProblem } from './state.svelte.ts';

/** What the in-page path browser (FileBrowser.svelte) is open for. */
export type BrowseRequest =
  | {
      readonly mode: 'open';
      readonly options: PickOpen;
      readonly done: (paths: readonly string[]) => void;
      /** Shows what a file would give, in place of taking it. */
      readonly preview?: ((path: string) => void) | undefined;
    }
  | { readonly mode: 'save'; readonly options: PickSave; readonly done: (path: string | null) => void };

/** Dropped files on their way to the host, where the browser does not tell where they lie. */
export interface Upload {
  readonly name: string;
  readonly sent: number;
  readonly total: number;
}

class Files {
  browsing = $state.raw<BrowseRequest | null>(null);
  upload = $state.raw<Upload | null>(null);
  /** Logs dropped before a case was open: they are imported as soon as one is. */
  dropped = $state.raw<readonly string[] | null>(null);
  /** Where the host keeps what was handed to it: copies that are gone when it ends. */
  readonly copies = new Set<string>();
}
export const files = new Files();

/** Asks for files (and folders); an empty list when the person changes their mind, or would rather see a preview. */
export async function pickOpen(options: PickOpen, preview?: (path: string) => void): Promise<readonly string[]> {
  try {
    if (app.host.pickOpen !== null) return await app.host.pickOpen(options);
  } catch (error) {
    showProblem(error);
    return [];
  }
  return new Promise((resolve) => {
    files.browsing = { mode: 'open', options, done: resolve, preview };
  });
}

/** Asks where to write; null when the person changes their mind. */
export async function pickSave(options: PickSave): Promise<string | null> {
  try {
    if (app.host.pickSave !== null) return await app.host.pickSave(options);
  } catch (error) {
    showProblem(error);
    return null;
  }
  return new Promise((resolve) => {
    files.browsing = { mode: 'save', options, done: resolve };
  });
}

/** Paths of what was dropped: asked of the system, or handed to the host. */
export async function droppedPaths(dropped: readonly File[]): Promise<readonly string[]> {
  const { pathForFile, upload } = app.host;
  if (pathForFile !== null) return dropped.map((file) => pathForFile(file)).filter((path) => path !== '');
  if (upload === null) return [];
  const paths: string[] = [];
  try {
    for (const file of dropped) {
      files.upload = { name: file.name, sent: 0, total: file.size };
      const path = await upload(file, (sent, total) => {
        files.upload = { name: file.name, sent, total };
      });
      files.copies.add(path);
      paths.push(path);
    }
  } catch (error) {
    showProblem(error);
  } finally {
    files.upload = null;
  }
  return paths;
}

type ImportOptions = Omit<Input<'evidence.import'>, 'paths'>;

/** How the last import ended, kept on the Evidence page until the next: refusals and skips say what to do. */
class Imports {
  /** What was asked for beside the files. */
  options: ImportOptions = {};
  last = $state.raw<ImportResult | null>(null);
  words = $state('');
  /** What is said of an import that was cancelled. */
  stopped = $state('');
}
export const imports = new Imports();

/** Imports files and folders into the open case and shows Evidence; without a case, they wait for one. */
export async function importPaths(paths: readonly string[], options: ImportOptions = {}): Promise<void> {
  if (paths.length === 0) return;
  if (app.case === null) {
    files.dropped = [...(files.dropped ?? []), ...paths];
    go('start');
    return;
  }
  if (barWriting()) return;
  go('evidence');
  imports.last = null;
  imports.options = options;
  imports.words = '';
  imports.stopped = '';
  const started = performance.now();
  try {
    const result = await runJob('evidence.import', { paths: [...paths], ...options });
    imports.words = importWords(result, (performance.now() - started) / 1000);
    imports.last = result;
  } catch (error) {
    const shape = toErrorShape(error);
    if (shape.code === 'CANCELLED') imports.stopped = shape.message;
    else showProblem(shape);
  }
}
