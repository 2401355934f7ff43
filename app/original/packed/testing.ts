import { packTar } from 'modern-tar';
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';

/** How names of members are written: in UTF-8 with the flag that says so, unless told. */
interface ZipNames {
  readonly encoding?: 'utf8' | 'latin1';
  readonly flag?: boolean;
}

/** A ZIP archive of these files, deflated (APPNOTE 4.3), for tests. */
export function zipOf(files: Readonly<Record<string, Uint8Array | string>>, { encoding = 'utf8', flag = true }: ZipNames = {}): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path, encoding);
    const packed = deflateRawSync(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(flag ? 0x800 : 0, 2);
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

/** Lines of a log of a web server, all different. */
export const accessLines: readonly string[] = Array.from({ length: 120 }, (_, i) => {
  const second = String(i % 60).padStart(2, '0');
  return `10.0.0.${i} - - [10/Oct/2024:13:55:${second} +0000] "GET /page/${i} HTTP/1.1" 200 ${i * i}`;
});
export const accessLog = `${accessLines.join('\n')}\n`;

/** The same, as programs pack it; the last two by xz 5.4 and bzip2 1.0.8. */
export const packedAccessLog: Readonly<Record<'gz' | 'zst' | 'xz' | 'bz2', Buffer>> = {
  gz: gzipSync(accessLog),
  zst: zstdCompressSync(accessLog),
  xz: Buffer.from(
    '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4COZAt1dABiMAg2Itiuki2ey5mYG87FknQkyLTYgL1p9bzZXIOG7CY+WpgQ5+2RmyMrSUPOnj9kxsGmLLjJHLNi+' +
      'mHMZ9uToFoIuLq5ru7qER8mKc4KEMlghVvgUEF+sB5olzkjjtY/V2lzVeE1V3RYioh1+Vc3HOzHbgiEtdNZa2NIOnXyfKOfyfjxEgxLnheWXOp4waAGpe0Uw' +
      'Z1+RZY/PymgrypizTTf1iuclWTgKQKkeiro48ibnUs2ubTSMEnUVgff8P34ujRKZJgXwpbP0ZPIFQmhua961i8bbM2shR7Hwk7OoHWCqLJhKScztl30D2KA/' +
      'PV95+R5IlAr3FvdX3WCTaTozr6EtwXwqv6NGaj/Fq1NULb/EsbTUZ6MHMbdZyIPsv0QYhDBirOJfAxg5Tc6h7HGa0mO1LLjhlrliFDf8p/h9O/EGGaq+ySQT' +
      '3NzS4Cz7K4pmfQtyu7rUW2QHIlBLb/i4+heU7hZLhN30fb50zOGkWMTkflarsYDYFdxqbm3RQrE8Z8G/DrQUxAYmBunNmT+9XrA4wtEZdo47qKpQeMwyTE4J' +
      'PjvHe9kry27oZkBfQ6LtETs7I9o0Bo28Amlnm/U0J63sNsD6xz6tue35nw4so0zei4/6ZEKHhmvDm/QWO+PW50KZXagIdEQSaUI5rMcS32ycNgX78w5cIzs3' +
      'b3Jxu6O6xkjgDwgk6negs2aaf8wmxJyTCQ02OWDPdQMCJMSUpBChy+kXlwg0EhjREMfImHYxhQgaATC9ZBv75bS7BzfrNWM5apEeTC+2PL0efiGQLiTKdNmP' +
      'E1kithd+TI2sRMoN0wB5XKp2OvPWa4eJpuCpUE3nHbmODVoiw3jWVKb0eWnrFw2RdypWnWOnoRr5Zq1qIgnkuWqnNbACGj3z5DV6YFvnPUUbaiLoq0PEJxsy' +
      'etcehUHJtgdmipqKu7KZzb2QM7w/k9S/vUxuEcvcv61kiXNUb+TtOGN0IAAAAAAAyn+b40j8v+wAAfkFmkcAAPmJAJ6xxGf7AgAAAAAEWVo=',
    'base64',
  ),
  bz2: Buffer.from(
    'QlpoOTFBWSZTWQ9SF3sACUlfgEAQUAv/8ALAxAoqgEQAUAVcQ9EHrsAAAwJVMg0/9VVR+qAAGgGMJiZMBMAANRsUaaaVFAMjIYRP0FSnpDT1NAAAIpBD0UT0' +
      'gbUZNGm+szWtcgxHb044E9qCconBOCcyiconkonKJko3KJqUclE3KOWialHJRMlG5RPJROUT+MzNa1tsYcd9336eHXvyADWta1rWtGQHQ3A5DgHAOQ3A6GQG' +
      'jAB2gASSSSSSSSSSSSSSSSSSSSSSSSkkkkkkkkkkkk6AK/YCuUE6ALtiq2vMWPLzzHnnnHnnbWR3zlGs56HWOIZMuR2104w3ZGODXQ73753Rho5yNGnGO5GR' +
      'jkDyrbbbNW223vqrbbbYQVoArAovg7AKwAHkBWBRKgK3AVhBWIUvz5enpWt73v8723vvpvtjXFQFetaRa2JxicZJAVgVFgBXCCsGLziKVtwRkBWNUFY4AVzb' +
      'TbU0IICwCsRmbFjS3LW5dzQoWoUYIIIbRG07XLkNdGdD4TGSmMwUMwUtcdItt+ldfNXNbr4tUtbE4xOMgK5AV5lM1jgBX8AV3zjXWJAs6mwaQJIFiW+KMSiQ' +
      'JIEktmTEZzEQxDBQEZAQRCQ5nDGBjGGw1iEFASjeYqdjbG9fBgMMhpBIL4ZYcBoa0vmetptz8r5ftemt00Qly+VVeF68AMYxcADGMRPvX2qFc1xsNqc69Oxv' +
      'etCZ77nBznHveAMYxYOYCg5OxveqygkSCSkEl7Pu9uRM74Pci7pstufK37XprdFkJcnnOX4XHtoJIgldYrQ1pEEtIJd3O98kTKF6DDbIJJBK64AGMY967zno' +
      '1BTGYLGYIUe27bcNvu1T5r01uizbh1VVXhdenftq+J8HOWQTJBJt85ciZnecoJeIJe0EuNBLS4N0fSJlMDAAG+UaVvLbmlbvXprdFlZt1VVXhcvyCRIJpIJE' +
      'glpBKABjGOvV+Y3u+Ww2gQTAiD4AYxjnLOcyMwVjMGEIJVqLSVht1a4/aqa3RZWVdVVV3U1p3ba53nM5vgSV6nW9aNkmIqIIiCdbMVW98Or2lYbdyqd67Nbo' +
      'w1CrtVVdasnOemcpRETEHj7rWj3iUySYiNLWuJW8t1x071c1ujDUKuXyq6oNvdLe9WSYjeud3rW7y0s5MRnJNCt8qZS0850MxtMZKYMGFm+apJtw9U+65q5r' +
      'dGGka5N1XTdZJcRtd632IcRxTc61sEnOTEOQMYoAYxjIGAmgCsAdgFeoCuwCuoCvACvYBWAFe4CtgFe4CvkBXwAr5AV/gFZAV8gK/4u5IpwoSAepC72A',
    'base64',
  ),
};
