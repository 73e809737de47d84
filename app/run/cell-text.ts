import type { FieldType } from '../../engine/api/index.ts';
import { formatTimestamp } from '../ui/format.ts';

export interface CellText {
  readonly text: string;
  /** The exact value, where `text` is rounded or translated. */
  readonly title: string | undefined;
}

const SHOWN_DECIMALS = 6;

/** A value as a cell of a results table shows it. */
export function cellText(value: unknown, type: FieldType): CellText {
  if (value === null || value === undefined) return { text: 'null', title: undefined };
  if (typeof value === 'number') return type === 'timestamp' ? timestampText(value) : numberText(value);
  if (typeof value === 'string') return { text: value, title: value.length > 24 ? value : undefined };
  if (typeof value === 'bigint' || typeof value === 'boolean') return { text: String(value), title: undefined };
  const text = jsonText(value);
  return { text, title: text };
}

function timestampText(ms: number): CellText {
  return { text: formatTimestamp(ms), title: `${ms} ms since 1970-01-01 00:00 UTC` };
}

function numberText(value: number): CellText {
  const text = String(value);
  if (Number.isInteger(value) || !Number.isFinite(value)) return { text, title: undefined };
  const rounded = String(Number(value.toFixed(SHOWN_DECIMALS)));
  // Very small numbers would become 0.
  return rounded === '0' || rounded.length >= text.length ? { text, title: undefined } : { text: rounded, title: text };
}

/** JSON; a bigint, which JSON does not have, is the text of its digits. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? String(value);
}

export function isRightAligned(type: FieldType): boolean {
  return type === 'double' || type === 'int' || type === 'long';
}
