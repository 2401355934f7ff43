/** The independent implementations that check runs, by name and version as the program ships them. */
export const secondTools = {
  kmeans: 'ml-kmeans 7.0.1',
  mixture: 'the plain float64 mixture',
  tree: 'ml-cart 2.1.1',
  forest: 'ml-random-forest 2.1.0',
  isolation: 'ml-isolation-forest 0.1.0',
} as const;
