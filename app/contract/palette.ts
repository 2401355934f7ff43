import type { TagColor } from './acts.ts';
import type { Severity } from './records.ts';

/** Colours that mean the same in window and report. Categorical: Paul Tol's "bright" scheme, colour-blind safe; never re-ordered. */
export const categorical = ['#4477AA', '#EE6677', '#228833', '#CCBB44', '#66CCEE', '#AA3377', '#555E68'] as const;
export const categoricalDark = ['#4477AA', '#EE6677', '#228833', '#CCBB44', '#66CCEE', '#AA3377', '#C9D1DA'] as const;

/** Colour of cluster or category `number` (1-based); from the eighth on the same colours come again, hatched. */
export function categoryColor(number: number, dark = false): { readonly color: string; readonly hatched: boolean } {
  const palette = dark ? categoricalDark : categorical;
  const index = Math.max(0, number - 1);
  return { color: palette[index % palette.length], hatched: index >= palette.length };
}

export const tagPalette: Readonly<Record<TagColor, { readonly light: string; readonly dark: string }>> = {
  red: { light: '#A51C30', dark: '#FF8A94' },
  orange: { light: '#B45309', dark: '#F2A65A' },
  yellow: { light: '#8A6D00', dark: '#E3C55B' },
  green: { light: '#2E6B3E', dark: '#7CC894' },
  cyan: { light: '#0E7490', dark: '#66CCEE' },
  blue: { light: '#1F5FBF', dark: '#6AA5F5' },
  purple: { light: '#7A2E6B', dark: '#D79BCB' },
  grey: { light: '#4B545E', dark: '#AEB7C0' },
};

export const severityPalette: Readonly<Record<Severity, { readonly light: string; readonly dark: string }>> = {
  critical: { light: '#A51C30', dark: '#FF8A94' },
  high: { light: '#B45309', dark: '#F2A65A' },
  medium: { light: '#8A6D00', dark: '#E3C55B' },
  low: { light: '#4B6B8A', dark: '#9DB7D1' },
};

export const diverging = { low: '#2166AC', high: '#B2182B' } as const;
export const sequentialTop = '#1F5FBF';
