import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

/** A browser for the tests, from npm alone: unpacked once into a cache of our own, named by its version. CHROMIUM_PATH names another browser. */
export interface TestBrowser {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const root = join(import.meta.dirname, '..');
const args = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];

export async function testBrowser(): Promise<TestBrowser> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') return { executablePath: named, env: {}, args };
  const folder = await unpacked();
  const fonts = join(folder, 'fontconfig');
  const libraries = join(folder, 'al2023', 'lib');
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts, FONTCONFIG_FILE: join(fonts, 'fonts.conf') },
    args,
  };
}

async function unpacked(): Promise<string> {
  const packageFolder = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { readonly version: string };
  const folder = join(root, '.cache', `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  // the package unpacks into the temporary folder and takes whatever lies there: give it one of its own
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = partial;
  try {
    for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'])
      await inflate(join(packageFolder, 'bin', name));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  writeFonts(partial, folder);
  renameSync(partial, folder);
  return folder;
}

/** The package's own configuration names a folder that is not there: without fonts text is blank and file inputs crash the browser. */
function writeFonts(partial: string, folder: string): void {
  const folders = [
    join(folder, 'fonts'),
    join(root, 'node_modules', '@fontsource', 'inter', 'files'),
    join(root, 'node_modules', '@fontsource', 'jetbrains-mono', 'files'),
  ];
  mkdirSync(join(partial, 'fontconfig'), { recursive: true });
  const lines = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    ...folders.map((path) => `  <dir>${path}</dir>`),
    `  <cachedir>${join(folder, 'fontconfig', 'cache')}</cachedir>`,
    '</fontconfig>',
  ];
  writeFileSync(join(partial, 'fontconfig', 'fonts.conf'), `${lines.join('\n')}\n`);
}
