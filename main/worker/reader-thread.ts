/** The reader thread: answers what changes nothing, from the last committed state of the case. */
import { openCaseForReading } from '../../app/case/open.ts';
import type { CaseReader } from '../../app/case/types.ts';
import { createReadHandlers } from '../../app/commands/read.ts';
import { FlowcaseError, type NamesOf } from '../../app/contract.ts';
import { threadPort } from './entry.ts';
import type { ReaderThreadMethods } from './methods.ts';
import { serve } from './rpc.ts';

type ReadHandler = (input: unknown) => unknown;

let open: { readonly reader: CaseReader; readonly handlers: ReadonlyMap<string, ReadHandler> } | null = null;

function needed(): NonNullable<typeof open> {
  if (open === null) throw new FlowcaseError('NO_CASE_OPEN', 'No case is open. Open one, or make a new one.');
  return open;
}

serve<ReaderThreadMethods>(threadPort(), {
  open({ path, readOnly }) {
    const reader = openCaseForReading(path, { readOnly });
    const handlers = createReadHandlers(reader) as unknown as Readonly<Record<NamesOf<'read'>, ReadHandler>>;
    open = { reader, handlers: new Map(Object.entries(handlers)) };
    return null;
  },
  read({ name, input }) {
    const { reader, handlers } = needed();
    const handler = handlers.get(name);
    if (handler === undefined) throw new Error(`nothing answers ${name}`);
    reader.refresh();
    return handler(input);
  },
  close() {
    open?.reader.close();
    open = null;
    return null;
  },
});
