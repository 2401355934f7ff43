import type { CaseWriter } from '../case/types.ts';
import type { Codec } from '../columns/segment.ts';
import type { Evidence, ImportResult, Refusal } from '../contract/case.ts';
import { formatCount } from '../contract/format.ts';
import { FlowcaseError } from '../errors.ts';
import { formatById } from '../formats/registry.ts';
import { isTableFile } from '../formats/table-files.ts';
import type { FormatOptions } from '../formats/types.ts';
import type { Progress } from '../shared/progress.ts';
import { collectFiles, nameOf, type Found } from './collect.ts';
import { concernsFile } from '../original/file-error.ts';
import { importFile } from './import-file.ts';
import { Crew, SMALL, type CrewOptions } from './pieces/crew.ts';
import type { PieceSizes } from './pieces/piece-cutter.ts';
import type { WatchedBy } from './received.ts';

export interface ImportRequest {
  readonly paths: readonly string[];
  /** Of archives only the member of this name. */
  readonly member?: string | undefined;
  /** A format's id: the files are taken as that instead of being recognised. */
  readonly format?: string | undefined;
  /** What the files' bytes do not say. */
  readonly options?: FormatOptions | undefined;
  /** Import again what is in the case already. */
  readonly force: boolean;
  /** The share of a file's lines (0 to 1) that may be rejected before the file is refused; undefined: all of them. */
  readonly maxRejects?: number | undefined;
  /** Columns that repeat are compressed (zstd): a smaller case, which is read more slowly. */
  readonly compress?: boolean | undefined;
}

/** How the work is spread. What comes into the case does not depend on it. */
export interface ImportMeans extends CrewOptions {
  /** Lengths of the pieces that logs are cut into, for tests: they show in how records lie in chunks. */
  readonly sizes?: PieceSizes | undefined;
  /** Who follows the file at this path from its beginning, at the moment; nobody unless told. */
  readonly watched?: (path: string) => WatchedBy | null;
}

const alone: ImportMeans = { threads: 0, createThread: null };

/** Progress is told at most this often (milliseconds). */
const STEP = 50;

/**
 * Imports files and folders, one after the other. Each file is a piece of evidence of its own, in the case whole or not at all; one that
 * cannot be taken is refused with its reason, and the next follows. Only the originals are read, never written.
 *
 * Cancelling leaves the case as it was before the job, as the contract says: the file under way leaves nothing, and files that this
 * job had finished are removed again. Both acts stay in the custody log, which forgets nothing.
 * @throws FlowcaseError CANCELLED; INVALID_INPUT for an unknown format; whatever goes wrong with the case
 */
export async function importFiles(
  writer: CaseWriter,
  request: ImportRequest,
  progress: Progress,
  means: ImportMeans = alone,
): Promise<ImportResult> {
  if (request.format !== undefined && !isTableFile(request.format)) formatById(request.format);
  const { files, refused, hidden } = await collectFiles(request.paths, progress.stopped);
  const crew = new Crew(means);
  const longest = Math.max(0, ...files.map((file) => file.bytes));
  if (longest >= SMALL) crew.prepare(longest);
  const job = new ImportJob(writer, request, progress, { files, refused, hidden, crew, means });
  try {
    for (const file of files) await job.file(file);
    job.emptyFolders();
    return job.result();
  } catch (error) {
    if (error instanceof FlowcaseError && error.code === 'CANCELLED') job.takeBack();
    throw error;
  } finally {
    await crew.close();
  }
}

interface JobParts {
  readonly files: readonly Found[];
  readonly refused: readonly Refusal[];
  readonly hidden: number;
  readonly crew: Crew;
  readonly means: ImportMeans;
}

class ImportJob {
  readonly #writer: CaseWriter;
  readonly #request: ImportRequest;
  readonly #progress: Progress;
  readonly #files: readonly Found[];
  readonly #crew: Crew;
  readonly #means: ImportMeans;
  readonly #refused: Refusal[];
  readonly #evidence: Evidence[] = [];
  readonly #skipped: ImportResult['skipped'][number][] = [];
  readonly #hidden: number;
  readonly #total: number;
  /** Folders in which a log was found. */
  readonly #fruitful = new Set<string>();
  /** SHA-256 of archives, by path: each is read for it once. */
  readonly #hashes = new Map<string, string>();
  #before = 0;
  #told = -Infinity;

  constructor(writer: CaseWriter, request: ImportRequest, progress: Progress, { files, refused, hidden, crew, means }: JobParts) {
    this.#crew = crew;
    this.#means = means;
    this.#writer = writer;
    this.#request = request;
    this.#progress = progress;
    this.#files = files;
    this.#refused = [...refused];
    this.#hidden = hidden;
    this.#total = files.reduce((sum, file) => sum + file.bytes, 0);
  }

  async file(found: Found): Promise<void> {
    this.#told = -Infinity;
    const step = (bytes: number, note: () => string): void => this.#step(bytes, note);
    try {
      const { format, member, options = {}, force, maxRejects, compress = false } = this.#request;
      const { sizes, watched = () => null } = this.#means;
      const codec: Codec = compress ? 'zstd' : 'none';
      const job = { format, member, options, force, maxRejects, step, crew: this.#crew, sizes, codec, watched, hashes: this.#hashes };
      await importFile(this.#writer, found.path, job, {
        done: (outcome, one) => {
          if ('evidence' in outcome) this.#evidence.push(outcome.evidence);
          else this.#skip(nameOf({ path: found.path, member: one }), found, outcome);
          if (found.folder !== null) this.#fruitful.add(found.folder);
        },
        refused: ({ code, message }, one) => {
          const { path } = found;
          this.#refused.push({ path: nameOf({ path, member: one }), code, message, archive: path, member: one.name });
        },
      });
    } catch (error) {
      if (!concernsFile(error)) throw error;
      this.#refused.push({ path: found.path, code: error.code, message: error.message });
    }
    this.#before += found.bytes;
  }

  /** A folder that gave nothing says so itself, beside its files. */
  emptyFolders(): void {
    for (const folder of new Set(this.#files.map((file) => file.folder))) {
      if (folder === null || this.#fruitful.has(folder)) continue;
      const inside = new Set(this.#files.filter((file) => file.folder === folder).map(({ path }) => path));
      const reasons = this.#refused.filter(({ path, archive }) => inside.has(archive ?? path));
      const strange = reasons.every(({ code }) => code === 'FORMAT_UNKNOWN');
      const none = strange ? 'is a log that Flowcase reads' : 'could be taken';
      const only = strange ? 'is no log that Flowcase reads' : 'could not be taken';
      const what =
        inside.size === 1 ? `The only file in ${folder} ${only}.` : `None of the ${formatCount(inside.size)} files in ${folder} ${none}.`;
      const first = reasons[0] === undefined ? '' : ` The first: ${reasons[0].message}`;
      const message = `${what}${first}`;
      this.#refused.push({ path: folder, code: strange ? 'FORMAT_UNKNOWN' : (reasons[0]?.code ?? 'FORMAT_UNKNOWN'), message });
    }
  }

  takeBack(): void {
    for (const evidence of this.#evidence.toReversed()) this.#writer.removeEvidence(evidence.id);
  }

  result(): ImportResult {
    return { evidence: this.#evidence, skipped: this.#skipped, refused: this.#refused, hidden: this.#hidden };
  }

  #skip(name: string, found: Found, { skipped: there, why }: { readonly skipped: Evidence; readonly why?: string }): void {
    const message = `${name} was skipped: ${why ?? `the case holds what is in it as evidence ${there.id} (${there.name})`}.`;
    this.#skipped.push({ path: found.path, evidence: there.id, message });
  }

  #step(bytes: number, note: () => string): void {
    if (this.#progress.stopped()) throw new FlowcaseError('CANCELLED', 'The import was cancelled; the case is as it was before.');
    const now = performance.now();
    if (now - this.#told < STEP) return;
    this.#told = now;
    this.#progress.report(this.#before + bytes, this.#total, 'bytes', note());
  }
}
