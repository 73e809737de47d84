import { useStore } from 'zustand';
import { analyze, emptyDocument } from '../../engine/api/index.ts';
import { createDocumentStore } from './create-document-store.ts';
import type { DocumentState, DocumentStore } from './create-document-store.ts';

export type { ApplyOptions, DocumentState, Selection } from './create-document-store.ts';

/** The document of this tab. */
export const documentStore: DocumentStore = createDocumentStore(emptyDocument(crypto.randomUUID()), {
  analyze,
  now: () => performance.now(),
});

export function useDocument<T>(selector: (state: DocumentState) => T): T {
  return useStore(documentStore, selector);
}
