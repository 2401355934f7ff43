import { packTar } from 'modern-tar';
import { crc32, deflateRawSync } from 'node:zlib';

/** A ZIP archive of these files, deflated (APPNOTE 4.3), for tests. */
export function zipOf(files: Readonly<Record<string, Uint8Array | string>>): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(0x800, 2);
    about.writeUInt16LE(8, 4);
    about.writeUInt16LE(0x5893, 8);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(Buffer.byteLength(content), 18);
    about.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    list.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), about, rest, name]));
    parts.push(local);
    offset += local.length;
  }
  const size = list.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(list.length, 8);
  end.writeUInt16LE(list.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...list, end]);
}

/** A tar archive of these files. */
export async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, content]) => ({
    header: { name, size: Buffer.byteLength(content), type: 'file' as const },
    body: content,
  }));
  return Buffer.from(await packTar(entries));
}
