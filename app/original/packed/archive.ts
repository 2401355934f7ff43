import { CODEC_BYTES, codecOf, isZip } from './codecs.ts';
import type { Member, PackedFile } from './member.ts';
import { isTar, TAR_HEAD, tarMembers } from './tar.ts';
import { zipMembers } from './zip.ts';

export type ArchiveKind = 'zip' | 'tar';

/** So much of a packed file is enough to unpack the first bytes of it: bzip2 packs blocks of nearly a megabyte. */
const HEAD = 2 ** 20;

/** What kind of archive a file is, by its content, packed as a stream or not; null: none. @throws FlowcaseError FILE_UNREADABLE, FILE_CHANGED */
export async function archiveOf(original: PackedFile): Promise<ArchiveKind | null> {
  const head = await original.at(0, TAR_HEAD);
  if (isZip(head)) return 'zip';
  const codec = codecOf(head.subarray(0, CODEC_BYTES));
  const plain = codec === null ? head : await unpackedHead(codec, await original.at(0, HEAD));
  return isTar(plain) ? 'tar' : null;
}

/** The files of an archive, one after the other, in its own order; of folders, links and devices nothing. Hidden ones are left out, as in folders. */
export async function* membersOf(original: PackedFile, kind: ArchiveKind): AsyncGenerator<Member> {
  const all = kind === 'zip' ? zipMembers(original) : tarMembers(original);
  const counts = new Map<string, number>();
  for await (const member of all) {
    if (isHidden(member.name)) continue;
    const nth = (counts.get(member.name) ?? 0) + 1;
    counts.set(member.name, nth);
    yield { ...member, nth };
  }
}

function isHidden(name: string): boolean {
  return name.split(/[/\\]/).some((part) => /^\.(?!\.?$)/.test(part) || part === '__MACOSX');
}

/** Ends the unpacking of which enough is known. */
class Enough extends Error {}

/** The first TAR_HEAD bytes, as far as they come out. */
async function unpackedHead(codec: NonNullable<ReturnType<typeof codecOf>>, bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpacker = codec.unpack((block) => {
    parts.push(block.slice(0, TAR_HEAD));
    length += block.length;
    if (length >= TAR_HEAD) throw new Enough();
  });
  try {
    await unpacker.write(bytes);
    await unpacker.end();
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    unpacker.close();
  }
  return Buffer.concat(parts).subarray(0, TAR_HEAD);
}
