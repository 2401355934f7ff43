import { expect, it } from 'vitest';
import { loadFormat } from './loading.ts';
import { formats } from './registry.ts';

it.each(formats.map((format) => [format.id, format] as const))('%s loaded alone is the one of the registry', async (id, format) => {
  expect(await loadFormat(id)).toBe(format);
});

it('no other is loaded', async () => {
  await expect(loadFormat('nothing')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
