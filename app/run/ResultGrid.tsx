import type { KeyboardEvent } from 'react';
import { memo, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Field } from '../../engine/api/index.ts';
import { formatCount } from '../ui/format.ts';
import { useRowWindow } from '../ui/use-row-window.ts';
import { cellText, isRightAligned, jsonText } from './cell-text.ts';
import type { ResultTable } from './result-table.ts';
import type { ResultView } from './run-state.ts';

const ROW_HEIGHT = 24;
const HEAD_HEIGHT = 26;
const PAGE_ROWS = 20;
/** Closer to the end than this counts as "at the end". */
const FOLLOW_SLACK_PX = 2 * ROW_HEIGHT;

interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The rows of one sink. Only visible rows exist in the page; it follows the newest row until somebody scrolls up. */
export function ResultGrid({ view, label }: { readonly view: ResultView; readonly label: string }) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [atEnd, setAtEnd] = useState(true);
  const [active, setActive] = useState<Cell | null>(null);
  const { firstRow, endRow, schema } = view;
  const count = endRow - firstRow;
  const rows = useRowWindow({ scroller, count, rowHeight: ROW_HEIGHT, atEnd });
  useStablePosition(scroller, isFollowing, firstRow, endRow);

  const numberWidth = Math.max(56, formatCount(endRow).length * 8 + 22);
  const columns = `${numberWidth}px ${schema.fields.map(widthOf).join(' ')}`;
  const minWidth = numberWidth + schema.fields.reduce((sum, field) => sum + minWidthOf(field), 0);
  const follow = (following: boolean): void => {
    // The ref for the next layout, which may come before the next render.
    isFollowing.current = following;
    setAtEnd(following);
  };
  const move = (cell: Cell): void => {
    const row = Math.max(firstRow, Math.min(endRow - 1, cell.row));
    setActive({ row, column: Math.max(0, Math.min(schema.fields.length - 1, cell.column)) });
    follow(row === endRow - 1);
    scrollIntoView(scroller.current, row - firstRow);
  };
  return (
    <div
      ref={scroller}
      className="run-grid"
      role="grid"
      aria-label={label}
      aria-rowcount={endRow + 1}
      aria-colcount={schema.fields.length + 1}
      aria-activedescendant={active === null ? undefined : cellId(id, active)}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        follow(scrollHeight - clientHeight - scrollTop <= FOLLOW_SLACK_PX);
      }}
      onKeyDown={(event) => onGridKey(event, active ?? { row: firstRow - 1, column: 0 }, view, move)}
    >
      <div role="row" aria-rowindex={1} className="run-grid-head" style={{ gridTemplateColumns: columns, minWidth }}>
        <span role="columnheader" className="run-grid-number">
          #
        </span>
        {schema.fields.map((field) => (
          <span key={field.name} role="columnheader" data-right={isRightAligned(field.type)} title={`${field.name}: ${field.type}`}>
            {field.name} <span className="run-grid-type">{field.type}</span>
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: count * ROW_HEIGHT, position: 'relative', minWidth }}>
        {indices(rows.start, rows.end).map((index) => (
          <GridRow
            key={rows.keyOf(index)}
            gridId={id}
            table={view.table}
            row={firstRow + index}
            top={index * ROW_HEIGHT}
            columns={columns}
            activeColumn={active?.row === firstRow + index ? active.column : -1}
            onActivate={setActive}
          />
        ))}
      </div>
    </div>
  );
}

function indices(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

/** Scrolls as little as needed; the head covers the first row's height. */
function scrollIntoView(element: HTMLElement | null, index: number): void {
  if (element === null) return;
  const top = index * ROW_HEIGHT;
  const bottom = top + ROW_HEIGHT + HEAD_HEIGHT;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
}

interface GridRowProps {
  readonly gridId: string;
  readonly table: ResultTable;
  readonly row: number;
  readonly top: number;
  readonly columns: string;
  readonly activeColumn: number;
  readonly onActivate: (cell: Cell) => void;
}

/** Rows never change once delivered, so a row is drawn again only when it is another one. */
const GridRow = memo(function GridRow({ gridId, table, row, top, columns, activeColumn, onActivate }: GridRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className="run-grid-row"
      data-odd={row % 2 === 1}
      style={{ gridTemplateColumns: columns, transform: `translateY(${top}px)` }}
    >
      <span role="rowheader" className="run-grid-number">
        {formatCount(row + 1)}
      </span>
      {table.schema.fields.map((field, c) => {
        const value = table.valueAt(row, c);
        const { text, title } = cellText(value, field.type);
        return (
          <span
            key={field.name}
            id={cellId(gridId, { row, column: c })}
            role="gridcell"
            data-right={isRightAligned(field.type)}
            data-null={value === null || value === undefined}
            data-active={c === activeColumn}
            aria-selected={c === activeColumn}
            title={title}
            onPointerDown={() => onActivate({ row, column: c })}
          >
            {text}
          </span>
        );
      })}
    </div>
  );
});

/** Keeps the end in view while following, and the same rows in view while rows before them are dropped. */
function useStablePosition(
  scroller: { readonly current: HTMLElement | null },
  isFollowing: { readonly current: boolean },
  firstRow: number,
  endRow: number,
): void {
  const lastFirstRow = useRef(firstRow);
  useLayoutEffect(() => {
    const element = scroller.current;
    const dropped = firstRow - lastFirstRow.current;
    lastFirstRow.current = firstRow;
    if (element === null || endRow === 0) return;
    if (isFollowing.current) element.scrollTop = element.scrollHeight;
    else if (dropped > 0) element.scrollTop = Math.max(0, element.scrollTop - dropped * ROW_HEIGHT);
  }, [scroller, isFollowing, firstRow, endRow]);
}

function onGridKey(event: KeyboardEvent, at: Cell, view: ResultView, move: (cell: Cell) => void): void {
  if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
    copyCell(event, at, view);
    return;
  }
  const target = targetOf(event, at, view);
  if (target === null) return;
  event.preventDefault();
  event.stopPropagation();
  move(target);
}

function targetOf(event: KeyboardEvent, { row, column }: Cell, { firstRow, endRow, schema }: ResultView): Cell | null {
  const whole = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'PageDown':
      return { row: row + PAGE_ROWS, column };
    case 'PageUp':
      return { row: row - PAGE_ROWS, column };
    case 'Home':
      return whole ? { row: firstRow, column: 0 } : { row, column: 0 };
    case 'End':
      return whole ? { row: endRow - 1, column: schema.fields.length - 1 } : { row, column: schema.fields.length - 1 };
    default:
      return null;
  }
}

function copyCell(event: KeyboardEvent, { row, column }: Cell, view: ResultView): void {
  const value = view.table.valueAt(row, column);
  // Marked text is copied by the browser.
  if (value === undefined || document.getSelection()?.isCollapsed === false) return;
  event.preventDefault();
  event.stopPropagation();
  navigator.clipboard.writeText(typeof value === 'string' ? value : jsonText(value)).catch(reportError);
}

function cellId(gridId: string, { row, column }: Cell): string {
  return `${gridId}r${row}c${column}`;
}

function widthOf(field: Field): string {
  return `minmax(${minWidthOf(field)}px, ${field.type === 'string' || field.type === 'any' ? '1.4fr' : '1fr'})`;
}

function minWidthOf(field: Field): number {
  const header = (field.name.length + field.type.length) * 7 + 32;
  const content = field.type === 'timestamp' ? 184 : field.type === 'boolean' ? 72 : 110;
  return Math.min(280, Math.max(header, content));
}
