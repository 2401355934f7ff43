import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'commands');

it('no command says “1 rows”: what is counted goes through plural()', () => {
  const counted =
    /\$\{(?:formatCount\([^}]*\)|[\w.]+)\} (?:rows|iterations|folds|entries|classes|records|trees|files|hosts|runs|clusters)\b/g;
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap(
      (name) =>
        readFileSync(join(folder, name), 'utf8')
          .match(counted)
          ?.map((words) => `${name}: ${words}`) ?? [],
    );
  expect(found).toEqual([]);
});
