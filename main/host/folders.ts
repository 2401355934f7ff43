import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where Flowcase keeps what is its own: recent cases, the sample, its log. FLOWCASE_DATA says otherwise. */
export function dataFolder(): string {
  const told = process.env['FLOWCASE_DATA'];
  if (told !== undefined && told !== '') return told;
  const home = homedir();
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Flowcase');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Flowcase');
  return join(process.env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'flowcase');
}

/** Where new cases are suggested. */
export function casesFolder(): string {
  const documents = join(homedir(), 'Documents');
  return existsSync(documents) ? documents : homedir();
}

/** Who acts, for the custody log: the name of the account. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? process.env['USERNAME'] ?? 'unknown';
  }
}
