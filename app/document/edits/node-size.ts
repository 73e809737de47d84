import type { AnyDefinition } from '../../../engine/api/index.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an operator on the canvas, in its pixels at zoom 1. Styles use the same numbers. */
export const OPERATOR_SIZE: Size = { width: 212, height: 118 };
/** Virtual operators are pills: they are no task, only how records cross to the next one. */
export const VIRTUAL_SIZE: Size = { width: 152, height: 44 };
export const COLUMN_GAP = 84;
export const ROW_GAP = 64;

export function sizeOf(definition: AnyDefinition | undefined): Size {
  return definition?.partitioner === undefined ? OPERATOR_SIZE : VIRTUAL_SIZE;
}
