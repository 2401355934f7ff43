import { test as base, expect, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron } from 'playwright-core';

const root = join(import.meta.dirname, '..');

/** A running Flowcase and where it keeps its things. */
export interface Running {
  /** An empty folder for cases, logs and reports of this test. */
  readonly folder: string;
  /** Address with the one-use token; null in Electron. */
  readonly address: string | null;
  readonly page: Page;
  /** Messages of the browser's console that are errors, and refusals of the Content-Security-Policy. */
  readonly complaints: readonly string[];
  /** Another Flowcase beside it, started with these arguments, and its window. */
  readonly another: (...args: string[]) => Promise<Page>;
  /** Ends the host under its window. */
  readonly end: () => Promise<void>;
}

interface Options {
  readonly host: 'local' | 'electron';
}

function listenFor(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
}

async function startLocal(
  folder: string,
  args: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [join(root, 'main', 'local', 'main.ts'), '--no-browser', ...args], {
    env: { ...process.env, FLOWCASE_DATA: join(folder, 'data'), HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)?.[0];
    if (address !== undefined) return { child, address };
  }
  throw new Error('the loopback host ended before it printed its address');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}

/** Asked without `import 'electron'`, which would download it. */
function electronIsHere(): boolean {
  const told = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  return existsSync(told === '' ? join(root, 'node_modules', 'electron', 'dist') : told);
}

/** Specs ask for `running`; the same specs run against the loopback host in a browser and against Electron. */
export const test = base.extend<{ running: Running }, Options>({
  host: ['local', { option: true, scope: 'worker' }],
  running: async ({ host, browser }, use, info) => {
    info.skip(host === 'electron' && !electronIsHere(), 'Electron’s binary is not on this machine');
    const folder = mkdtempSync(join(tmpdir(), 'flowcase-e2e-'));
    const complaints: string[] = [];
    try {
      if (host === 'electron') {
        const app = await _electron.launch({
          args: [root, '--in-page-dialogs'],
          env: { ...process.env, FLOWCASE_DATA: join(folder, 'data'), HOME: folder },
        });
        const page = await app.firstWindow();
        listenFor(page, complaints);
        const another = (): Promise<Page> => Promise.reject(new Error('one Electron is enough'));
        await use({ folder, address: null, page, complaints, another, end: () => app.close() });
        await app.close();
      } else {
        const { child, address } = await startLocal(folder);
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
        const page = await context.newPage();
        listenFor(page, complaints);
        await page.goto(address);
        const others: ChildProcess[] = [];
        const another = async (...args: string[]): Promise<Page> => {
          const beside = await startLocal(join(folder, `beside-${others.length}`), args);
          others.push(beside.child);
          const window = await context.newPage();
          listenFor(window, complaints);
          await window.goto(beside.address);
          return window;
        };
        await use({ folder, address, page, complaints, another, end: () => stop(child) });
        await context.close();
        for (const one of [child, ...others]) await stop(one);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

export { expect };
