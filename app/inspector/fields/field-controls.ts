import type { ComponentType } from 'react';
import type { ConfigField, FieldKind } from '../../../engine/api/index.ts';
import { AggregatesControl } from './AggregatesControl.tsx';
import { BooleanControl } from './BooleanControl.tsx';
import { ChoiceControl } from './ChoiceControl.tsx';
import { ColumnControl } from './ColumnControl.tsx';
import { ColumnsControl } from './ColumnsControl.tsx';
import { DataControl } from './DataControl.tsx';
import { DurationControl } from './DurationControl.tsx';
import type { FieldControlProps } from './field-control.ts';
import { FunctionControl } from './FunctionControl.tsx';
import { NumberControl } from './NumberControl.tsx';
import { SchemaControl } from './SchemaControl.tsx';
import { TextControl } from './TextControl.tsx';

type ControlOf<K extends FieldKind> = ComponentType<FieldControlProps<Extract<ConfigField, { readonly kind: K }>>>;

/** Exactly one control per kind of field. */
const CONTROLS = {
  boolean: BooleanControl,
  number: NumberControl,
  text: TextControl,
  choice: ChoiceControl,
  duration: DurationControl,
  column: ColumnControl,
  columns: ColumnsControl,
  function: FunctionControl,
  aggregates: AggregatesControl,
  schema: SchemaControl,
  data: DataControl,
} satisfies { readonly [K in FieldKind]: ControlOf<K> };

export function controlOf(kind: FieldKind): ComponentType<FieldControlProps> {
  // Sound because the form passes the field whose kind it asked for.
  return CONTROLS[kind] as ComponentType<FieldControlProps>;
}
