import { pathsOf } from '../../../engine/api/index.ts';
import type { ConfigField, Field, FieldType, Schema, StreamShape } from '../../../engine/api/index.ts';

/** What the form gives to the control of one configuration field. */
export interface FieldControlProps<F extends ConfigField = ConfigField> {
  /** Of the focusable element; the label points at it. */
  readonly id: string;
  /** Id of the label, for controls that are groups. */
  readonly labelId: string;
  /** Ids of help and problems. */
  readonly describedBy: string;
  readonly nodeId: string;
  readonly name: string;
  readonly field: F;
  /** As the document has it: possibly of a wrong type or outside the limits. */
  readonly value: unknown;
  readonly inputs: readonly StreamShape[];
  readonly invalid: boolean;
  readonly onChange: (value: unknown) => void;
  /** The edit is over: what comes next is its own undo step. */
  readonly onCommit: () => void;
}

export interface ColumnOption {
  readonly value: string;
  readonly label: string;
  readonly disabled: boolean;
  /** Type of the field, or that it is missing. */
  readonly about: string;
}

/**
 * Input fields to choose from. Fields of types that are not accepted are listed but disabled, so that nobody wonders where they
 * are; chosen names the input does not have stay visible as missing.
 * @param withPaths Fields inside rows are choices too, under their paths.
 */
export function columnOptions(
  inputs: readonly StreamShape[],
  accepts: readonly FieldType[] | undefined,
  chosen: readonly string[],
  withPaths = false,
): ColumnOption[] {
  const schema: Schema = inputs[0]?.schema ?? { fields: [] };
  const fields: readonly Field[] = withPaths ? pathsOf(schema) : schema.fields;
  const options = fields.map(({ name, type, nullable }) => ({
    value: name,
    label: name,
    about: `${type}${nullable === true ? ', nullable' : ''}`,
    disabled: accepts !== undefined && !accepts.includes(type) && type !== 'any',
  }));
  const missing = chosen.filter((name) => name !== '' && !fields.some((field) => field.name === name));
  return [...options, ...missing.map((name) => ({ value: name, label: name, about: 'missing', disabled: false }))];
}
