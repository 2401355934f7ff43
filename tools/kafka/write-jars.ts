/**
 * Writes jars.json: the jars that a Kafka broker of one version needs, with their SHA-256. Run by hand when the version changes:
 * `node tools/kafka/write-jars.ts 4.4.0`. Maven's rule is kept: of two versions of an artifact the one nearest to the broker is taken.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mavenPath, repository, type Jar, type JarLock } from './jars.ts';
import { effectivePom, keyOf, withVersion, type Coordinates, type Dependency } from './pom.ts';

async function bytesAt(path: string): Promise<Uint8Array> {
  const response = await fetch(`${repository}/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const poms = new Map<string, Promise<string>>();

function pomText(of: Coordinates): Promise<string> {
  const path = mavenPath(of, 'pom');
  const text = poms.get(path) ?? bytesAt(path).then((bytes) => new TextDecoder().decode(bytes));
  poms.set(path, text);
  return text;
}

interface Asked {
  readonly of: Coordinates;
  readonly exclusions: readonly string[];
}

const isExcluded = (one: Dependency, exclusions: readonly string[]): boolean =>
  exclusions.some((pattern) => {
    const [group, artifact] = pattern.split(':');
    return (group === '*' || group === one.group) && (artifact === '*' || artifact === one.artifact);
  });

/** Breadth first: the nearest version of each artifact. */
async function resolve(roots: readonly Coordinates[]): Promise<Coordinates[]> {
  const chosen = new Map<string, Coordinates>();
  let level: Asked[] = roots.map((of) => ({ of, exclusions: [] }));
  while (level.length > 0) {
    const next: Asked[] = [];
    for (const { of, exclusions } of level) {
      if (chosen.has(keyOf(of))) continue;
      chosen.set(keyOf(of), of);
      for (const one of (await effectivePom(of, pomText)).dependencies) {
        if (one.optional || !['compile', 'runtime'].includes(one.scope) || one.type !== 'jar' || isExcluded(one, exclusions)) continue;
        if (one.classifier !== undefined) throw new Error(`${keyOf(one)} asks for the classifier ${one.classifier}`);
        next.push({ of: withVersion(one), exclusions: [...exclusions, ...one.exclusions] });
      }
    }
    level = next;
  }
  return [...chosen.values()];
}

const version = process.argv.at(2);
if (version === undefined) throw new Error('which version of Kafka? node tools/kafka/write-jars.ts 4.4.0');
const found = await resolve([
  { group: 'org.apache.kafka', artifact: 'kafka_2.13', version },
  // where the broker's own log goes; Kafka's POM leaves that to who packages it
  { group: 'org.slf4j', artifact: 'slf4j-simple', version: '1.7.36' },
]);
const jars: Jar[] = [];
for (const of of found) {
  const bytes = await bytesAt(mavenPath(of, 'jar'));
  jars.push({ path: mavenPath(of, 'jar'), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
}
jars.sort((a, b) => (a.path < b.path ? -1 : 1));
const lock: JarLock = { kafka: version, jars };
writeFileSync(join(import.meta.dirname, 'jars.json'), `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${jars.length} jars, ${(jars.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 20).toFixed(1)} MiB`);
