/** The window alone, on the test double: `vite --config renderer/test/vite.config.ts`. Never part of the product. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path: string): string => new URL(path, import.meta.url).pathname;

export default defineConfig({
  root: here('..'),
  plugins: [
    {
      name: 'test-double',
      enforce: 'pre',
      resolveId: (source) => (source.endsWith('/lib/connect.ts') ? here('./fake-client.ts') : null),
    },
    svelte({ configFile: here('../../svelte.config.js') }),
  ],
  build: { outDir: here('../../.cache/window-test'), emptyOutDir: true, assetsInlineLimit: 0, sourcemap: false },
});
