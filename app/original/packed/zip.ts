import { isAscii, isUtf8 } from 'node:buffer';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { FlowcaseError } from '../../errors.ts';
import { MAX_MEMBERS, tooManyMembers, type UncountedMember } from './member.ts';
import type { Damage } from './unpacker.ts';

type Take = (block: Uint8Array) => Promise<void> | void;

/**
 * The files of a ZIP archive (APPNOTE 6.3, ZIP64 too), in its own order. Sizes and check sums (CRC-32) are compared with what comes out.
 * @throws FlowcaseError FILE_DAMAGED where its list cannot be read, FILE_UNREADABLE where it lists too many
 */
export async function* zipMembers({ path }: { readonly path: string }): AsyncGenerator<UncountedMember> {
  const zip = await opened(path);
  try {
    if (zip.entryCount > MAX_MEMBERS) throw tooManyMembers(path, zip.entryCount);
    const list = zip.eachEntry()[Symbol.asyncIterator]();
    let position = 0;
    for (;;) {
      const { done, value } = await nextEntry(list, path);
      if (done === true) return;
      const names = namesOf(value);
      const { name } = names;
      if (!name.endsWith('/')) yield { ...names, position: () => position, read: (take) => read(zip, value, `${name} in ${path}`, take) };
      position += value.compressedSize;
    }
  } finally {
    zip.close();
  }
}

function read(zip: ZipFile, entry: Entry, named: string, take: Take): Promise<Damage | null> {
  if (entry.isEncrypted()) throw new FlowcaseError('FILE_UNREADABLE', `${named} is locked with a password. Unpack it first.`);
  if (!entry.canDecodeFileData()) {
    const message = `${named} is packed with a method of ZIP that Flowcase does not read (${entry.compressionMethod}). Unpack it first.`;
    throw new FlowcaseError('FILE_UNREADABLE', message);
  }
  return drain(zip, entry, take);
}

async function drain(zip: ZipFile, entry: Entry, take: Take): Promise<Damage | null> {
  let taking = false;
  try {
    for await (const block of await zip.openReadStreamPromise(entry)) {
      taking = true;
      await take(block as Uint8Array);
      taking = false;
    }
    return null;
  } catch (error) {
    if (taking) throw error;
    return { kind: 'damaged', what: 'the packed data is damaged or breaks off' };
  }
}

async function opened(path: string): Promise<ZipFile> {
  try {
    // names are decoded here: a name that would lead out of a folder is no reason to refuse evidence
    return await yauzl.openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false });
  } catch (error) {
    const missing = error instanceof Error && /^End of central directory/i.test(error.message);
    throw damaged(path, missing ? 'the list of its files, which stands at its end, is missing; it may be cut off' : LIST_DAMAGED, error);
  }
}

async function nextEntry(list: AsyncIterator<Entry>, path: string): Promise<IteratorResult<Entry, undefined>> {
  try {
    return (await list.next()) as IteratorResult<Entry, undefined>;
  } catch (error) {
    throw damaged(path, LIST_DAMAGED, error);
  }
}

/** Bit 11 of the flags (APPNOTE 4.4.4): the name is UTF-8. */
const UTF8_FLAG = 0x800;

/**
 * A name is UTF-8 where its flag, or Info-ZIP's extra field, says so, and else IBM code page 437 (APPNOTE D.1). Some programs write UTF-8 and do not say so (the
 * Finder of macOS, older ones of Linux): bytes that are UTF-8 beyond ASCII are hardly ever anything else.
 */
function namesOf({ generalPurposeBitFlag: flags, fileNameRaw: raw, extraFields }: Entry): Pick<UncountedMember, 'name' | 'formerName'> {
  const name = yauzl.getFileNameLowLevel(flags, raw, extraFields, true).toWellFormed();
  const said = (flags & UTF8_FLAG) !== 0 || name !== yauzl.getFileNameLowLevel(flags, raw, [], true).toWellFormed();
  if (said || isAscii(raw) || !isUtf8(raw)) return { name };
  return { name: raw.toString('utf8'), formerName: name };
}

const LIST_DAMAGED = 'the list of its files cannot be read';

/** In words of our own; the library's stay with it as the cause. */
function damaged(path: string, what: string, cause: unknown): FlowcaseError {
  return new FlowcaseError('FILE_DAMAGED', `${path} is a damaged ZIP archive: ${what}. Ask for a whole copy.`, { path }, cause);
}
