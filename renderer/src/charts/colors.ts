/** Colour arithmetic of the charts, over the tokens of the look. Colours are `#rrggbb`. */
import { diverging, sequentialTop } from '../lib/format.ts';

/** What a chart takes from the style sheet: everything that is no category. */
export interface ChartTheme {
  readonly dark: boolean;
  readonly bg: string;
  readonly line: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly accent: string;
  readonly sans: string;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Red, green and blue, 0..255, of `#rrggbb` or `#rgb` (as style sheets are shortened); black for anything else. */
export function rgb(color: string): Rgb {
  const long = /^#[0-9a-f]{3}$/i.test(color) ? color.replace(/[0-9a-f]/gi, '$&$&') : color;
  const value = /^#[0-9a-f]{6}$/i.test(long) ? Number.parseInt(long.slice(1), 16) : 0;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const hex = (parts: Rgb): string => `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** The colour `share` (0..1) of the way from `from` to `to`, in sRGB. */
export function mix(from: string, to: string, share: number): string {
  const a = rgb(from);
  const b = rgb(to);
  const at = Math.min(1, Math.max(0, share));
  return hex([a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at, a[2] + (b[2] - a[2]) * at]);
}

/** Nine steps from the background to blue for 0..1; a value above 0 never looks like 0. */
export function sequentialColor(theme: ChartTheme, share: number): string {
  if (!(share > 0)) return theme.bg;
  const step = Math.min(8, Math.max(1, Math.ceil(share * 8)));
  return mix(theme.bg, theme.dark ? '#6AA5F5' : sequentialTop, step / 8);
}

/** Blue below 0, the background at 0, red above; `most` (> 0) is the full colour. */
export function divergingColor(theme: ChartTheme, value: number, most: number): string {
  const share = most > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / most) : 0;
  const [low, high] = theme.dark ? ['#4C9BDA', '#E0604F'] : [diverging.low, diverging.high];
  return mix(theme.bg, value < 0 ? low : high, share * 0.92);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(color: string): number {
  const linear = rgb(color).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

/** Contrast ratio as WCAG 2 defines it, 1..21. */
export function contrast(a: string, b: string): number {
  const one = luminance(a);
  const other = luminance(b);
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Black or white, whichever reads better on the colour: at least 4.5 : 1 on any. */
export function inkOn(color: string): string {
  return contrast(color, '#000000') >= contrast(color, '#FFFFFF') ? '#000000' : '#FFFFFF';
}
