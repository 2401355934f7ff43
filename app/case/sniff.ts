/** What a file that is no case looks like, in words, from its first bytes. */
export function sniff(start: Buffer): string {
  if (start.every((byte) => byte === 0)) return 'it holds nothing but zero bytes';
  for (const [bytes, words] of known) if (start.subarray(0, bytes.length).equals(bytes)) return words;
  const text = start.toString('latin1');
  if (text.startsWith('#separator') || text.startsWith('#fields')) return 'it is a Zeek log; import it into a case';
  if (text.startsWith('#') && /\bc_ip\b/.test(text.slice(0, 200))) return 'it is a Tstat log; import it into a case';
  if (text.startsWith('{')) return 'it looks like JSON';
  return start.some((byte) => byte === 0) ? 'it is a file of an unknown kind' : 'it is a text file';
}

const known: readonly (readonly [Buffer, string])[] = [
  [Buffer.from([0x1f, 0x8b]), 'it is a gzip file; if it is a log, import it into a case'],
  [Buffer.from('PK\x03\x04', 'latin1'), 'it is a ZIP file'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'it is a Zstandard file'],
  [Buffer.from('%PDF', 'latin1'), 'it is a PDF file'],
  [Buffer.from([0xd4, 0xc3, 0xb2, 0xa1]), 'it is a packet capture; Flowcase reads logs'],
  [Buffer.from([0xa1, 0xb2, 0xc3, 0xd4]), 'it is a packet capture; Flowcase reads logs'],
  [Buffer.from([0x0a, 0x0d, 0x0d, 0x0a]), 'it is a packet capture; Flowcase reads logs'],
  [Buffer.from('PAR1', 'latin1'), 'it is a Parquet file'],
];
