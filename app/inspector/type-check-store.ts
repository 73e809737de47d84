import { useMemo } from 'react';
import { create } from 'zustand';

/** A TypeScript diagnostic of a user function, in lines and columns (from 1) of the user's own text. */
export interface FunctionTypeError {
  /** Name of the configuration field that holds the function. */
  readonly field: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
}

interface TypeCheckState {
  /** By node id; nodes without errors have no entry. */
  readonly errors: Readonly<Record<string, readonly FunctionTypeError[]>>;
  /** Replaces what is known of one field. */
  setErrors(nodeId: string, field: string, errors: readonly FunctionTypeError[]): void;
  /** Forgets errors of fields that are gone, or not checked any more. */
  retain(isChecked: (nodeId: string, field: string) => boolean): void;
}

const NONE: readonly FunctionTypeError[] = [];

/**
 * Type errors of user functions: warnings beside the analysis. They are found in the page, by the editor's TypeScript, and never keep a
 * job from running.
 */
export const useTypeCheckStore = create<TypeCheckState>()((set, get) => ({
  errors: {},
  setErrors(nodeId, field, errors) {
    const { [nodeId]: before = NONE, ...others } = get().errors;
    const after = [...before.filter((error) => error.field !== field), ...errors];
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    set({ errors: after.length === 0 ? others : { ...others, [nodeId]: after } });
  },
  retain(isChecked) {
    for (const [nodeId, errors] of Object.entries(get().errors)) {
      for (const { field } of errors) if (!isChecked(nodeId, field)) get().setErrors(nodeId, field, []);
    }
  },
}));

/** Type errors of a node's functions. */
export function useTypeErrors(nodeId: string): readonly FunctionTypeError[] {
  return useTypeCheckStore((state) => state.errors[nodeId] ?? NONE);
}

export function useFieldTypeErrors(nodeId: string, field: string): readonly FunctionTypeError[] {
  const errors = useTypeErrors(nodeId);
  return useMemo(() => errors.filter((error) => error.field === field), [errors, field]);
}
