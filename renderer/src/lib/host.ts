import type { Client } from '../../../app/contract.ts';

/** What the window may ask of the host beside the contract: dialogs of the system, and files that are dropped on it. */
export interface HostServices {
  readonly kind: 'electron' | 'local';
  /** The system's open dialog; null where there is none (then the window shows its own path browser). */
  readonly pickOpen: ((options: PickOpen) => Promise<readonly string[]>) | null;
  /** The system's save dialog, null when the person changes their mind; itself null where there is no dialog. */
  readonly pickSave: ((options: PickSave) => Promise<string | null>) | null;
  /** Where a dropped file lies on this machine; null where the browser does not tell. */
  readonly pathForFile: ((file: File) => string) | null;
  /** Hands a dropped file to the host and answers with its path there; null where `pathForFile` is. */
  readonly upload: ((file: File, onProgress?: (sent: number, total: number) => void) => Promise<string>) | null;
  /** Shows a notification of the system; resolves when it is gone, true where the person clicked on it. Null where the browser shows its own. */
  readonly notify: ((title: string, body: string) => Promise<boolean>) | null;
  /** Tells of the connection as it is lost and found; null where it lives as long as the window. */
  readonly watchLink: ((listener: (link: Link) => void) => void) | null;
}

export interface PickOpen {
  readonly title: string;
  readonly multiple?: boolean;
  /** Folders may be chosen too. */
  readonly folders?: boolean;
  /** Endings without the dot; none means every file. */
  readonly extensions?: readonly string[];
  /** What the button says that takes what was chosen; "Choose" without it. */
  readonly accept?: string;
}

export interface PickSave {
  readonly title: string;
  /** A whole path, or a name to put into the folder of the case. */
  readonly suggested: string;
  readonly extension: string;
  /** Other endings that the name may have, each for another format. */
  readonly others?: readonly string[];
}

/** How the window and its host hang together: `lost` is tried again, `ended` too, but the person has to start Flowcase again. */
export type Link = 'up' | 'lost' | 'ended';

/** What `connect()` answers with. */
export interface Connection {
  readonly client: Client;
  readonly host: HostServices;
}
