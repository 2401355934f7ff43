import { line, ring, type Contour, type Point } from './pen.ts';

/**
 * Signs that the window writes and that the subsets of Inter and JetBrains Mono on npm leave out.
 * Each is 600 units wide, as a letter of the fixed-width face is, so that it keeps its place in a column of addresses.
 */
export const advance = 600;

const turned = (points: readonly Point[]): readonly Point[] => points.map(([x, y]) => [advance - x, y]);
const arrow: readonly (readonly Point[])[] = [
  [
    [50, 330],
    [535, 330],
  ],
  [
    [345, 525],
    [540, 330],
    [345, 135],
  ],
];
const greater: readonly Point[] = [
  [80, 630],
  [510, 420],
  [80, 210],
];
const under: readonly Point[] = [
  [80, 50],
  [520, 50],
];

const loops: readonly Point[] = [
  [135, 565],
  [465, 565],
  [465, 95],
  [135, 95],
];
const looped: readonly (readonly Point[])[] = [
  [
    [220, 565],
    [220, 95],
  ],
  [
    [380, 565],
    [380, 95],
  ],
  [
    [135, 410],
    [465, 410],
  ],
  [
    [135, 250],
    [465, 250],
  ],
];

export const signs: ReadonlyMap<string, readonly Contour[]> = new Map([
  ['←', arrow.flatMap((part) => line(...turned(part)))],
  ['→', arrow.flatMap((part) => line(...part))],
  ['≠', [...line([70, 430], [530, 430]), ...line([70, 230], [530, 230]), ...line([170, 80], [430, 580])]],
  ['≤', [...line(...turned(greater)), ...line(...under)]],
  ['≥', [...line(...greater), ...line(...under)]],
  ['⌘', [...loops.flatMap((centre) => ring(centre, 85)), ...looped.flatMap((part) => line(...part))]],
  ['✓', line([60, 310], [230, 110], [545, 600])],
  ['✗', [...line([95, 560], [505, 100]), ...line([505, 560], [95, 100])]],
]);
