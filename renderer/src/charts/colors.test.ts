import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { categorical, categoricalDark } from '../lib/format.ts';
import { contrast, divergingColor, inkOn, mix, rgb, sequentialColor, type ChartTheme } from './colors.ts';

const base = { line: '', text: '', text2: '', text3: '', accent: '', sans: '' };
const light: ChartTheme = { ...base, dark: false, bg: '#fff' };
const dark: ChartTheme = { ...base, dark: true, bg: '#14171b' };

describe('colours', () => {
  it('reads both ways of writing a colour', () => {
    expect(rgb('#fff')).toEqual([255, 255, 255]);
    expect(rgb('#1F5FBF')).toEqual([0x1f, 0x5f, 0xbf]);
    expect(rgb('red')).toEqual([0, 0, 0]);
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
    expect(mix('#000000', '#ffffff', 7)).toBe('#ffffff');
  });

  it('ink can be read on every cell of a heat map, in either theme', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.constantFrom(light, dark), (value, theme) => {
        const fill = divergingColor(theme, value, 4);
        expect(contrast(inkOn(fill), fill)).toBeGreaterThanOrEqual(4.5);
        const step = sequentialColor(theme, Math.abs(value) / 6);
        expect(contrast(inkOn(step), step)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('nothing looks like nothing, and one of a million does not', () => {
    expect(rgb(sequentialColor(light, 0))).toEqual(rgb('#fff'));
    expect(sequentialColor(light, 1e-6)).not.toBe('#ffffff');
    expect(rgb(divergingColor(dark, 0, 4))).toEqual(rgb('#14171b'));
    expect(rgb(divergingColor(light, Number.NaN, 4))).toEqual(rgb('#fff'));
  });

  it('the categorical palettes can be parsed', () => {
    for (const color of [...categorical, ...categoricalDark]) expect(rgb(color)).not.toEqual([0, 0, 0]);
  });
});
