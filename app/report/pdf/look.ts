import type { TextStyle } from './lines.ts';

/** The light theme of the window on paper. Points. */
export const colors = {
  text: '#16191D',
  text2: '#4B545E',
  text3: '#68727D',
  line: '#E2E5E9',
  lineStrong: '#B9C0C8',
  rail: '#F5F6F7',
  accent: '#1F5FBF',
  caution: '#B45309',
  white: '#FFFFFF',
} as const;

export const papers = { A4: [595.28, 841.89], Letter: [612, 792] } as const;
export type Paper = keyof typeof papers;

/** Text block of a page. */
export const margins = { left: 52, right: 52, top: 66, bottom: 62 } as const;

const style = (size: number, leading: number, over: Partial<TextStyle> = {}): TextStyle => ({
  size,
  leading,
  color: colors.text,
  face: 'sans',
  tabular: false,
  ...over,
});

export const styles = {
  coverKicker: style(10, 14, { face: 'strong', color: colors.accent }),
  coverTitle: style(26, 32, { face: 'strong' }),
  heading1: style(17, 23, { face: 'strong' }),
  heading2: style(11.5, 16, { face: 'strong' }),
  heading3: style(9.5, 13.5, { face: 'strong' }),
  body: style(9.25, 13.75),
  quiet: style(8, 11.5, { color: colors.text2 }),
  caption: style(8.5, 12, { face: 'strong' }),
  head: style(7.25, 9.75, { face: 'strong', color: colors.text2 }),
  cell: style(7.75, 10.5),
  figure: style(7.75, 10.5, { tabular: true }),
  key: style(8.5, 12.5, { color: colors.text2 }),
  value: style(8.75, 12.5),
  axis: style(7, 9, { color: colors.text2, tabular: true }),
  running: style(7.25, 10, { color: colors.text3 }),
} as const;

/** Space before and after, in points. */
export const space = { paragraph: 7, block: 12, heading2: 14, heading3: 8, cellX: 4, cellY: 3 } as const;
