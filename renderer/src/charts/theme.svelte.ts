/** The tokens of the style sheet for what is drawn on a canvas, read again when the theme changes. */
import { createSubscriber } from 'svelte/reactivity';
import type { ChartTheme } from './colors.ts';

const subscribe = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
});

/** The theme as it is drawn now; reactive where it is read in a derived value or an effect. */
export function chartTheme(): ChartTheme {
  subscribe();
  const styles = getComputedStyle(document.documentElement);
  const token = (name: string): string => styles.getPropertyValue(`--${name}`).trim();
  return {
    dark: document.documentElement.dataset['theme'] === 'dark',
    bg: token('bg'),
    line: token('line'),
    text: token('text'),
    text2: token('text-2'),
    text3: token('text-3'),
    accent: token('accent'),
    sans: token('sans'),
  };
}
