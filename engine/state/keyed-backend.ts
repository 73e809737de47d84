import type { VOID_NAMESPACE } from './keyed-state-backend.ts';
import type { StateKind } from './state-descriptor.ts';
import type { StateTable } from './state-table.ts';

/** What a state of user code needs of the place its cells lie in, however that finds the cell of the current key. */
export interface StateHome extends StateTable<typeof VOID_NAMESPACE> {
  /** The number of a state. @throws when there is a state of this name and another kind. */
  declare(stateName: string, kind: StateKind): number;
  /** Looks at this state of the next few keys, round and round: `clean` says what of the content stays, undefined for nothing. */
  sweep(state: number, keyCount: number, clean: (content: unknown) => unknown): void;
  /** A value state that is quicker than one over `StateTable`. Missing: there is none. */
  directValueState?(state: number): unknown;
}

/** What a process function's keyed state needs of its backend. */
export interface KeyedBackend extends StateHome {
  /** Undefined: no state of this name was declared or restored. */
  kindOf(stateName: string): StateKind | undefined;
  /** Keys that have content in this state. */
  keysOf(stateName: string): readonly unknown[];
  setCurrentKey(key: unknown): void;
  /** From here on keyed state cannot be used. */
  clearCurrentKey(): void;
}
