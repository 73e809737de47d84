import type { SchemaElement, SchemaTree } from 'hyparquet';
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';

/** What a column of a Parquet file holds, as far as reading it differs. `whole`: integers of any width. */
export type LeafKind =
  | 'boolean'
  | 'whole'
  | 'double'
  | 'decimal'
  | 'timestamp'
  | 'time'
  | 'text'
  | 'json'
  | 'bytes'
  | 'list'
  | 'record'
  | 'unsupported';

/** The kind of a top-level or nested column. */
export function kindOfNode(node: SchemaTree): LeafKind {
  const { element, children } = node;
  if (element.repetition_type === 'REPEATED') return 'list';
  if (children.length === 0) return kindOfLeaf(element);
  if (element.logical_type?.type === 'VARIANT') return 'unsupported';
  if (isListLike(node)) return 'list';
  return isMapLike(node) || (element.converted_type !== 'MAP' && element.converted_type !== 'LIST') ? 'record' : 'unsupported';
}

const BY_CONVERTED_TYPE: Readonly<Record<string, LeafKind>> = {
  UTF8: 'text',
  ENUM: 'text',
  JSON: 'json',
  DECIMAL: 'decimal',
  DATE: 'timestamp',
  TIMESTAMP_MILLIS: 'timestamp',
  TIMESTAMP_MICROS: 'timestamp',
  TIME_MILLIS: 'time',
  TIME_MICROS: 'time',
  BSON: 'unsupported',
  INTERVAL: 'unsupported',
};

const BY_LOGICAL_TYPE: Readonly<Record<string, LeafKind>> = {
  STRING: 'text',
  ENUM: 'text',
  UUID: 'text',
  JSON: 'json',
  DECIMAL: 'decimal',
  DATE: 'timestamp',
  TIMESTAMP: 'timestamp',
  TIME: 'time',
  FLOAT16: 'double',
  BSON: 'unsupported',
  VARIANT: 'unsupported',
  GEOMETRY: 'unsupported',
  GEOGRAPHY: 'unsupported',
};

export function kindOfLeaf({ type, converted_type, logical_type }: SchemaElement): LeafKind {
  const annotated = BY_LOGICAL_TYPE[logical_type?.type ?? ''] ?? BY_CONVERTED_TYPE[converted_type ?? ''];
  if (annotated !== undefined) return annotated;
  switch (type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'INT32':
    case 'INT64':
      return 'whole';
    case 'INT96':
      return 'timestamp';
    case 'FLOAT':
    case 'DOUBLE':
      return 'double';
    case 'BYTE_ARRAY':
      // Old writers leave texts without annotation.
      return 'bytes';
    default:
      return 'unsupported';
  }
}

/** The type in the words of the format, for sentences. */
export function typeName({ type, converted_type, logical_type, precision, scale }: SchemaElement): string {
  const name = logical_type?.type ?? converted_type ?? type ?? 'group';
  return name === 'DECIMAL' ? `DECIMAL(${precision ?? '?'}, ${scale ?? 0})` : name;
}
