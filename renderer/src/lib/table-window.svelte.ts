import { clampTop, isScaled, revealRow, scrollHeight, scrollTopOf, topOf, visibleRows, type Geometry } from './virtual-scroll.ts';

export const headHeight = 32;

/** The window on a table's rows: where it stands, which rows it shows, and the scroll bar that follows it. */
export class TableWindow {
  readonly #rows: () => number;
  readonly #rowHeight: () => number;
  #expected = -1;
  scroller = $state<HTMLElement | null>(null);
  /** Height of the whole table on the screen, with its head. */
  outer = $state(400);
  /** Pixels from the first row to the upper edge; see virtual-scroll.ts. */
  top = $state(0);

  constructor(rows: () => number, rowHeight: () => number) {
    this.#rows = rows;
    this.#rowHeight = rowHeight;
  }

  get geometry(): Geometry {
    return { rows: this.#rows(), rowHeight: this.#rowHeight(), height: Math.max(0, this.outer - headHeight) };
  }

  get scrollHeight(): number {
    return scrollHeight(this.geometry) + headHeight;
  }

  /** Rows to draw. */
  get sight(): { readonly first: number; readonly end: number } {
    return visibleRows(this.geometry, this.top, 4);
  }

  /** Rows to have ready: what is drawn, and as much again before and after it. */
  get reach(): { readonly first: number; readonly end: number } {
    return visibleRows(this.geometry, this.top, 40);
  }

  /** Sets the truth, and the scroll bar after it. */
  moveTo(next: number): void {
    const { geometry } = this;
    this.top = clampTop(geometry, next);
    if (this.scroller === null) return;
    const wanted = scrollTopOf(geometry, this.top);
    // The bar is left alone where it is right to a pixel: it may be in the person's hand.
    if (Math.abs(this.scroller.scrollTop - wanted) >= 1) this.scroller.scrollTop = wanted;
    this.#expected = this.scroller.scrollTop;
  }

  reveal(row: number): void {
    this.moveTo(revealRow(this.geometry, this.top, row));
  }

  /** Shows the cells between `left` and `right` whole. */
  revealAcross(left: number, right: number): void {
    if (this.scroller === null) return;
    if (left < this.scroller.scrollLeft) this.scroller.scrollLeft = left;
    else if (right > this.scroller.scrollLeft + this.scroller.clientWidth) this.scroller.scrollLeft = right - this.scroller.clientWidth;
  }

  readonly onscroll = (): void => {
    if (this.scroller === null) return;
    // Our own setting of the bar comes back as an event; it must not round the truth.
    if (Math.abs(this.scroller.scrollTop - this.#expected) < 1) return;
    this.#expected = this.scroller.scrollTop;
    this.top = topOf(this.geometry, this.scroller.scrollTop);
  };

  /** One pixel of the wheel is one pixel of the rows, also where a pixel of the bar is many rows. */
  readonly onwheel = (event: WheelEvent): void => {
    const { geometry } = this;
    if (!isScaled(geometry) || event.ctrlKey || event.deltaY === 0 || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    const unit = event.deltaMode === 1 ? geometry.rowHeight : event.deltaMode === 2 ? geometry.height : 1;
    event.preventDefault();
    this.moveTo(this.top + event.deltaY * unit);
  };
}
