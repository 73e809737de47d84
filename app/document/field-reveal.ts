import { createStore } from 'zustand/vanilla';
import { documentStore } from './document-store.ts';

/** A place somebody asked to see: the inspector shows the node and puts the focus into the field. */
export interface FieldReveal {
  readonly nodeId: string;
  readonly field: string | null;
  /** Where in the field's text; null: the field as a whole. */
  readonly at: TextPlace | null;
}

/** 1-based. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The latest request; a new object for each, so that asking twice for the same place works. */
export const fieldRevealStore = createStore<{ readonly request: FieldReveal | null }>()(() => ({ request: null }));

/** Selects a node and shows its configuration, at a field if one is named, at a place of its text if one is known. */
export function revealField(nodeId: string, field: string | null = null, at: TextPlace | null = null): void {
  documentStore.getState().select({ nodeIds: [nodeId] });
  fieldRevealStore.setState({ request: { nodeId, field, at } });
}
