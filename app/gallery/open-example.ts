import { documentStore } from '../document/document-store.ts';
import { firstPipeline } from './first-pipeline.ts';

export function openExample(): void {
  documentStore.getState().replaceDocument(firstPipeline(crypto.randomUUID()), { undoable: true, label: 'Open the example' });
}
