import { z } from 'zod';
import { Variety } from '../windows/variety.ts';
import { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import type { ClosedWindow } from '../windows/types.ts';
import { clientsOf, type Baselines } from './baselines.ts';
import { alertOf } from './describe.ts';
import { figureOf } from './figures.ts';
import type { LiveDetector, NewAlert } from './types.ts';

/** Answers from so many bytes on are remembered by their folder, of so many folders. */
const LARGE = 10e6;
const MOST_FOLDERS = 2000;
/** Of what a client took so much must be of a folder that explains it. */
const SHARE = 0.5;

const DOUBT =
  'A backup, a mirror, an update or a large upload that somebody meant is the same in figures: look at where it goes and who asked.';

/**
 * Much more than anybody else takes away: from a web server in answers, from a network in what its hosts send. A folder that other clients
 * took large files from in windows before is a place for that, and no matter.
 */
export class Exfiltration implements LiveDetector {
  readonly id = 'exfiltration';
  readonly title = 'Much goes out';
  /** Folder -> who took large files from it so far. The one seen last stands last. */
  readonly #large = new Map<string, Variety>();

  observe(window: ClosedWindow, usual: Baselines): NewAlert[] {
    const name = window.kind === 'request' ? 'bytes_in' : 'bytes_out';
    const bytes = figureOf(name);
    return clientsOf(window).flatMap((client) => {
      const judged = usual.beyond(bytes, 'client', client.key, client, window);
      if (judged === null || this.#isPublic(window, judged.value)) return [];
      const excess = judged.value / judged.limit;
      const says = window.kind === 'request' ? `${client.key} takes much away` : `${client.key} sends much out`;
      const told = { detector: 'exfiltration', title: 'Much goes out', says, first: [name, 'records'] } as const;
      const severity = excess > 4 ? 'critical' : 'high';
      return alertOf(window, usual, { role: 'client', key: client.key, figures: client }, { ...told, excess, severity, doubt: DOUBT });
    });
  }

  learn(window: ClosedWindow): void {
    for (const [folder, { clients: now }] of largeFolders(window)) {
      const clients = this.#large.get(folder) ?? new Variety();
      clients.merge(now);
      this.#large.delete(folder);
      this.#large.set(folder, clients);
    }
    for (const oldest of this.#large.keys()) {
      if (this.#large.size <= MOST_FOLDERS) break;
      this.#large.delete(oldest);
    }
  }

  save(): unknown {
    return [...this.#large].map(([folder, clients]) => {
      const out = new ByteWriter();
      clients.write(out);
      return [folder, Buffer.from(out.done()).toString('base64')];
    });
  }

  restore(state: unknown): void {
    const read = saved.safeParse(state);
    if (!read.success) return;
    this.#large.clear();
    for (const [folder, clients] of read.data) {
      this.#large.set(folder, Variety.read(new ByteReader(Buffer.from(clients, 'base64'), 'What was taken before')));
    }
  }

  /** Whether a folder that makes up most of these bytes was used so before by somebody who is not among those who use it now. */
  #isPublic(window: ClosedWindow, bytes: number): boolean {
    return [...largeFolders(window)].some(([folder, now]) => {
      const before = this.#large.get(folder);
      if (before === undefined || now.bytes < bytes * SHARE) return false;
      const both = new Variety();
      both.merge(before);
      both.merge(now.clients);
      return both.distinct() > now.clients.distinct();
    });
  }
}

const saved = z.array(z.tuple([z.string(), z.string()]));

function largeFolders(window: ClosedWindow): Map<string, { readonly clients: Variety; bytes: number }> {
  const folders = new Map<string, { readonly clients: Variety; bytes: number }>();
  for (const { key, bytesIn, sketches } of window.dimensions.find(({ dimension }) => dimension === 'path')?.keys ?? []) {
    if (bytesIn < LARGE) continue;
    const name = key.slice(0, key.lastIndexOf('/') + 1);
    const folder = folders.get(name) ?? { clients: new Variety(), bytes: 0 };
    folder.clients.merge(sketches.peers);
    folder.bytes += bytesIn;
    folders.set(name, folder);
  }
  return folders;
}
