/** The jars of the Kafka broker that the integration tests and benchmarks start: pinned in jars.json, fetched once, verified every time. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Coordinates } from './pom.ts';

/** FLOWCASE_MAVEN: another repository that holds the same jars. */
export const repository = process.env['FLOWCASE_MAVEN'] ?? 'https://repo1.maven.org/maven2';

const jarLock = z.object({
  kafka: z.string(),
  jars: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string().length(64) })),
});
export type JarLock = z.infer<typeof jarLock>;
export type Jar = JarLock['jars'][number];

/** Where Maven repositories keep an artifact. */
export function mavenPath({ group, artifact, version }: Coordinates, ending: 'pom' | 'jar'): string {
  return `${group.replaceAll('.', '/')}/${artifact}/${version}/${artifact}-${version}.${ending}`;
}

/** The class path of the broker; jars that are missing are fetched. @throws Error where one cannot be had or is not the one that is pinned */
export async function brokerClassPath(): Promise<readonly string[]> {
  const lock = jarLock.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'jars.json'), 'utf8')));
  const folder = join(import.meta.dirname, '..', '..', '.cache', 'kafka', lock.kafka);
  mkdirSync(folder, { recursive: true });
  const waiting = lock.jars.values();
  const fetched: string[] = [];
  const worker = async (): Promise<void> => {
    for (const jar of waiting) fetched.push(await ensureJar(jar, folder));
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return fetched.sort();
}

async function ensureJar(jar: Jar, folder: string): Promise<string> {
  const path = join(folder, basename(jar.path));
  if (existsSync(path) && digestOf(readFileSync(path)) === jar.sha256) return path;
  const response = await fetch(`${repository}/${jar.path}`, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`${repository}/${jar.path} answers ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const digest = digestOf(bytes);
  if (digest !== jar.sha256) throw new Error(`${jar.path} has the SHA-256 ${digest}, and not the ${jar.sha256} that jars.json pins`);
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, bytes);
  renameSync(part, path);
  return path;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
