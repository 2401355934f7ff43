import type { FastifyInstance } from 'fastify';

interface Path {
  readonly pattern: RegExp;
  /** Parts of it that are names: of two that fit, the one with fewer is meant. */
  readonly names: number;
  readonly methods: Set<string>;
}

/** Which methods every path of the server takes, as they were added to it. */
export class Paths {
  readonly #paths = new Map<string, Path>();

  /** Before anything is added. */
  addTo(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
      const path = this.#paths.get(url) ?? { pattern, names: url.split(':').length - 1, methods: new Set() };
      this.#paths.set(url, path);
      // a HEAD is had wherever a GET is
      for (const one of [method].flat()) if (one !== 'HEAD') path.methods.add(one);
    });
  }

  /** None where the path is not there. */
  methodsOf(path: string): readonly string[] {
    const fit = [...this.#paths.values()].filter(({ pattern }) => pattern.test(path)).sort((a, b) => a.names - b.names);
    return [...(fit[0]?.methods ?? [])];
  }
}
