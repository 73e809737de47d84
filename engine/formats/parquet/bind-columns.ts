import type { FileMetaData, SchemaTree } from 'hyparquet';
import type { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetSchema } from 'hyparquet/src/metadata.js';
import { getTreePath, isFlatColumn } from 'hyparquet/src/schema.js';
import type { Field, FieldType, Schema } from '../../batch/schema.ts';
import { FormatError } from '../format-error.ts';
import { DECOMPRESSORS } from './decompressors.ts';
import { kindOfNode, typeName } from './leaf-kind.ts';
import type { LeafKind } from './leaf-kind.ts';
import { converterOf } from './leaf-values.ts';
import type { LeafConverter } from './leaf-values.ts';

/** How the decoder reads a physical column. */
export type LeafDecoder = Parameters<typeof readColumn>[2];

/** A physical column of the file. */
export interface Leaf {
  /** Names from the top of the schema, joined by dots. */
  readonly path: string;
  readonly decoder: Omit<LeafDecoder, 'codec'>;
  readonly convert: LeafConverter | null;
}

/** A field of the schema and what it is read from. */
export interface BoundColumn {
  readonly field: Field;
  readonly node: SchemaTree;
  /** Of one leaf, with one value (or null) per row. */
  readonly isFlat: boolean;
  readonly leaves: readonly Leaf[];
}

/** What a field may be declared as, by what the file holds. `any` takes everything. */
const FITTING: Readonly<Record<LeafKind, readonly FieldType[]>> = {
  boolean: ['boolean'],
  whole: ['int', 'long', 'double', 'timestamp', 'string'],
  double: ['double'],
  decimal: ['double', 'string'],
  timestamp: ['timestamp', 'long'],
  time: ['int', 'long', 'double', 'string'],
  text: ['string', 'timestamp'],
  json: ['string', 'array', 'row'],
  bytes: ['string'],
  list: ['array'],
  record: ['row'],
  unsupported: [],
};

/**
 * Finds the columns of the schema's fields by name, in any order; columns of the file that are no fields are not read.
 * @throws FormatError naming the first field that the file does not have, or has as something else.
 */
export function bindColumns(footer: FileMetaData, schema: Schema): readonly BoundColumn[] {
  const tree = parquetSchema(footer);
  return schema.fields.map((field) => {
    const node = tree.children.find((child) => child.element.name === field.name);
    if (node === undefined) {
      const names = tree.children.map((child) => `"${child.element.name}"`).join(', ');
      throw new FormatError(`The file has no column "${field.name}". Its columns are ${names}.`, 1, '');
    }
    checkType(field, node);
    const leaves = leavesOf(node).map((leaf) => boundLeaf(tree, leaf, field.type));
    return { field, node, isFlat: node.children.length === 0 && node.element.repetition_type !== 'REPEATED', leaves };
  });
}

function checkType({ name, type }: Field, node: SchemaTree): void {
  const kind = kindOfNode(node);
  const { element } = node;
  if (kind === 'unsupported')
    throw new FormatError(`Column "${name}" is ${typeName(element)}, which cannot be read. Leave the field out.`, 1, '');
  const fitting = kind === 'decimal' && (element.scale ?? 0) <= 0 ? (['int', 'long', ...FITTING.decimal] as const) : FITTING[kind];
  if (type === 'any' || fitting.includes(type)) return;
  throw new FormatError(
    `Column "${name}" of the file is ${typeName(element)}, but the field is declared ${type}. Declare it ${fitting.join(' or ')}, or infer the fields again.`,
    1,
    '',
  );
}

function leavesOf(node: SchemaTree): readonly SchemaTree[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf);
}

function boundLeaf(tree: SchemaTree, { element, path }: SchemaTree, type: FieldType): Leaf {
  const schemaPath = getTreePath(tree, path);
  const decoder = {
    pathInSchema: path,
    // Without its types the decoder hands out physical values: it would round decimals and make objects of instants.
    element: { name: element.name, ...(element.type_length === undefined ? {} : { type_length: element.type_length }) },
    type: element.type ?? 'BYTE_ARRAY',
    schemaPath,
    parsers: DEFAULT_PARSERS,
    compressors: DECOMPRESSORS,
    utf8: false,
  };
  return { path: path.join('.'), decoder, convert: converterOf(element, isFlatColumn(schemaPath) ? type : 'any') };
}
