import type { FileMetaData, RowGroup, SchemaElement, SchemaTree } from 'hyparquet';
import { parquetSchema } from 'hyparquet/src/metadata.js';
import { isMapLike } from 'hyparquet/src/schema.js';
import type { Field, FieldType } from '../../batch/schema.ts';
import type { InferredData } from '../inferred-data.ts';
import { readFooter, TAIL_BYTES } from './footer.ts';
import { kindOfLeaf, kindOfNode, typeName } from './leaf-kind.ts';

/** Decimals of so many digits come back as they were from a double. */
const MAX_EXACT_DIGITS = 15;

/** Looks at the footer of a file of `sizeBytes`, of which `read` gives any part. @throws FormatError when it is no Parquet file. */
export async function inferParquetFile(
  sizeBytes: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<InferredData> {
  let tailBytes = Math.min(TAIL_BYTES, sizeBytes);
  for (;;) {
    const footer = readFooter(await read(sizeBytes - tailBytes, tailBytes), sizeBytes);
    if (!('tailBytes' in footer)) return inferParquet(footer);
    tailBytes = footer.tailBytes;
  }
}

/** The fields of a Parquet file: its footer knows them, nothing is guessed. */
export function inferParquet(footer: FileMetaData): InferredData {
  const notes: string[] = [];
  const fields = parquetSchema(footer).children.flatMap((node): readonly Field[] => {
    const field = fieldOf(node, footer.row_groups, notes);
    return field === null ? [] : [field];
  });
  if (footer.num_rows === 0n) notes.push('The file has no rows.');
  return { format: 'parquet', delimiter: ',', header: false, fields, notes };
}

function fieldOf(node: SchemaTree, groups: readonly RowGroup[], notes: string[]): Field | null {
  const { name, repetition_type } = node.element;
  const kind = kindOfNode(node);
  if (kind === 'unsupported') {
    notes.push(`Column "${name}" is left out: ${typeName(node.element)} cannot be read.`);
    return null;
  }
  const nullable = repetition_type === 'OPTIONAL' && mayBeNull(node, groups) ? { nullable: true } : {};
  if (kind === 'list') return { name, type: 'array', ...nullable };
  if (kind !== 'record') return { name, type: leafType(node, groups, notes), ...nullable };
  return { name, type: 'row', ...nullable, ...(isMapLike(node) ? {} : { fields: node.children.flatMap((child) => nestedField(child)) }) };
}

/** Values of nested records are described, not checked. */
function nestedField(node: SchemaTree): readonly Field[] {
  const field = fieldOf(node, [], []);
  return field === null ? [] : [field];
}

function leafType(node: SchemaTree, groups: readonly RowGroup[], notes: string[]): FieldType {
  const { element } = node;
  switch (kindOfLeaf(element)) {
    case 'boolean':
      return 'boolean';
    case 'double':
      return 'double';
    case 'timestamp':
      return 'timestamp';
    case 'time':
      notes.push(`Field "${element.name}" is a time of day; it is read as the whole number that the file holds (${timeUnit(element)}).`);
      return element.type === 'INT32' ? 'int' : 'long';
    case 'whole':
      return wholeType(node, groups, notes);
    case 'decimal':
      return decimalType(element, notes);
    case 'json':
      return 'any';
    default:
      return 'string';
  }
}

function timeUnit({ logical_type, converted_type }: SchemaElement): string {
  const unit = logical_type?.type === 'TIME' ? logical_type.unit : converted_type === 'TIME_MICROS' ? 'MICROS' : 'MILLIS';
  return { MILLIS: 'milliseconds', MICROS: 'microseconds', NANOS: 'nanoseconds' }[unit];
}

function wholeType(node: SchemaTree, groups: readonly RowGroup[], notes: string[]): FieldType {
  const { name, type, converted_type, logical_type } = node.element;
  if (type === 'INT32') {
    const isUnsigned32 =
      converted_type === 'UINT_32' || (logical_type?.type === 'INTEGER' && !logical_type.isSigned && logical_type.bitWidth === 32);
    return isUnsigned32 ? 'long' : 'int';
  }
  if (!chunksOf(node, groups).some(({ statistics }) => exceedsLong(statistics?.min_value) || exceedsLong(statistics?.max_value)))
    return 'long';
  notes.push(`Field "${name}" holds whole numbers beyond 9007199254740991; it is read as text, which keeps all digits.`);
  return 'string';
}

function exceedsLong(bound: unknown): boolean {
  return typeof bound === 'bigint' && !Number.isSafeInteger(Number(bound));
}

function decimalType({ name, precision = 0, scale = 0 }: SchemaElement, notes: string[]): FieldType {
  if (precision > MAX_EXACT_DIGITS) {
    notes.push(
      `Field "${name}" is DECIMAL(${precision}, ${scale}); it is read as text, which keeps all digits. Declare it double to calculate with it.`,
    );
    return 'string';
  }
  if (scale > 0) return 'double';
  return precision <= 9 ? 'int' : 'long';
}

/** Most writers declare every column optional: the statistics tell whether there is a null. */
function mayBeNull(node: SchemaTree, groups: readonly RowGroup[]): boolean {
  if (node.children.length > 0 || groups.length === 0) return true;
  return chunksOf(node, groups).some(({ statistics }) => statistics?.null_count !== 0n);
}

function chunksOf(node: SchemaTree, groups: readonly RowGroup[]) {
  const path = node.path.join('.');
  return groups.flatMap(({ columns }) =>
    columns.flatMap(({ meta_data }) => (meta_data?.path_in_schema.join('.') === path ? [meta_data] : [])),
  );
}
