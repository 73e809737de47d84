import type { Batch } from '../../batch/batch.ts';
import type { Row, Schema } from '../../batch/schema.ts';
import { EMPTY_SCHEMA, fieldOf, isNumeric } from '../../batch/schema.ts';
import { FormatError } from '../../formats/format-error.ts';
import { firstMisfit, InlineBytes, inlineRows } from '../../formats/inline-rows.ts';
import { RecordReader } from '../../formats/record-reader.ts';
import { identityOf } from '../../state/identity-of.ts';
import type { Identity } from '../../time/timer-service.ts';
import type { FieldType } from '../../batch/schema.ts';

export interface TableShape {
  readonly schema: Schema;
  /** Why it cannot be read; null: it can. */
  readonly problem: string | null;
}

/** Remembered, because the analysis asks after every edit anywhere. */
let remembered: { readonly text: string; readonly format: 'csv' | 'json'; readonly shape: TableShape } | null = null;

/** Fields and types of a table that was typed in. Never throws. */
export function tableShape(text: string, format: 'csv' | 'json'): TableShape {
  if (remembered?.text === text && remembered.format === format) return remembered.shape;
  const shape = readShape(text, format);
  remembered = { text, format, shape };
  return shape;
}

function readShape(text: string, format: 'csv' | 'json'): TableShape {
  try {
    const rows = inlineRows(text, format);
    const schema = { fields: rows.fields };
    if (format === 'csv' && !rows.format.header)
      return { schema: EMPTY_SCHEMA, problem: 'The first line of the table must name its columns.' };
    return { schema, problem: rows.fields.length === 0 ? 'The table has no columns.' : firstMisfit(rows, schema) };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { schema: EMPTY_SCHEMA, problem: error.message };
  }
}

/** A value of one type can be equal to one of the other. */
export function comparable(a: FieldType, b: FieldType): boolean {
  return a === b || a === 'any' || b === 'any' || (isNumeric(a) && isNumeric(b));
}

/** Rows by the value of one column, in the order of the table. */
export class LookupTable {
  readonly #rows = new Map<Identity, Row[]>();

  /** The text has been checked (`tableShape`). */
  constructor(text: string, format: 'csv' | 'json', schema: Schema, keyColumn: string) {
    const rows = inlineRows(text, format);
    const reader = new RecordReader(new InlineBytes(rows.bytes), { ...rows.format, schema, sourceIndex: 0, isOrdered: false });
    const everything = { endPosition: Number.POSITIVE_INFINITY, maxRecords: Number.POSITIVE_INFINITY };
    const sink = { batch: (batch: Batch): void => this.#add(batch, keyColumn), malformed: (): void => undefined };
    while (reader.read(everything, sink) !== 'finished');
  }

  /** All rows with this key. Null equals nothing. */
  rowsOf(key: unknown): readonly Row[] {
    return key === null || key === undefined ? [] : (this.#rows.get(identityOf(key)) ?? []);
  }

  #add(batch: Batch, keyColumn: string): void {
    for (let j = 0; j < batch.selectedCount; j++) {
      const row = batch.recordAt(batch.rowAt(j));
      const key = row[keyColumn];
      if (key === null || key === undefined) continue;
      const rows = this.#rows.get(identityOf(key));
      if (rows === undefined) this.#rows.set(identityOf(key), [row]);
      else rows.push(row);
    }
  }
}

/** The schema of a row that may be missing, or that is there for certain. */
export function rowSchema(schema: Schema, isNullable: boolean): Schema {
  return isNullable ? { fields: schema.fields.map((field) => ({ ...field, nullable: true })) } : schema;
}

export function keyColumnOf(schema: Schema, chosen: string): string {
  return chosen.trim() === '' ? (schema.fields[0]?.name ?? '') : chosen.trim();
}

export function hasColumn(schema: Schema, name: string): boolean {
  return fieldOf(schema, name) !== undefined;
}
