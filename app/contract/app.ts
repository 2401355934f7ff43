import type { ErrorShape } from '../errors.ts';

/** The program itself and the machine it runs on, as a face sees them. */
export interface AppInfo {
  readonly name: string;
  readonly version: string;
  /** Where the window is: Electron or a browser tab on the loopback host. */
  readonly host: 'electron' | 'local';
  readonly platform: string;
  readonly node: string;
  readonly home: string;
  /** Where new cases are suggested. */
  readonly cases: string;
  /** Why the case that Flowcase was asked for outside of its window is not open; null where there is nothing to say. */
  readonly notOpened: ErrorShape | null;
}

export interface FileList {
  readonly path: string;
  readonly parent: string | null;
  readonly separator: string;
  readonly entries: readonly {
    readonly name: string;
    readonly path: string;
    readonly type: 'folder' | 'file';
    readonly bytes: number;
    readonly modified: number;
  }[];
}
