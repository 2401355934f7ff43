import { describe, expect, it } from 'vitest';
import { commands, errorCodes, type CommandName } from '../contract.ts';
import { fieldsOf } from './coerce.ts';
import { outputs } from './encode.ts';
import { eventNames } from './events.ts';
import { ownOperations } from './own-operations.ts';
import { openApi } from './openapi.ts';
import { sectionOf } from './openapi.ts';
import { allRoutes, notRemote, routes } from './routes.ts';

const names = Object.keys(commands) as CommandName[];

describe('the table of routes', () => {
  it('has every command of the contract, or says why it is not remote: one row in routes.ts is all that it takes', () => {
    const missing = names.filter((name) => !Object.hasOwn(routes, name) && !Object.hasOwn(notRemote, name));
    expect(missing).toEqual([]);
    expect(Object.keys(routes).filter((name) => Object.hasOwn(notRemote, name))).toEqual([]);
    for (const why of Object.values(notRemote)) expect(why.length).toBeGreaterThan(20);
  });

  it('names fields that the commands have, in the path and beside it', () => {
    for (const route of allRoutes) {
      const fields = fieldsOf(route.command);
      const named = [
        ...route.inPath,
        ...route.files,
        ...route.seconds,
        ...route.times,
        ...(route.download === null ? [] : [route.download.field]),
      ];
      for (const name of named) expect(fields.has(name), `${route.command} ${name}`).toBe(true);
      for (const name of Object.keys(route.example)) expect(fields.has(name), `${route.command} ${name}`).toBe(true);
    }
  });

  it('gives each operation a place of its own, and writes by no GET', () => {
    const own = ownOperations.map(({ method, path }) => `${method} ${path}`);
    const places = [
      ...allRoutes.filter(({ command }) => command !== 'jobs.list').map(({ method, path }) => `${method} /api/v1${path}`),
      ...own,
    ];
    expect(new Set(places.map((place) => place.replaceAll(/\{\w+\}/g, '{}'))).size).toBe(places.length);
    for (const { command, method } of allRoutes)
      if (['write', 'job'].includes(commands[command].access)) expect(method, command).not.toBe('GET');
    for (const { command, method } of allRoutes) if (commands[command].access === 'read') expect(method, command).toBe('GET');
  });

  it('lets no field name a file of the machine but through the folders that may be read, or a place of the server itself', () => {
    const guarded = new Map(allRoutes.map((route) => [route.command, [...route.files, route.download?.field ?? '']]));
    for (const { command } of allRoutes)
      for (const [name, schema] of fieldsOf(command)) {
        const takesPath =
          schema.safeParse('/etc/passwd').success &&
          schema.safeParse(`/a${'b'.repeat(4_000)}`).success &&
          !schema.safeParse(`/a\0`).success;
        const takesPaths = schema.safeParse(['/etc/passwd']).success && !schema.safeParse(['/a\0']).success;
        if (takesPath || takesPaths) expect(guarded.get(command), `${command} ${name}`).toContain(name);
      }
  });

  it('has a section of the documentation for every path', () => {
    const sections = new Set(openApi('0').tags.map(({ name }) => name));
    for (const { path } of allRoutes) expect(sections.has(sectionOf(path)), path).toBe(true);
  });
});

it('every event of the contract is told', () => {
  expect([...eventNames].sort()).toEqual(Object.keys(outputs.events).sort());
});

it('every code of an error is explained', () => {
  expect(Object.keys(outputs.codes)).toEqual([...errorCodes]);
});
