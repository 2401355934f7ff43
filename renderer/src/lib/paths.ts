/** A file name for a case of this name: letters, digits and dashes of any script; never empty, never a reserved name. */
export function caseFileName(name: string): string {
  const plain = name
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replace(/[\s-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const safe = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? `${plain}-case` : plain;
  return `${safe === '' ? 'case' : safe}.flowcase`;
}

/** Joins with the separator that the folder uses. */
export function joinPath(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** The last part of a path of any system. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
