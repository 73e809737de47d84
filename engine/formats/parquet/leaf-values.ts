import type { SchemaElement } from 'hyparquet';
import { parseFloat16 } from 'hyparquet/src/convert.js';
import type { FieldType } from '../../batch/schema.ts';
import { shown } from '../column-writer.ts';
import { decodeUtf8 } from '../utf8.ts';
import { kindOfLeaf } from './leaf-kind.ts';

/** A value of the file that its field cannot hold: why, as the end of a sentence. */
export class Unreadable {
  readonly reason: string;
  readonly shown: string;

  constructor(value: unknown, reason: string) {
    this.shown = typeof value === 'bigint' ? String(value) : shown(value);
    this.reason = reason;
  }
}

/** From a physical value of a leaf to the value of a record: `null`, number, boolean, text, parsed JSON or `Unreadable`. */
export type LeafConverter = (raw: unknown) => unknown;

const MS_PER_DAY = 86_400_000;
const JULIAN_DAY_OF_1970 = 2_440_588;
const UUID_GROUPS = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/**
 * How values of a leaf are read where a field of `type` is declared; null = as they are. Nothing is rounded but instants, to the millisecond
 * they lie in.
 */
export function converterOf(element: SchemaElement, type: FieldType): LeafConverter | null {
  switch (kindOfLeaf(element)) {
    case 'boolean':
      return null;
    case 'double':
      return element.logical_type?.type === 'FLOAT16' ? (raw) => parseFloat16(raw as Uint8Array) : null;
    case 'whole':
    case 'time':
      return wholeConverter(element, type);
    case 'decimal':
      return decimalConverter(element, type);
    case 'timestamp':
      return timestampConverter(element);
    case 'text':
      return element.logical_type?.type === 'UUID' ? (raw) => uuid(raw as Uint8Array) : textOf;
    case 'json':
      return type === 'string' ? textOf : jsonOf;
    default:
      return textOf;
  }
}

function wholeConverter({ type, converted_type, logical_type }: SchemaElement, declared: FieldType): LeafConverter | null {
  const isUnsigned = converted_type?.startsWith('UINT') === true || (logical_type?.type === 'INTEGER' && !logical_type.isSigned);
  if (type === 'INT32') {
    if (declared === 'string') return isUnsigned ? (raw) => String((raw as number) >>> 0) : String;
    return isUnsigned ? (raw) => (raw as number) >>> 0 : null;
  }
  const signed = (raw: unknown): bigint => (isUnsigned ? BigInt.asUintN(64, raw as bigint) : (raw as bigint));
  return declared === 'string' ? (raw) => String(signed(raw)) : (raw) => exactNumber(signed(raw));
}

function exactNumber(value: bigint): number | Unreadable {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return new Unreadable(value, 'whole numbers are exact only up to 9007199254740991. Declare the field string to keep all digits');
}

function decimalConverter({ scale = 0 }: SchemaElement, declared: FieldType): LeafConverter {
  if (declared === 'string') return (raw) => decimalText(unscaled(raw), scale);
  if (scale <= 0) return (raw) => exactNumber(unscaled(raw) * 10n ** BigInt(-scale));
  // By its text: to multiply with a power of ten would not give the double that is nearest to the decimal.
  return (raw) => Number(decimalText(unscaled(raw), scale));
}

function unscaled(raw: unknown): bigint {
  if (!(raw instanceof Uint8Array)) return BigInt(raw as number | bigint);
  let value = 0n;
  for (const byte of raw) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(raw.length * 8, value);
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function timestampConverter({ type, converted_type, logical_type }: SchemaElement): LeafConverter {
  if (type === 'INT96') return int96Instant;
  if (type === 'INT32') return (raw) => (raw as number) * MS_PER_DAY;
  const unit = logical_type?.type === 'TIMESTAMP' ? logical_type.unit : converted_type === 'TIMESTAMP_MICROS' ? 'MICROS' : 'MILLIS';
  if (unit === 'MILLIS') return (raw) => exactNumber(raw as bigint);
  const perMillisecond = unit === 'MICROS' ? 1000n : 1_000_000n;
  return (raw) => {
    const value = raw as bigint;
    const quotient = value / perMillisecond;
    // Division of whole numbers rounds towards zero; an instant before 1970 belongs to the millisecond before.
    return Number(value < 0n && quotient * perMillisecond !== value ? quotient - 1n : quotient);
  };
}

/** Impala's and old Spark's instants: nanoseconds of the day, and the Julian day above them. */
function int96Instant(raw: unknown): number {
  const value = raw as bigint;
  const nanos = Number(BigInt.asUintN(64, value));
  return (Number(value >> 64n) - JULIAN_DAY_OF_1970) * MS_PER_DAY + Math.floor(nanos / 1_000_000);
}

function textOf(raw: unknown): string | Unreadable {
  const bytes = raw as Uint8Array;
  const text = decodeUtf8(bytes, 0, bytes.length);
  // Ill-formed text is decoded to U+FFFD, which a text may hold by itself, as the bytes EF BF BD.
  if (!text.includes('\uFFFD') || hasReplacementBytes(bytes, text)) return text;
  return new Unreadable(text, 'its bytes are no text in UTF-8. Leave the field out');
}

function hasReplacementBytes(bytes: Uint8Array, text: string): boolean {
  let expected = 0;
  for (const character of text) expected += character.codePointAt(0) === 0xfffd ? 1 : 0;
  let found = 0;
  for (let i = 0; i + 2 < bytes.length; i++) if (bytes[i] === 0xef && bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd) found++;
  return found === expected;
}

function jsonOf(raw: unknown): unknown {
  const text = textOf(raw);
  if (text instanceof Unreadable) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return new Unreadable(text, 'it is no JSON. Declare the field string to take it as it is');
  }
}

function uuid(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(UUID_GROUPS, '$1-$2-$3-$4-$5');
}
