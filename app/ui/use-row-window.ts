import type { RefObject } from 'react';
import { useEffect, useState } from 'react';

export interface RowWindow {
  /** Indices `[start, end)` of the rows to draw. */
  readonly start: number;
  readonly end: number;
  /** Key of a row's element: rows that leave the window give their element to rows that enter it. */
  readonly keyOf: (index: number) => number;
}

interface RowWindowOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly rowHeight: number;
  /** Draw the end, wherever the scroll position is: it lags by a frame, in which thousands of rows may have come. */
  readonly atEnd: boolean;
}

const OVERSCAN_ROWS = 10;
/** Before the height is known. */
const FIRST_HEIGHT_PX = 600;

/**
 * Which rows of a list of equally high rows are in view. Costs the same for ten rows and for a million: general virtualizers
 * measure every row when the count changes, which at 60 changes a second of a long list is all a page would do.
 */
export function useRowWindow({ scroller, count, rowHeight, atEnd }: RowWindowOptions): RowWindow {
  const [place, setPlace] = useState({ firstRow: 0, height: FIRST_HEIGHT_PX });

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const next = { firstRow: Math.floor(element.scrollTop / rowHeight), height: element.clientHeight };
      setPlace((now) => (now.firstRow === next.firstRow && now.height === next.height ? now : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller, rowHeight]);

  const visible = Math.ceil(place.height / rowHeight) + 1;
  const slots = visible + 2 * OVERSCAN_ROWS;
  const firstRow = atEnd ? count - visible : Math.min(place.firstRow, count - visible);
  const start = Math.max(0, firstRow - OVERSCAN_ROWS);
  return { start, end: Math.min(count, start + slots), keyOf: (index) => index % slots };
}
