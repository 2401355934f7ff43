/**
 * What a Maven POM says of its dependencies, with parents, properties and imported tables of versions (BOMs) followed, as Maven does
 * (https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html).
 */
import { child, childText, parseXml, type XmlElement } from './xml.ts';

/** group:artifact:version */
export interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

export interface Dependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string | undefined;
  readonly scope: string;
  readonly type: string;
  readonly classifier: string | undefined;
  readonly optional: boolean;
  /** `group:artifact`, either may be `*`. */
  readonly exclusions: readonly string[];
}

/** A POM with its parents' properties and versions in it. */
export interface EffectivePom {
  readonly properties: ReadonlyMap<string, string>;
  /** Versions and scopes by `group:artifact`, of dependencyManagement. */
  readonly managed: ReadonlyMap<string, Dependency>;
  readonly dependencies: readonly Dependency[];
}

/** Where POMs are read: the text of one. */
export type PomReader = (of: Coordinates) => Promise<string>;

export const keyOf = (of: { readonly group: string; readonly artifact: string }): string => `${of.group}:${of.artifact}`;

/** Reads a POM and whatever it rests on. */
export async function effectivePom(of: Coordinates, read: PomReader): Promise<EffectivePom> {
  const project = parseXml(await read(of));
  const parent = child(project, 'parent');
  const inherited = parent === undefined ? undefined : await effectivePom(coordinates(parent, new Map()), read);
  const properties = new Map(inherited?.properties ?? []);
  for (const { name, text } of child(project, 'properties')?.children ?? []) properties.set(name, text);
  for (const [key, value] of Object.entries({ groupId: of.group, artifactId: of.artifact, version: of.version }))
    properties.set(`project.${key}`, value).set(`pom.${key}`, value);
  if (parent !== undefined) properties.set('project.parent.version', childText(parent, 'version') ?? of.version);

  const own = dependencyList(child(child(project, 'dependencyManagement'), 'dependencies'), properties);
  const managed = new Map<string, Dependency>();
  for (const one of own) {
    if (one.scope !== 'import') managed.set(keyOf(one), one);
  }
  for (const one of own.filter(({ scope }) => scope === 'import')) {
    const table = await effectivePom(withVersion(one), read);
    for (const [key, entry] of table.managed) if (!managed.has(key)) managed.set(key, entry);
  }
  for (const [key, entry] of inherited?.managed ?? []) if (!managed.has(key)) managed.set(key, entry);

  const dependencies = [...dependencyList(child(project, 'dependencies'), properties), ...(inherited?.dependencies ?? [])];
  return { properties, managed, dependencies: dependencies.map((one) => settled(one, managed)) };
}

/** A dependency whose version is told. @throws Error for one without, or with a range of versions */
export function withVersion(one: Dependency): Coordinates {
  if (one.version === undefined || /[[(,]/.test(one.version))
    throw new Error(`${keyOf(one)} has no single version: ${one.version ?? 'none'}`);
  return { group: one.group, artifact: one.artifact, version: one.version };
}

function settled(one: Dependency, managed: ReadonlyMap<string, Dependency>): Dependency {
  const entry = managed.get(keyOf(one));
  if (entry === undefined) return { ...one, scope: one.scope === '' ? 'compile' : one.scope };
  const scope = one.scope === '' ? entry.scope : one.scope;
  return {
    ...one,
    version: one.version ?? entry.version,
    scope: scope === '' ? 'compile' : scope,
    exclusions: [...one.exclusions, ...entry.exclusions],
  };
}

function dependencyList(list: XmlElement | undefined, properties: ReadonlyMap<string, string>): Dependency[] {
  return (list?.children ?? []).map((element) => {
    const text = (name: string): string | undefined => filled(childText(element, name), properties);
    return {
      group: text('groupId') ?? '',
      artifact: text('artifactId') ?? '',
      version: text('version'),
      scope: text('scope') ?? '',
      type: text('type') ?? 'jar',
      classifier: text('classifier'),
      optional: text('optional') === 'true',
      exclusions: (child(element, 'exclusions')?.children ?? []).map(
        (one) => `${childText(one, 'groupId') ?? '*'}:${childText(one, 'artifactId') ?? '*'}`,
      ),
    };
  });
}

function coordinates(element: XmlElement, properties: ReadonlyMap<string, string>): Coordinates {
  const text = (name: string): string => filled(childText(element, name), properties) ?? '';
  return { group: text('groupId'), artifact: text('artifactId'), version: text('version') };
}

/** Puts the values of properties in: `${kafka.version}`. */
function filled(text: string | undefined, properties: ReadonlyMap<string, string>): string | undefined {
  let result = text;
  for (let depth = 0; depth < 5 && result?.includes('${') === true; depth++)
    result = result.replace(/\$\{([^}]+)\}/g, (whole, name: string) => properties.get(name) ?? whole);
  return result;
}
