import { categoryColor, severityPalette, tagPalette } from '../../contract/palette.ts';
import { severities } from '../../contract/records.ts';
import type { Mark } from '../document.ts';
import type { Canvas } from './canvas.ts';
import { colors } from './look.ts';

/** Room that a mark takes before its word. */
export const MARK_WIDTH = 12;

/** Draws a mark with its left edge at `x`, centred on `y`: a square for a category, a dot for a tag, bars of four for a severity. */
export function drawMark(canvas: Canvas, mark: Mark, x: number, y: number): void {
  const { doc } = canvas;
  switch (mark.type) {
    case 'category':
      fillCategory(canvas, mark.number, x, y - 3.25, 6.5, 6.5);
      return;
    case 'tag':
      doc
        .circle(x + 3, y, 3)
        .fillColor(tagPalette[mark.color].light)
        .fill();
      return;
    case 'severity': {
      const level = severities.indexOf(mark.severity) + 1;
      for (let bar = 1; bar <= severities.length; bar++) {
        const height = 1.75 * bar;
        doc
          .rect(x + (bar - 1) * 2.3, y + 3.5 - height, 1.7, height)
          .fillColor(bar <= level ? severityPalette[mark.severity].light : colors.line)
          .fill();
      }
    }
  }
}

/** A rectangle in the colour of a category; from the eighth on with a hatch. */
export function fillCategory(canvas: Canvas, number: number, x: number, y: number, width: number, height: number): void {
  const { doc } = canvas;
  const { color, hatched } = categoryColor(number);
  doc.rect(x, y, width, height).fillColor(color).fill();
  if (!hatched || width <= 0) return;
  doc.save().rect(x, y, width, height).clip();
  for (let at = x - height; at < x + width; at += 3.2) doc.moveTo(at, y + height).lineTo(at + height, y);
  doc.lineWidth(0.9).strokeColor(colors.white).stroke().restore();
}
