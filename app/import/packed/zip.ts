import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { FlowcaseError } from '../../errors.ts';
import type { Damage } from './unpacker.ts';

/** A file in an archive. Its name is the archive's own word and leads nowhere: nothing is ever unpacked onto a disk. */
export interface Member {
  /** Place in the archive's list, from 0. */
  readonly index: number;
  readonly name: string;
  /** Size when unpacked, as the archive says. */
  readonly bytes: number;
}

/** More members than this are no folder of logs. */
const MAX_MEMBERS = 10_000;

/** The files of a ZIP archive (APPNOTE 6.3, ZIP64 too), in its own order. @throws FlowcaseError FILE_DAMAGED */
export async function listMembers(path: string): Promise<readonly Member[]> {
  const members: Member[] = [];
  for await (const { entry, index } of entries(path)) members.push({ index, name: nameOf(entry), bytes: entry.uncompressedSize });
  return members;
}

/**
 * Unpacks one member, block by block, and checks its size and CRC-32. Memory stays flat whatever the archive says of itself.
 * @returns what was wrong with its bytes, or null: everything before the damage was handed on
 * @throws FlowcaseError FILE_DAMAGED, FILE_UNREADABLE (a password, a method that is not read); what `take` throws
 */
export async function readMember(path: string, member: Member, take: (block: Uint8Array) => Promise<void> | void): Promise<Damage | null> {
  for await (const { entry, index, zip } of entries(path)) {
    if (index !== member.index) continue;
    const named = `${member.name} in ${path}`;
    if (entry.isEncrypted()) throw new FlowcaseError('FILE_UNREADABLE', `${named} is locked with a password. Unpack it first.`, { path });
    if (!entry.canDecodeFileData()) {
      const message = `${named} is packed with a method of ZIP that Flowcase does not read (${entry.compressionMethod}). Unpack it first.`;
      throw new FlowcaseError('FILE_UNREADABLE', message, { path });
    }
    return await drain(zip, entry, take);
  }
  throw new FlowcaseError('FILE_CHANGED', `${path} has no ${member.name} any more. Import it again.`, { path });
}

async function drain(zip: ZipFile, entry: Entry, take: (block: Uint8Array) => Promise<void> | void): Promise<Damage | null> {
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

async function* entries(path: string): AsyncGenerator<{ readonly entry: Entry; readonly index: number; readonly zip: ZipFile }> {
  const zip = await opened(path);
  try {
    let index = 0;
    const list = zip.eachEntry()[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await nextEntry(list, path);
      if (done === true) return;
      if (index >= MAX_MEMBERS) throw damaged(path, `it lists more than ${MAX_MEMBERS} files`);
      if (!nameOf(value).endsWith('/')) yield { entry: value, index, zip };
      index++;
    }
  } finally {
    zip.close();
  }
}

async function opened(path: string): Promise<ZipFile> {
  try {
    // names are decoded here: a name that would lead out of a folder is no reason to refuse evidence
    return await yauzl.openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false });
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : 'its list of files is missing');
  }
}

async function nextEntry(list: AsyncIterator<Entry>, path: string): Promise<IteratorResult<Entry, undefined>> {
  try {
    return (await list.next()) as IteratorResult<Entry, undefined>;
  } catch (error) {
    throw damaged(path, error instanceof Error ? error.message : 'its list of files is damaged');
  }
}

function nameOf(entry: Entry): string {
  return yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false).toWellFormed();
}

function damaged(path: string, what: string): FlowcaseError {
  return new FlowcaseError('FILE_DAMAGED', `${path} is a damaged ZIP archive: ${what}. Ask for a whole copy.`, { path });
}
