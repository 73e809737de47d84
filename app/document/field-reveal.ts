import { createStore } from 'zustand/vanilla';
import { documentStore } from './document-store.ts';

/** A place somebody asked to see: the inspector shows the node and puts the focus into the field. */
export interface FieldReveal {
  readonly nodeId: string;
  readonly field: string | null;
}

/** The latest request; a new object for each, so that asking twice for the same place works. */
export const fieldRevealStore = createStore<{ readonly request: FieldReveal | null }>()(() => ({ request: null }));

/** Selects a node and shows its configuration, at a field if one is named. */
export function revealField(nodeId: string, field?: string | null): void {
  documentStore.getState().select({ nodeIds: [nodeId] });
  fieldRevealStore.setState({ request: { nodeId, field: field ?? null } });
}
