/** The case thread: owns the only CaseWriter; imports here. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createCase, openCaseForReading, openCaseForWriting } from '../../app/case/open.ts';
import type { CaseReader, CaseWriter } from '../../app/case/types.ts';
import { runImport } from '../../app/commands/jobs.ts';
import { createWriteHandlers } from '../../app/commands/write.ts';
import { FlowcaseError, type NamesOf } from '../../app/contract.ts';
import type { LiveDesk } from '../../app/live/desk.ts';
import { entryFlags, threadPort, workerEntry } from './entry.ts';
import type { CaseThreadMethods, CaseThreadTells } from './methods.ts';
import { serve, tell } from './rpc.ts';

/** More threads than this do not make an import faster: the thread that puts their work together is busy then. */
const MOST_THREADS = 4;

/** Logs of many keys leave many short-lived strings; a thread that throws them away sooner needs a hundred megabytes less for them. */
const FEW_YOUNG = { maxYoungGenerationSizeMb: 12 };

const parsing = {
  threads: Math.min(MOST_THREADS, availableParallelism()),
  createThread: (): Worker =>
    new Worker(workerEntry('parse-thread'), { execArgv: entryFlags(), name: 'parse-thread', resourceLimits: FEW_YOUNG }),
};

const port = threadPort();
const say = <N extends keyof CaseThreadTells>(name: N, payload: CaseThreadTells[N]): void => tell(port, name, payload);

type WriteHandler = (input: unknown) => unknown;

interface Open {
  readonly writer: CaseWriter;
  readonly reader: CaseReader;
  readonly handlers: ReadonlyMap<string, WriteHandler>;
  /** Made when it is asked for the first time: who only imports does without. */
  desk: Promise<LiveDesk> | null;
}

let open: Open | null = null;

function take(writer: CaseWriter): Open {
  try {
    const reader = openCaseForReading(writer.path, { cacheBytes: 128 * 2 ** 20 });
    const handlers = createWriteHandlers(writer, reader) as unknown as Readonly<Record<NamesOf<'write'>, WriteHandler>>;
    return { writer, reader, handlers: new Map(Object.entries(handlers)), desk: null };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function needed(): Open {
  if (open === null) throw new FlowcaseError('NO_CASE_OPEN', 'No case is open. Open one, or make a new one.');
  return open;
}

function desk(): Promise<LiveDesk> {
  const { writer } = needed();
  const make = async (): Promise<LiveDesk> => {
    const { LiveDesk: Desk } = await import('../../app/live/desk.ts');
    const { committedTable, recordsThrough } = await import('../../app/commands/live.ts');
    return new Desk({
      writer,
      changed: () => say('changed', null),
      tell: (status) => say('live', status),
      alert: (alert) => say('alert', alert),
      matching: (kind, filter) => recordsThrough(needed().reader, kind, filter),
      table: (kind) => committedTable(needed().reader, kind),
    });
  };
  return (needed().desk ??= make());
}

serve<CaseThreadMethods>(port, {
  create(input) {
    open = take(createCase(input.path, input));
    return open.writer.info();
  },
  async open(input) {
    open = take(openCaseForWriting(input.path, input));
    if (input.watches && open.writer.live.sources().some(({ wanted }) => wanted)) (await desk()).start();
    return open.writer.info();
  },
  async write({ name, input }) {
    const { handlers, reader, desk: live } = needed();
    if (name === 'evidence.remove') (await live)?.beforeRemoval();
    const handler = handlers.get(name);
    if (handler === undefined) throw new Error(`nothing carries out ${name}`);
    reader.refresh();
    return handler(input);
  },
  async live({ name, input }) {
    const { handlers } = await desk();
    return (handlers[name] as WriteHandler)(input);
  },
  async ingest({ source, contentType, body, ...how }, { stopped }) {
    return (await desk()).ingest(source, contentType, body, how, stopped);
  },
  async import(input, progress) {
    const live = await needed().desk;
    return runImport(needed().writer, input, progress, { ...parsing, watched: (path) => live?.watching(path) ?? null });
  },
  saveRun: ({ request, outcome }) => needed().writer.saveRun(request, outcome),
  saveLearning: ({ request, outcome }) => needed().writer.saveLearning(request, outcome),
  saveCrosscheck: (crosscheck) => needed().writer.saveCrosscheck(crosscheck),
  savePicture({ run, picture, points }) {
    needed().writer.savePicture(run, picture, points);
    return null;
  },
  scheduleRan({ name, run }) {
    needed().writer.schedules.ran(name, run);
    return null;
  },
  record: ({ act, summary, details }) => needed().writer.record(act, summary, details),
  async close() {
    await (await open?.desk)?.close();
    // the reader first: the last one to leave folds the write-ahead log into the file
    open?.reader.close();
    open?.writer.close();
    open = null;
    return null;
  },
});
